"""A configured command, run without a shell, for a bounded time, its output kept."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

from golive.probe.exchange import clean
from golive_gates.streaming.drill_parts import Command

MAX_OUTPUT = 16 << 10
"""Bytes of output that are looked at; a command that prints more is not stopped for that."""
SHOWN = 300
GRACE = 5.0
"""Seconds that a command has to end by itself after SIGTERM, before its group is killed."""


async def run_command(words: tuple[str, ...], folder: Path, seconds: float) -> Command:
    """Run *words* in *folder*. After *seconds*, or when cancelled, its process group is ended.

    It is done when its own process is, whatever it left behind that still holds its output.
    """
    began = time.monotonic()
    # A file, not a pipe: a child that goes on in the background would keep a pipe open.
    with tempfile.TemporaryFile() as output:
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                cwd=folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for golive, which then ends the command itself
            )
        except OSError as error:
            return Command(words, None, 0.0, problem=clean(str(error)))
        problem = ""
        status: int | None = None
        try:
            async with asyncio.timeout(seconds):
                status = await process.wait()
        except TimeoutError:
            problem = f"not finished within {seconds:g} s"
        finally:
            await _end(process)
        took = time.monotonic() - began
        output.seek(0)
        said = output.read(MAX_OUTPUT).decode("utf-8", "replace")
    return Command(words, status, took, clean(said, SHOWN), problem)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        pass
    finally:
        # Also for children that outlived it: what was cut short leaves nothing running.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
