"""One worker process as its parent sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator
from typing import Self

from golive.probe.load.programs import command, environment

_MAX_LINE = 256 << 20
_STDERR_KEPT = 2000
_DYING_S = 1.0


class Child:
    """A started worker. Use ``async with``: however the block ends, the process is gone then."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self._process = process
        self._errors = b""
        self._listener = asyncio.create_task(self._keep_errors())

    @classmethod
    async def start(cls, name: str) -> Child:
        """Start a worker that waits for its job. ``OSError`` if it cannot be started."""
        process = await asyncio.create_subprocess_exec(
            *command("worker"),
            env=environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_MAX_LINE,
        )
        return cls(name, process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def tell(self, **line: object) -> None:
        """Send one line; if it is gone, its own lines will say so."""
        stdin = self._process.stdin
        if stdin is None:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            stdin.write(json.dumps(line).encode("ascii") + b"\n")
            await stdin.drain()

    async def lines(self) -> AsyncIterator[dict[str, object]]:
        """What it says, until it closes its stdout."""
        stdout = self._process.stdout
        while stdout is not None:
            line = await stdout.readline()
            if not line:
                return
            try:
                value = json.loads(line)
            except ValueError:
                return  # cut off in the middle: it died while writing
            if isinstance(value, dict):
                yield value

    async def obituary(self) -> str:
        """How it ended, for a reader; kills it if it has not."""
        # Killing one that is just dying would reap it here and lose its exit code (asyncio).
        await self.end(grace=_DYING_S)
        code = self._process.returncode
        how = f"ended with exit code {code}"
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                how = f"was killed by {signal.Signals(-code).name}"
        said = self._errors.decode("utf-8", "replace").strip().splitlines()
        return f"{self.name} (process {self.pid}) {how}" + (f": {said[-1][:300]}" if said else "")

    async def end(self, grace: float = 0.0) -> None:
        """See that it is gone and reaped; it has *grace* s to leave by itself."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.returncode is None and grace:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await asyncio.wait({self._listener})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        # A second cancellation must not leave the process behind.
        await asyncio.shield(self.end())

    async def _keep_errors(self) -> None:
        stderr = self._process.stderr
        while stderr is not None:
            data = await stderr.read(4096)
            if not data:
                return
            self._errors = (self._errors + data)[-_STDERR_KEPT:]
