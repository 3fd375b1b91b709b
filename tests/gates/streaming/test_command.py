"""A drill's command: how it is run, and how it is ended."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from golive_gates.streaming.observers import command
from golive_gates.streaming.observers.command import run_command
from tests.gates.streaming import run as r

pytestmark = pytest.mark.anyio


def python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


async def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "child.wait()"
    )
    ran = await run_command(python(script), tmp_path, 3.0)
    assert ran.status is None
    assert ran.problem == "not finished within 3 s"
    await r.ended(tmp_path / "pid")


async def test_a_command_is_asked_to_end_before_it_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "def tidy(*_):\n"
        "    print('tidied up', flush=True)\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, tidy)\n"
        "time.sleep(600)"
    )
    ran = await run_command(python(script), tmp_path, 3.0)
    assert (ran.status, ran.output) == (None, "tidied up")


async def test_a_command_that_ignores_the_request_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "GRACE", 0.2)
    path = tmp_path / "pid"
    script = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(path)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)"
    )
    ran = await run_command(python(script), tmp_path, 3.0)
    assert ran.status is None
    await r.ended(path)


async def test_a_command_is_done_when_its_process_is(tmp_path: Path) -> None:
    # What it left behind holds its output until this test lets it go.
    script = "echo said; while [ ! -e go ]; do sleep 0.05; done & echo $! > pid; exit 0"
    try:
        async with asyncio.timeout(60):
            ran = await run_command(("sh", "-c", script), tmp_path, 600.0)
    finally:
        (tmp_path / "go").touch()
    assert (ran.status, ran.output, ran.problem) == (0, "said", "")
    await r.ended(tmp_path / "pid")


async def test_a_command_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    ran = await run_command(("/no/such/program",), tmp_path, 3.0)
    assert ran.status is None
    assert "No such file" in ran.problem
