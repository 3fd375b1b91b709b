"""A service as a process of its own: what it says is heard, and nothing of it is left."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from golive.sanitize import clean, masked
from golive_gates.recovery.service.guarding import Guard, kill_marked, signal_group

GRACE = 3.0
"""Seconds that it has to end by itself after SIGTERM: less than a cancelled run has."""
KEPT = 32 << 10
"""Bytes of the end of what it writes that are shown; it is never stopped for writing more."""
EDGE = 8 << 10
"""Characters after a cut in its output that are not shown: half a secret is not known again."""
SAID = 400
LINES = 8
_TICK, _KILLED = 0.02, 0.5
"""Seconds between two looks, and those that a process is waited for that was killed."""


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
    """A started service. Call ``end`` whatever happens, and ``kill`` where that is cancelled."""

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Start it. Raises ``NotStarted``."""
        if not folder.is_dir():
            raise NotStarted("no-working-directory", clean(str(folder), 200))
        try:
            self._guard = Guard()
        except OSError as error:
            raise NotStarted("command-not-started", f"/bin/sh: {error.strerror}") from None
        try:
            self._process = _started(words, folder, self._guard, environment)
        except BaseException:
            self._guard.dismiss()
            raise
        self._guard.watch(self._process.pid)
        self._tail = bytearray()
        self._cut = self._over = False
        self._lock = threading.Lock()
        # Read all the time: nobody may be held up by a full pipe, and no disk fills up.
        self._reader = threading.Thread(target=self._read, name="restored-service", daemon=True)
        self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """Of one that ended, negative for a signal; ``None``: it runs."""
        return self._process.poll()

    def log(self, redact: Callable[[str], str]) -> str:
        """The end of what it wrote, to either output, in lines that can be shown."""
        with self._lock:
            text, cut = self._tail.decode("utf-8", "replace"), self._cut
        # Before characters are masked that a secret may have, and after that.
        shown = redact(text)
        if cut:
            shown = shown[len(redact(text[:EDGE])) :]
        return redact("\n".join(masked(line) for line in shown.splitlines()))

    async def end(self) -> bool:
        """End it, its children, and theirs. Whether it had to be killed."""
        killed = False
        if self._process.poll() is None:
            signal_group(self._process.pid, signal.SIGTERM)
            killed = not await self.gone(GRACE)
        self.kill()
        await self.gone(_KILLED)
        # Until it is gone it may have started others, and write to its folder.
        until = time.monotonic() + _KILLED
        while kill_marked(self._guard.mark):
            if time.monotonic() > until:
                break
            await asyncio.sleep(_TICK)
        await asyncio.to_thread(self._reader.join, _KILLED)
        return killed

    def kill(self) -> None:
        """Kill it at once, and all of its children; does nothing the second time."""
        if self._over:
            return
        self._over = True
        # For children that outlived it too. Its number is nobody else's as long as there is one.
        signal_group(self._process.pid, signal.SIGKILL)
        kill_marked(self._guard.mark)
        self._guard.dismiss()

    async def gone(self, within: float) -> bool:
        """Whether it ended by itself, or for a signal, in *within* seconds."""
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
                    self._cut = self._cut or len(self._tail) > KEPT + EDGE
                    del self._tail[: -(KEPT + EDGE)]


def _started(
    words: Sequence[str], folder: Path, guard: Guard, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """*words* as a process. Raises ``NotStarted``."""
    try:
        return subprocess.Popen(  # noqa: S603 - what golive.yaml says, no shell
            list(words),
            cwd=folder,
            env={**environment, guard.name: guard.value},
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


def signal_of(code: int) -> str:
    """The name of the signal that ended a process with *code*; "" for one that exited."""
    try:
        return signal.Signals(-code).name if code < 0 else ""
    except ValueError:
        return str(-code)


def last_lines(log: str) -> str:
    """The last lines of *log*, for a sentence; "-" for none."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    said = " | ".join(lines[-LINES:])
    return clean(said[-SAID:], SAID) or "-"
