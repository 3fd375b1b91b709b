"""A scheduler, workers and targets as programs of their own, each stopped by its pid."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from golive.probe.load.cluster_members import Cluster

HERE = Path(__file__).parent
PATIENCE = 30.0
START_IN = 4.0
"""Time before a start (s) that a busy host needs to tell every worker of it."""


class Target:
    """``sse_target.py``, running."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.peers: list[str] = []

    def asked(self) -> dict[str, int]:
        """Ends it; how often it was asked for each path. Then ``peers`` says by whom."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        asked: dict[str, int]
        asked, self.peers = json.loads(self.process.stdout.read())
        self.process.stdout.close()
        self.process.wait(10)
        return asked


class Programs:
    """Starts programs in *folder* and ends them all. *prefix* runs each elsewhere (ip netns)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []
        self.scheduler = ""

    def start_scheduler(self, host: str = "127.0.0.1", prefix: Sequence[str] = ()) -> str:
        where = self.folder / f"scheduler-{len(self.started)}.json"
        options = ["--host", host, "--port", "0", "--no-dashboard", "--scheduler-file", str(where)]
        self._start([*prefix, *_cli("dask_scheduler"), *options])
        until = time.monotonic() + PATIENCE
        while not (where.exists() and where.read_text().strip().endswith("}")):
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.05)
        self.scheduler = json.loads(where.read_text())["address"]
        return self.scheduler

    def start_worker(
        self,
        host: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        env: dict[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        options = ["--host", host, "--nthreads", "1", "--no-dashboard", "--no-nanny"]
        folder = ["--local-directory", str(self.folder)]
        return self._start([*prefix, *_cli("dask_worker"), self.scheduler, *options, *folder], env)

    def start_target(self, host: str = "127.0.0.1", prefix: Sequence[str] = ()) -> Target:
        command = [*prefix, sys.executable, str(HERE / "sse_target.py"), host]
        return Target(self._start(command, pipes=True))

    def logs(self) -> str:
        """All that the programs have said so far."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        # Workers first: one whose scheduler has just gone takes seconds to give up.
        for together in (self.started[1:], self.started[:1]):
            for process in together:
                process.terminate()
            for process in together:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    kill(process)

    def _start(
        self, command: list[str], env: dict[str, str] | None = None, *, pipes: bool = False
    ) -> subprocess.Popen[str]:
        log = self.folder / f"{len(self.started)}.log"
        with log.open("w") as said:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipes else said,
                stderr=said,
                text=True,
            )
        self.started.append(process)
        return process


def _cli(name: str) -> list[str]:
    return [sys.executable, "-m", f"distributed.cli.{name}"]


async def wait_for_workers(scheduler: str, count: int) -> None:
    """Until *scheduler* knows *count* workers."""
    async with asyncio.timeout(PATIENCE), Cluster(scheduler) as cluster:
        while True:
            if len(await cluster.addresses()) == count:
                return
            await asyncio.sleep(0.05)


def children(pid: int) -> list[int]:
    """The processes that the process *pid* has started."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(one) for one in path.read_text().split()]
    return found


async def until(holds: Callable[[], bool]) -> None:
    """Until *holds*, or ``TimeoutError``."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


async def gone(pids: Sequence[int]) -> None:
    """Until none of *pids* runs any more (a zombie does not run)."""
    await until(lambda: not any(map(_runs, pids)))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def kill(process: subprocess.Popen[str]) -> None:
    """At once, and reaped."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)


def running(folder: Path) -> Iterator[Programs]:
    """For fixtures."""
    programs = Programs(folder)
    try:
        yield programs
    finally:
        programs.stop()
