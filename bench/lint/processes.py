"""One run of a program from its start to its end: time, CPU, memory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BOUND = 900.0
"""Seconds after which a run is ended."""
EVERY = 0.05
"""Seconds between two samples of memory."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run. *largest_mb*: resident size of its largest process. *code*: below 0, a signal."""

    wall_s: float
    cpu_s: float
    largest_mb: float
    code: int
    together_mb: float | None = None


def ran(
    command: Sequence[str],
    output: Path,
    environment: Mapping[str, str],
    *,
    sampled: bool = False,
    bound: float = BOUND,
) -> Ran:
    """Run *command* alone, its output in files: *output*, and what it complains in ``.err``.

    *sampled*: look at the memory of all its processes meanwhile, which disturbs its time.
    Raises ``OSError`` when it cannot be started, ``TimeoutError`` when it was ended.
    """
    with output.open("wb") as out, output.with_suffix(".err").open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=dict(environment),
            start_new_session=True,
        )
        with _ended_after(process.pid, bound) as late, _watched(process.pid, sampled) as peak:
            _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if late.is_set():
        message = f"not done within {bound:.0f} s"
        raise TimeoutError(message)
    together = max(peak, default=0.0) if sampled else None
    cpu = used.ru_utime + used.ru_stime
    return Ran(wall, cpu, used.ru_maxrss / 1024, process.returncode, together)


@contextlib.contextmanager
def _ended_after(pid: int, bound: float) -> Iterator[threading.Event]:
    """End the process group of *pid* after *bound* seconds, and say so."""
    late = threading.Event()

    def end() -> None:
        late.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    timer = threading.Timer(bound, end)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


@contextlib.contextmanager
def _watched(pid: int, wanted: bool) -> Iterator[list[float]]:
    """MB of all processes of the group of *pid*, sampled until it has ended."""
    samples: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(EVERY):
            samples.append(sum(_proportional(p) for p in _group(pid)) / 1024)

    watcher = threading.Thread(target=watch, daemon=True)
    if wanted:
        watcher.start()
    try:
        yield samples
    finally:
        done.set()
        if wanted:
            watcher.join()


def _group(leader: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(ProcessLookupError):
                if os.getpgid(int(folder.name)) == leader:
                    yield int(folder.name)


def _proportional(pid: int) -> int:
    """KB of a process, pages that it shares with others counted in part."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # It has ended, or belongs to somebody else.
        return 0
    return next((int(x.split()[1]) for x in text.splitlines() if x.startswith("Pss:")), 0)
