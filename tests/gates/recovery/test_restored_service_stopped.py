"""Whatever happens, nothing is left of a restored service: no process and no scratch folder."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golive.api import RunContext, Unavailable
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.service import process
from tests.gates.recovery.service_scripts import SERVICE, asked, context, drilled, laid_out
from tests.gates.recovery.test_commands_told import CONFIG

# Whoever starts the tests may be deaf to it (nohup is), and what it starts inherits that.
HEARING = (
    "import runpy, signal; signal.signal(signal.SIGHUP, signal.SIG_DFL);"
    " runpy.run_module('golive.cli', run_name='__main__', alter_sys=True)"
)
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
NOTED = "open('{}', 'a').write('%d\\n' % os.getpid())"
CHILD = "import os, time; open('pids', 'a').write('%d\\n' % os.getpid()); time.sleep(600)"
WITH_CHILD = f"subprocess.Popen([sys.executable, '-c', {CHILD!r}])"
WITH_DAEMON = f"subprocess.Popen([sys.executable, '-c', {CHILD!r}], start_new_session=True)"
HOLDING = f"held = open('held', 'w')\n{WITH_DAEMON[:-1]}, pass_fds=[held.fileno()])"
"""The end of a pipe is open as long as the service or its child runs."""
WAITING = "while not os.path.exists('pids'): time.sleep(0.01)"
BOUND = 60
"""Seconds for what takes no time, on a machine that has none."""
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


def waiting(monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """Do not wait long for one that will not end, and as long as it takes for others."""
    monkeypatch.setattr(process, "GRACE", 0.3 if STUBBORN in more else 60.0)


@pytest.mark.parametrize("more", [(), (STUBBORN,), (WITH_CHILD, WAITING), (WITH_DAEMON, WAITING)])
def test_nothing_is_left_of_one_that_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    waiting(monkeypatch, *more)
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
    """Wait until the service has begun, and waits for ever; not for one that never begins."""
    # So opened it waits for nobody, and the service opens it when it will.
    stream = os.open(folder / "begun", os.O_RDONLY | os.O_NONBLOCK)
    try:
        looks = select.poll()
        looks.register(stream, select.POLLIN)
        assert looks.poll(BOUND * 1000), "it did not begin"
    finally:
        os.close(stream)


async def _begun(ctx: RunContext) -> asyncio.Task[object]:
    """A drill whose service has begun."""
    running = asyncio.create_task(_observed(ctx))
    try:
        await asyncio.to_thread(begun, ctx.scope.base)
    except BaseException:
        running.cancel()
        raise
    return running


async def _observed(ctx: RunContext) -> object:
    service = replace(SERVICE, within=4 * BOUND)
    return await RestoredServiceObserver().observe(ctx, asked(service))


def demand_nothing_left(folder: Path) -> None:
    assert [n for n in noted(folder) if alive(n)] == []
    assert list((folder / "scratch").iterdir()) == []


@pytest.mark.parametrize("more", [(), (STUBBORN,)])
def test_a_cancelled_drill_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    waiting(monkeypatch, *more)
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), *more, SILENT)

    async def cancelled() -> None:
        running = await _begun(context(tmp_path))
        running.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    demand_nothing_left(tmp_path)


def test_nothing_is_left_where_its_end_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE", 4 * BOUND)
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), STUBBORN, SILENT)

    async def abandoned() -> None:
        running = await _begun(context(tmp_path))
        before = asyncio.all_tasks()
        running.cancel()
        ending: set[asyncio.Task[Any]] = set()
        while not ending:
            await asyncio.sleep(0)
            ending = asyncio.all_tasks() - before
        # As asyncio does with all tasks at the second interrupt.
        for task in (running, *ending):
            task.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(abandoned())
    demand_nothing_left(tmp_path)


def test_the_end_of_the_gates_time_is_no_fail_of_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "begun")
    laid_out(tmp_path, NOTED.format("pids"), SILENT)
    ctx = context(tmp_path)
    limits: list[asyncio.Timeout] = []
    bounded = asyncio.timeout

    def noting(seconds: float | None) -> asyncio.Timeout:
        limits.append(bounded(seconds))
        return limits[-1]

    monkeypatch.setattr(asyncio, "timeout", noting)

    async def overdue() -> object:
        running = await _begun(replace(ctx, deadline=ctx.clock.monotonic() + 4 * BOUND))
        # The first of all is that of the drill; its time is over as soon as the service runs.
        limits[0].reschedule(asyncio.get_running_loop().time())
        return await running

    part = asyncio.run(overdue())
    assert isinstance(part, Unavailable)
    assert part.reason.code == "service-deadline"
    demand_nothing_left(tmp_path)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9), (signal.SIGHUP, -1)],
)
def test_an_interrupted_command_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    os.mkfifo(tmp_path / "begun")
    os.mkfifo(tmp_path / "held")
    laid_out(tmp_path, HOLDING, WAITING, SILENT)
    told = {
        "command": list(SERVICE.command),
        "within": f"{4 * BOUND}s",
        "ask": {
            "path": "/words/{value}",
            "value": {"store": "shop", "table": "words", "column": "word"},
        },
    }
    text = CONFIG.replace("  recovery:\n", f"  recovery:\n    service: {json.dumps(told)}\n")
    (tmp_path / "golive.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-c", HEARING, "backup", "verify", "-c", "golive.yaml"]
    environment = {**os.environ, "TMPDIR": str(tmp_path / "scratch")}
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            begun(tmp_path)
            running.send_signal(number)
            assert running.wait(BOUND) == code
        finally:
            running.kill()
    try:
        # It closes with the last process of the service, which nobody awaits where golive is dead.
        looks = select.poll()
        looks.register(held, 0)
        assert looks.poll(BOUND * 1000), "it runs on"
    finally:
        os.close(held)
    if code == 130:
        demand_nothing_left(tmp_path)
