"""Generations apart from their readers: one may leave, come back and go on where it stopped."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator

_MAX_RECENT = 256
_LINGER_S = 10.0


class Generation:
    """The frames of one stream as they come to be; the frame of event id n is number n - 1.

    When the last reader leaves before the end, the source has `linger_s` to finish or to be read
    again. Then it is closed.
    """

    def __init__(self, source: AsyncIterator[bytes], linger_s: float = _LINGER_S) -> None:
        self.frames: list[bytes] = []
        self._linger_s = linger_s
        self._readers = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._leave: asyncio.TimerHandle | None = None
        self.task = asyncio.create_task(self._run(source))
        self.task.add_done_callback(lambda _: self._wake())

    @property
    def finished(self) -> bool:
        """Whether no further frame will come."""
        return self.task.done()

    async def read(self, after: int = 0) -> AsyncIterator[bytes]:
        """Yield the frames after event id `after`, those to come included."""
        self._readers += 1
        if self._leave is not None:
            self._leave.cancel()
        try:
            while True:
                while after < len(self.frames):
                    after += 1
                    yield self.frames[after - 1]
                if self.finished:
                    return
                change = asyncio.get_running_loop().create_future()
                self._waiting.append(change)
                await change
        finally:
            self._readers -= 1
            if not self._readers and not self.finished:
                loop = asyncio.get_running_loop()
                self._leave = loop.call_later(self._linger_s, self.task.cancel)

    async def _run(self, source: AsyncIterator[bytes]) -> None:
        async for frame in source:
            self.frames.append(frame)
            self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)


Key = tuple[str, str, str]
"""Client, project and description: who may read a generation again, and under what name."""


class RecentGenerations:
    """The last generations, running or ended, at most 256 of them."""

    def __init__(self, most: int = _MAX_RECENT) -> None:
        self._most = most
        self._known: OrderedDict[Key, Generation] = OrderedDict()

    def start(self, key: Key, source: AsyncIterator[bytes]) -> Generation:
        """Begin a generation; an older one under the same key is forgotten, not stopped."""
        generation = self._known[key] = Generation(source)
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return generation

    def resumed(self, key: Key, last_event_id: str | None) -> tuple[Generation, int] | None:
        """The generation that went as far as the id, and the id; None when there is none."""
        if last_event_id is None or not (last_event_id.isascii() and last_event_id.isdigit()):
            return None
        known, after = self._known.get(key), int(last_event_id[:9])
        if known is None or not 0 < after <= len(known.frames):
            return None
        return known, after

    async def close(self) -> None:
        """End what is still running."""
        running = [g.task for g in self._known.values() if not g.finished]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
