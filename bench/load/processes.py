"""Starting, pinning, bounding and ending the processes of the benchmark."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load.figures import NoFigureError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).resolve().parent
BUILD = ROOT / "build" / "bench-load"
FLAGS = ("-O2", "-Wall", "-Wextra")


class Unavailable(Exception):
    """Something that the benchmark needs is not there; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The two compiled programs, and what compiled them."""

    server: Path
    reference: Path
    compiler: str


def compiled(folder: Path = BUILD) -> Programs:
    """Compile the server and the reference client into *folder*.

    Raises ``Unavailable`` when there is no gcc, or it does not like the sources.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("server", "reference"):
        target, scratch = folder / name, folder / f"{name}.{os.getpid()}"
        command = ["gcc", *FLAGS, "-o", str(scratch), str(SOURCES / f"{name}.c")]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        except FileNotFoundError:
            raise Unavailable("gcc is missing; on Debian: apt-get install gcc libc6-dev") from None
        if done.returncode:
            message = f"gcc does not compile {name}.c:\n{done.stderr}"
            raise Unavailable(message)
        scratch.replace(target)
    version = subprocess.run(
        ["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True, timeout=10
    )
    return Programs(folder / "server", folder / "reference", f"gcc {version.stdout.strip()}")


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Processes started inside run on *core* alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@dataclass(slots=True)
class Server:
    """A running server. *written* is its own count of events, known once it has ended."""

    port: int
    written: int = -1


@contextlib.contextmanager
def serving(program: Path, core: int, processes: int = 1) -> Iterator[Server]:
    """A fresh server on *core*, in as many processes; each holds up to the descriptor limit."""
    with pinned(core):
        process = subprocess.Popen(
            [str(program), "0", str(processes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    try:
        line = process.stdout.readline() if process.stdout else ""
        server = Server(json.loads(line)["port"])
        yield server
        out, _ = process.communicate(timeout=10)  # closes its stdin, which ends it
        server.written = json.loads(out)["events"]
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client process said, or why it said nothing (*failure*)."""

    out: str = ""
    failure: str = ""

    def figures(self) -> Mapping[str, object]:
        """The line of JSON in *out*. Raises ``NoFigureError`` when there is none."""
        lines = self.out.strip().splitlines()
        found = json.loads(lines[-1]) if lines else None
        if not isinstance(found, dict):
            raise NoFigureError("no line of JSON")
        return found


def ask(commands: Sequence[Sequence[str]], core: int, bound: float) -> tuple[Answer, ...]:
    """Run *commands* side by side on *core*; each is killed *bound* seconds after the start."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    limit = time.monotonic() + bound
    with pinned(core):
        running = [
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
                cwd=ROOT,
            )
            for command in commands
        ]
    try:
        return tuple(_answer(process, limit, bound) for process in running)
    finally:
        for process in running:
            process.kill()
            process.wait()


def cpu_of_children() -> float:
    """User and system seconds of every child that has ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _answer(process: subprocess.Popen[str], limit: float, bound: float) -> Answer:
    try:
        out, err = process.communicate(timeout=max(0.1, limit - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return Answer(failure=f"no answer within {bound:g} s")
    if process.returncode:
        last = err.strip().splitlines()[-1:] or ["no message"]
        return Answer(failure=f"exit code {process.returncode}: {last[0][:200]}")
    return Answer(out=out)
