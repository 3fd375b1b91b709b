"""A service as a process of its own: what it says is heard, and nothing of it is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from golive.sanitize import clean, masked

GRACE = 3.0
"""Seconds that it has to end by itself after SIGTERM: less than a cancelled run has."""
KEPT = 32 << 10
"""Bytes of the end of what it writes that are kept; it is never stopped for writing more."""
SAID = 400
LINES = 8
MARK = "GOLIVE_RECOVERY_SERVICE"
"""Variable by which processes are known again that left their group."""
_TICK = 0.02


class NotStarted(Exception):
    """There is no process. ``code``: of a sentence of the check."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A started service. Call ``end`` whatever happens."""

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Start it. Raises ``NotStarted``."""
        if not folder.is_dir():
            raise NotStarted("no-working-directory", clean(str(folder), 200))
        self._mark = f"{MARK}={secrets.token_hex(8)}"
        name, _, value = self._mark.partition("=")
        try:
            self._process = subprocess.Popen(  # noqa: S603 - what golive.yaml says, no shell
                list(words),
                cwd=folder,
                env={**environment, name: value},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl+C is for golive, which then ends it
            )
        except FileNotFoundError:
            raise NotStarted("command-not-found", clean(words[0], 200)) from None
        except (OSError, ValueError) as error:
            # ValueError: a word with a NUL in it.
            said = (error.strerror if isinstance(error, OSError) else "") or str(error)
            raise NotStarted("command-not-started", clean(f"{words[0]}: {said}", 200)) from None
        self._tail = bytearray()
        self._lock = threading.Lock()
        # Read all the time: nobody may be held up by a full pipe, and no disk fills up.
        self._reader = threading.Thread(target=self._read, name="restored-service", daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """Of one that ended, negative for a signal; ``None``: it runs."""
        return self._process.poll()

    @property
    def log(self) -> str:
        """The end of what it wrote, to either output, in lines that can be shown."""
        with self._lock:
            text = self._tail.decode("utf-8", "replace")
        return "\n".join(masked(line) for line in text.splitlines())

    async def end(self) -> bool:
        """End it, its children, and theirs. Whether it had to be killed."""
        killed = False
        if self._process.poll() is None:
            self._signal(signal.SIGTERM)
            killed = not await self._gone(GRACE)
        # Also for children that outlived it.
        self._signal(signal.SIGKILL)
        for process in _marked(self._mark):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        await self._gone(GRACE)
        await asyncio.to_thread(self._reader.join, 1.0)
        return killed

    def _signal(self, number: signal.Signals) -> None:
        # Its number is not given to others as long as anybody is left in its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    async def _gone(self, within: float) -> bool:
        until = time.monotonic() + within
        while self._process.poll() is None:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(_TICK)
        return True

    def _read(self) -> None:
        stream: IO[bytes] | None = self._process.stdout
        if stream is None:
            return
        with stream:
            while piece := os.read(stream.fileno(), 1 << 16):
                with self._lock:
                    self._tail += piece
                    del self._tail[:-KEPT]


def last_lines(log: str) -> str:
    """The last lines of *log*, for a sentence; "-" for none."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    said = " | ".join(lines[-LINES:])
    return clean(said[-SAID:], SAID) or "-"


def _marked(mark: str) -> list[int]:
    """Processes that inherited *mark*: those that left the group of the service too.

    Where there is no ``/proc`` there are none to be found.
    """
    wanted, found = mark.encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # another user's, or gone meanwhile
        if wanted in variables:
            found.append(int(folder.name))
    return found
