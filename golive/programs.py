"""Programs as processes: without a shell, bounded in time and output, ended with their group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LARGEST = 16 << 20
"""Bytes of output that are read."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended.

    ``status``: the exit code, negative for the signal that ended it; ``None`` with a ``problem``:
    ``not-started``, ``too-slow`` or ``too-much``. ``text``: what it wrote, to both of its outputs
    unless they were asked for apart; then ``errors`` has what it wrote to the second.
    """

    status: int | None
    text: str = ""
    problem: str = ""
    errors: str = ""


def found(name: str) -> str | None:
    """Where the program *name* is: beside this Python, where wheels put theirs, else on PATH."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


async def run(
    program: str,
    words: Sequence[str],
    folder: Path,
    seconds: float,
    *,
    apart: bool = False,
    home: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Ran:
    """``program words...`` in *folder* for *seconds* at most.

    *apart*: keep its two outputs apart. *home*: where it may keep files of its own, by default
    *folder*. *env*: variables beside the few that it is given; nothing else of the user's.
    """
    base = home or folder
    # Files, not pipes: nothing blocks when there is more than anybody reads.
    with (
        tempfile.TemporaryFile(dir=base) as output,
        tempfile.TemporaryFile(dir=base) as second,
    ):
        try:
            process = await asyncio.create_subprocess_exec(
                program,
                *words,
                cwd=folder,
                env={**_environment(base), **(env or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=second if apart else asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            # ValueError: an argument with a NUL in it.
            said = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
            return Ran(None, said, "not-started")
        problem = ""
        try:
            async with asyncio.timeout(seconds):
                await _watched(process, (output, second))
        except TimeoutError:
            problem = "too-slow"
        finally:
            await _end(process)
        if not problem and _too_much((output, second)):
            problem = "too-much"
        status = None if problem else process.returncode
        return Ran(status, _text(output), problem, _text(second))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(LARGEST).decode("utf-8", "replace")


def _too_much(files: Sequence[IO[bytes]]) -> bool:
    return any(os.fstat(file.fileno()).st_size > LARGEST for file in files)


async def _watched(process: asyncio.subprocess.Process, files: Sequence[IO[bytes]]) -> None:
    """Wait for the end of *process*, or until it has written too much."""
    ended = asyncio.ensure_future(process.wait())
    try:
        while not ended.done() and not _too_much(files):
            await asyncio.wait({ended}, timeout=0.5)
    finally:
        ended.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _environment(home: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "TMPDIR": str(home),
        "LC_ALL": "C.UTF-8",
        "GOGC": "400",  # Go programs are a fifth faster: they live for seconds and keep little
    }
