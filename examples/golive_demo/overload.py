"""A defect: a service that stands short rushes and dies under load that goes on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from golive_demo.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_WINDOW_S = 12.0
_CALM_S = 2.0
_FAILED_OF_TEN = 3


class Exhaustion:
    """Says which requests fail once more than *most* came within the last 12 s.

    A pause of 2 s heals it. 200 requests at once do not exhaust it as long as *most* is more:
    finding out where the rate limit lies is not load.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._recent: deque[float] = deque()
        self._over = 0

    def takes(self) -> bool:
        """Count one request; True when it is one of those that fail."""
        now = self._clock()
        if self._recent and now - self._recent[-1] >= _CALM_S:
            self._recent.clear()
        while self._recent and now - self._recent[0] >= _WINDOW_S:
            self._recent.popleft()
        self._recent.append(now)
        if len(self._recent) <= self._most:
            self._over = 0
            return False
        self._over += 1
        return self._over * _FAILED_OF_TEN % 10 < _FAILED_OF_TEN


class ExhaustionMiddleware:
    """Pure ASGI: 503 for the requests to /api/* that the exhaustion takes."""

    def __init__(self, app: ASGIApp, exhaustion: Exhaustion) -> None:
        self._app = app
        self._exhaustion = exhaustion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        guarded = scope["type"] == "http" and scope["path"].startswith("/api/")
        if guarded and self._exhaustion.takes():
            await problem(503, "no connection to the store is free")(scope, receive, send)
            return
        await self._app(scope, receive, send)
