"""The event-stream response: bounded in number, beating while silent, whole through a shutdown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from sse_starlette import EventSourceResponse
from sse_starlette.sse import AppStatus

from golive_demo.problems import problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

MAX_STREAMS = 64
_RETRY_AFTER_S = 2

# The library would cut every stream at SIGTERM. Ours end by themselves, so uvicorn waits for them.
AppStatus.enable_automatic_graceful_drain = False


class Slots:
    """How many streams are open, and how many may be."""

    def __init__(self, most: int = MAX_STREAMS) -> None:
        self._most = most
        self.taken = 0

    def take(self) -> bool:
        """Take one; False when there is none left."""
        if self.taken >= self._most:
            return False
        self.taken += 1
        return True

    def give_back(self) -> None:
        """Give one back."""
        self.taken -= 1


class BoundedEventStream(EventSourceResponse):
    """Opens its frames only once it has a slot; without one it is a 503 with Retry-After."""

    def __init__(
        self, slots: Slots, open_frames: Callable[[], AsyncIterator[bytes]], heartbeat_s: float
    ) -> None:
        super().__init__(_nothing(), ping=heartbeat_s, sep="\n")
        self._slots = slots
        self._open_frames = open_frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not self._slots.take():
            refusal = problem(
                503, "too many streams are open", {"Retry-After": str(_RETRY_AFTER_S)}
            )
            await refusal(scope, receive, send)
            return
        self.body_iterator = self._open_frames()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._slots.give_back()


async def _nothing() -> AsyncIterator[bytes]:
    empty: tuple[bytes, ...] = ()
    for frame in empty:
        yield frame
