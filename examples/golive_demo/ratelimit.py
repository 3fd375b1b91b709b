"""A fixed-window rate limit on /api/*, one window a client (RFC 6585 §4).

Headers on every API answer: RateLimit-Limit, -Remaining and -Reset (seconds) and
RateLimit-Policy, as in the IETF draft before its structured-field form; Retry-After on a 429.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SPEC = re.compile(r"(\d+)/(\d+(?:\.\d+)?)s")
_MAX_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`requests` admitted in each window of `window_s` seconds."""

    requests: int
    window_s: float

    @classmethod
    def parse(cls, text: str) -> RateLimit:
        """Read `200/60s`. Raises ValueError."""
        match = _SPEC.fullmatch(text)
        if match is None or int(match[1]) < 1 or float(match[2]) <= 0:
            msg = f"not a rate limit: {text!r} (example: 200/60s)"
            raise ValueError(msg)
        return cls(int(match[1]), float(match[2]))

    def __str__(self) -> str:
        return f"{self.requests}/{self.window_s:g}s"


DEFAULT_RATE_LIMIT = RateLimit(200, 60.0)


@dataclass(frozen=True, slots=True)
class Admission:
    """The verdict on one request; `reset_s` is the time left in the client's window."""

    allowed: bool
    remaining: int
    reset_s: float


class FixedWindow:
    """Counts each client's requests in a window that starts with its first request."""

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def admit(self, client: str) -> Admission:
        """Count one request of a client and say whether it may pass."""
        now = self._clock()
        start, used = self._windows.get(client, (now, 0))
        if now - start >= self.limit.window_s:
            start, used = now, 0
        reset_s = start + self.limit.window_s - now
        if used >= self.limit.requests:
            return Admission(False, 0, reset_s)
        if client not in self._windows and len(self._windows) >= _MAX_CLIENTS:
            self._forget_expired(now)
        self._windows[client] = (start, used + 1)
        return Admission(True, self.limit.requests - used - 1, reset_s)

    def _forget_expired(self, now: float) -> None:
        horizon = now - self.limit.window_s
        self._windows = {k: v for k, v in self._windows.items() if v[0] > horizon}


class RateLimitMiddleware:
    """Pure ASGI, so that event streams pass through untouched.

    A client is its valid token, else its peer address: neither forwarding headers nor a guessed
    token opens a fresh window.
    """

    def __init__(
        self,
        app: ASGIApp,
        window: FixedWindow,
        identify: Callable[[Scope], str | None],
        on_limited: Callable[[], None],
    ) -> None:
        self._app = app
        self._window = window
        self._identify = identify
        self._on_limited = on_limited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        peer = scope.get("client")
        client = self._identify(scope) or f"peer:{peer[0] if peer else 'unknown'}"
        admission = self._window.admit(client)
        headers = self._headers(admission)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *headers]}
            await send(message)

        if admission.allowed:
            await self._app(scope, receive, with_headers)
            return
        self._on_limited()
        from starlette.responses import JSONResponse  # the supervisor reads limits without it

        refusal = JSONResponse(
            {"detail": "rate limit exceeded"},
            status_code=429,
            headers={"Retry-After": str(math.ceil(admission.reset_s))},
        )
        await refusal(scope, receive, with_headers)

    def _headers(self, admission: Admission) -> list[tuple[bytes, bytes]]:
        limit = self._window.limit
        values = {
            b"ratelimit-limit": str(limit.requests),
            b"ratelimit-remaining": str(admission.remaining),
            b"ratelimit-reset": str(math.ceil(admission.reset_s)),
            b"ratelimit-policy": f"{limit.requests};w={math.ceil(limit.window_s)}",
        }
        return [(name, value.encode("ascii")) for name, value in values.items()]
