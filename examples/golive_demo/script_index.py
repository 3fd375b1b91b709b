"""The index of finished scripts: ChromaDB in a process of its own, reached over two pipes.

Chroma holds the interpreter while it writes, for tens of milliseconds and now and then for
seconds; in the service's own process every open stream would stand still with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_MAX_PENDING = 1000
_MAX_LINE = 1 << 20
_PROGRAM = "golive_demo.script_index_process"
_OWN_PREFIX = "SCRIPTGEN_"


@dataclass(frozen=True, slots=True)
class Hit:
    """A found script; `distance` is the squared Euclidean distance of unit vectors, 0 to 4."""

    script_id: str
    project_id: str
    text: str
    distance: float


class IndexUnavailableError(Exception):
    """The index could not answer; the message says why."""


class NoIndex:
    """In place of an index where scripts are not kept: nothing is found in it."""

    failure: str | None = None

    async def open(self) -> None:
        """Nothing to open."""

    def add(self, owner: str, project_id: str, text: str) -> bool:  # noqa: ARG002 - as below
        """Let the script go; False, as it is not queued."""
        return False

    async def search(self, owner: str, text: str, limit: int) -> list[Hit]:  # noqa: ARG002
        """Nothing."""
        return []

    async def close(self) -> None:
        """Nothing to close."""


class ScriptIndex:
    """The service's end of the pipes. `failure` says why the index does not work, else None."""

    def __init__(self, folder: Path, on_indexed: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._on_indexed = on_indexed
        self._process: asyncio.subprocess.Process | None = None
        self._listener: asyncio.Task[None] | None = None
        self._pending = 0
        self._asked: dict[int, asyncio.Future[list[Hit]]] = {}
        self._last_question = 0
        self._closing = False
        self.failure: str | None = "not opened"

    async def open(self) -> None:
        """Start the process and wait until it has opened the collection: before readiness.

        Raises IndexUnavailableError.
        """
        # The tokens and keys of the service are none of the index's business.
        env = {k: v for k, v in os.environ.items() if not k.startswith(_OWN_PREFIX)}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _PROGRAM,
            str(self._folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=env,
            limit=_MAX_LINE,
        )
        if self._process.stdout is None or not await self._process.stdout.readline():
            self.failure = f"the index process ended with {await self._process.wait()}"
            raise IndexUnavailableError(self.failure)
        self.failure = None
        self._listener = asyncio.create_task(self._listen(self._process.stdout))

    def add(self, owner: str, project_id: str, text: str) -> bool:
        """Queue a script; False when it is dropped. A failed write shows in `failure`."""
        if self._pending >= _MAX_PENDING or not self._tell({"add": [owner, project_id, text]}):
            return False
        self._pending += 1
        return True

    async def search(self, owner: str, text: str, limit: int) -> list[Hit]:
        """The owner's scripts nearest to a text, nearest first. Raises IndexUnavailableError."""
        self._last_question = number = self._last_question + 1
        answer: asyncio.Future[list[Hit]] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            if not self._tell({"search": number, "owner": owner, "text": text, "limit": limit}):
                raise IndexUnavailableError(self.failure or "closed")
            return await answer
        finally:
            del self._asked[number]

    async def close(self) -> None:
        """Let the process finish what is queued and end."""
        if self._process is None or self._process.stdin is None:
            return
        self._closing = True
        self._process.stdin.close()
        await self._process.wait()
        if self._listener is not None:
            await self._listener

    def _tell(self, message: dict[str, object]) -> bool:
        stdin = self._process.stdin if self._process else None
        if stdin is None or self._closing:
            return False
        stdin.write(json.dumps(message).encode() + b"\n")
        return True

    async def _listen(self, answers: asyncio.StreamReader) -> None:
        while line := await answers.readline():
            told = json.loads(line)
            if "found" in told:
                self._answer(told)
                continue
            self._pending -= told["done"]
            if told["failure"]:
                self.failure = told["failure"]
                continue
            for _ in range(told["done"]):
                self._on_indexed()
        if not self._closing:
            self._closing = True
            self.failure = "the index process has ended"
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(IndexUnavailableError(self.failure or "closed"))

    def _answer(self, told: dict[str, object]) -> None:
        waiting = self._asked.get(int(str(told["found"])))
        if waiting is None or waiting.done():
            return
        hits = told["hits"]
        if isinstance(hits, list):
            waiting.set_result([Hit(*hit) for hit in hits])
        else:
            waiting.set_exception(IndexUnavailableError(str(told["failure"])))
