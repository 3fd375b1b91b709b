"""The worker program itself: it ends with its parent and says what is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest
from load_doubles import Peer, serving

from golive.probe.load import Arrival, LoadPlan, Request, Schedule
from golive.probe.load.calibration import measure
from golive.probe.load.programs import command
from golive.probe.load.wire import plan_to_wire

WORKER = command("worker")
RESPONDER = command("responder")
PLAN = LoadPlan((Request("GET", "http://127.0.0.1:9/"),), Schedule(Arrival.CONSTANT, 1, rate=1))


def start(program: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def line_of(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    line: dict[str, object] = json.loads(process.stdout.readline())
    return line


def say(process: subprocess.Popen[str], **line: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(line) + "\n")


def test_it_ends_when_its_parent_does_in_the_middle_of_a_run() -> None:
    def silent(peer: Peer) -> None:
        peer.request()
        peer.over.wait()

    with serving(silent) as url, start(WORKER) as process:
        plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CONSTANT, 1, rate=1))
        say(process, job="run", plan=plan_to_wire(plan), shard=[0, 1])
        assert line_of(process) == {"ready": True}
        say(process, start=time.monotonic())
        assert "progress" in line_of(process)
        process.send_signal(signal.SIGINT)  # for the whole group; the parent decides
        assert "progress" in line_of(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.parametrize("program", [WORKER, RESPONDER])
def test_without_a_parent_it_does_nothing(program: list[str]) -> None:
    with start(program) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) in (0, 1)


def test_a_parent_that_leaves_before_the_start() -> None:
    with start(WORKER) as process:
        say(process, job="run", plan=plan_to_wire(PLAN), shard=[0, 1])
        assert line_of(process) == {"ready": True}
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 1


def test_a_plan_that_it_cannot_run_is_said() -> None:
    with start(WORKER) as process:
        say(process, job="run", plan={"no": "plan"}, shard=[0, 1])
        assert "no schedule" in str(line_of(process)["problem"])
        assert process.wait(20) == 2


def test_what_lies_in_the_current_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "select.py").write_text("raise SystemExit('hijacked')")
    (tmp_path / "golive").mkdir()
    (tmp_path / "golive" / "__init__.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    assert measure().problem == ""
