"""promtool as a process: without a shell, bounded in time and output, ended with its group."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LARGEST = 16 << 20
"""Bytes of output that are read."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended.

    ``status``: the exit code; ``None`` with a ``problem``: ``not-started``, ``too-slow`` or
    ``too-much``.
    """

    status: int | None
    text: str = ""
    problem: str = ""


def found() -> str | None:
    """Where promtool is."""
    return shutil.which("promtool")


async def run(promtool: str, words: Sequence[str], folder: Path, seconds: float) -> Ran:
    """``promtool words...`` in *folder*, which it also keeps its database in, for *seconds*."""
    # A file, not a pipe: nothing blocks when there is more than anybody reads.
    with tempfile.TemporaryFile(dir=folder) as output:
        try:
            process = await asyncio.create_subprocess_exec(
                promtool,
                *words,
                cwd=folder,
                env=_environment(folder),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return Ran(None, error.strerror or str(error), "not-started")
        problem = ""
        try:
            async with asyncio.timeout(seconds):
                await _watched(process, output.fileno())
        except TimeoutError:
            problem = "too-slow"
        finally:
            await _end(process)
        if not problem and os.fstat(output.fileno()).st_size > LARGEST:
            problem = "too-much"
        output.seek(0)
        text = output.read(LARGEST).decode("utf-8", "replace")
    return Ran(None if problem else process.returncode, text, problem)


async def _watched(process: asyncio.subprocess.Process, output: int) -> None:
    """Wait for the end of *process*, or until it has written too much."""
    ended = asyncio.ensure_future(process.wait())
    try:
        while not ended.done() and os.fstat(output).st_size <= LARGEST:
            await asyncio.wait({ended}, timeout=0.5)
    finally:
        ended.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _environment(folder: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "GOGC": "400",  # a fifth faster: it lives for seconds and keeps little
    }
