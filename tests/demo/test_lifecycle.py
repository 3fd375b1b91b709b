"""Whatever ends the demo, no process and no folder of it stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_closed_stdin_stops_everything_when_asked_for(
    launch: Callable[..., Any],
    ends: Callable[..., list[str]],
    finished: Callable[..., tuple[int, str]],
) -> None:
    demo = launch("--stop-with-stdin", "--broken", "no-prometheus")
    assert demo.facts["broken"] == "no-prometheus"
    assert demo.facts["addresses"]["prometheus"] is None
    assert demo.facts["history"] is None
    assert "prometheus" not in demo.facts["pids"]
    components = demo.descriptors()
    assert finished(demo.process) == (0, "")  # communicate() closes the pipe
    assert ends(components) == []
    assert not Path(demo.facts["workdir"]).exists()


def test_a_killed_supervisor_leaves_no_process(
    launch: Callable[..., Any], ends: Callable[..., list[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    demo = launch("--no-prometheus", "--workdir", str(folder))
    components = demo.descriptors()
    assert len(components) == 7
    demo.process.kill()
    assert ends(components) == []
    assert demo.process.wait() == -signal.SIGKILL


def test_a_component_that_ends_is_named(
    launch: Callable[..., Any],
    ends: Callable[..., list[str]],
    finished: Callable[..., tuple[int, str]],
) -> None:
    demo = launch("--no-prometheus", "--no-front")
    assert demo.facts["addresses"]["front"] is None
    components = demo.descriptors()
    os.kill(demo.facts["pids"]["project-service"], signal.SIGKILL)
    code = demo.process.wait(30)
    assert code == 1
    said = finished(demo.process)[1]
    assert said.splitlines()[-1] == "golive_demo: project-service ended with code -9"
    assert ends(components) == []
    assert not Path(demo.facts["workdir"]).exists()


def test_facts_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    ready = tmp_path / "no-such-folder" / "facts.json"
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "golive_demo",
            "--no-prometheus",
            "--no-front",
            "--ready-file",
            ready,
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert told.returncode == 1
    assert "no-such-folder" in told.stderr
    assert "Traceback" not in told.stderr
