"""Whatever happens, nothing is left of a restored service: no process and no scratch folder."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from golive.api import RunContext, Unavailable
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.service import process
from tests.gates.recovery.service_scripts import SERVICE, asked, context, drilled, laid_out
from tests.gates.recovery.test_commands_told import CONFIG

STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
NOTED = "open('{}', 'a').write('%d\\n' % os.getpid())"
CHILD = "import os, time; open('pids', 'a').write('%d\\n' % os.getpid()); time.sleep(600)"
WITH_CHILD = f"subprocess.Popen([sys.executable, '-c', {CHILD!r}])"
WITH_DAEMON = f"subprocess.Popen([sys.executable, '-c', {CHILD!r}], start_new_session=True)"
WAITING = "while not os.path.exists('pids'): time.sleep(0.01)"
SILENT = "open('begun', 'w').close(); signal.pause()"


def alive(number: int) -> bool:
    """Whether process *number* runs; one that is dead and not yet collected does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def noted(folder: Path) -> list[int]:
    """Processes that wrote their number down."""
    return [int(line) for line in (folder / "pids").read_text("utf-8").split()]


@pytest.fixture(autouse=True)
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE", 0.3)


@pytest.mark.parametrize("more", [(), (STUBBORN,), (WITH_CHILD, WAITING), (WITH_DAEMON, WAITING)])
def test_nothing_is_left_of_one_that_was_asked(tmp_path: Path, more: tuple[str, ...]) -> None:
    laid_out(tmp_path, NOTED.format("own"), *more)
    seen = drilled(context(tmp_path), asked())
    assert (seen.problem, seen.killed) == ("", STUBBORN in more)
    (own,) = (int(line) for line in (tmp_path / "own").read_text("utf-8").split())
    assert not alive(own)
    if WAITING in more:
        assert [n for n in noted(tmp_path) if alive(n)] == []


@pytest.mark.parametrize("child", [WITH_CHILD, WITH_DAEMON])
def test_nothing_is_left_of_one_that_ended_before(tmp_path: Path, child: str) -> None:
    laid_out(tmp_path, child, WAITING, "sys.exit(3)")
    seen = drilled(context(tmp_path), asked())
    assert (seen.problem, seen.exit_code) == ("exited", 3)
    assert [n for n in noted(tmp_path) if alive(n)] == []


def begun(folder: Path) -> None:
    """Wait until the service has begun, and waits for ever."""
    with (folder / "begun").open("rb") as stream:
        stream.read()


async def _cancelled(ctx: RunContext, *, deadline: bool) -> object:
    running = asyncio.ensure_future(RestoredServiceObserver().observe(ctx, asked()))
    await asyncio.to_thread(begun, ctx.scope.base)
    if not deadline:
        running.cancel()
    return await running


@pytest.mark.parametrize("more", [(), (STUBBORN,)])
def test_a_cancelled_drill_leaves_nothing(tmp_path: Path, more: tuple[str, ...]) -> None:
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), *more, SILENT)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(_cancelled(context(tmp_path), deadline=False))
    assert [n for n in noted(tmp_path) if alive(n)] == []
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_end_of_the_gates_time_is_no_fail_of_the_service(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), SILENT)
    ctx = context(tmp_path)
    part = asyncio.run(
        _cancelled(replace(ctx, deadline=ctx.clock.monotonic() + 4.0), deadline=True)
    )
    assert isinstance(part, Unavailable)
    assert part.reason.code == "service-deadline"
    assert [n for n in noted(tmp_path) if alive(n)] == []
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), SILENT)
    told = {
        "command": list(SERVICE.command),
        "within": "60s",
        "ask": {
            "path": "/words/{value}",
            "value": {"store": "shop", "table": "words", "column": "word"},
        },
    }
    text = CONFIG.replace("  recovery:\n", f"  recovery:\n    service: {json.dumps(told)}\n")
    (tmp_path / "golive.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-m", "golive.cli", "backup", "verify", "-c", "golive.yaml"]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "scratch")}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        begun(tmp_path)
        running.send_signal(number)
        running.communicate(timeout=60)
        assert running.returncode == 130
    assert [n for n in noted(tmp_path) if alive(n)] == []
    assert list((tmp_path / "scratch").iterdir()) == []
