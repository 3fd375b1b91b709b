"""A fixed-window rate limit on /api/*, one window a client (RFC 6585 §4).

Headers on every API answer: RateLimit-Limit, -Remaining and -Reset (seconds) and
RateLimit-Policy, as in the IETF draft before its structured-field form; Retry-After on a 429.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
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

    limit: RateLimit
    allowed: bool
    remaining: int
    reset_s: float


class FixedWindow:
    """Counts each client's requests in a window that starts with its first request.

    `own`: the clients, by the name that they are counted under, whose limit is another one.
    """

    def __init__(
        self,
        limit: RateLimit,
        own: Mapping[str, RateLimit] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._own = own or {}
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def admit(self, client: str, counted_as: str | None = None) -> Admission:
        """Count one request of a client and say whether it may pass.

        `counted_as`: whose window it falls into, when that is not the client's own.
        """
        key = counted_as or client
        limit = self._own.get(client, self._limit)
        now = self._clock()
        start, used = self._windows.get(key, (now, 0))
        if now - start >= limit.window_s:
            start, used = now, 0
        reset_s = start + limit.window_s - now
        if used >= limit.requests:
            return Admission(limit, False, 0, reset_s)
        if key not in self._windows and len(self._windows) >= _MAX_CLIENTS:
            self._forget_expired(now)
        self._windows[key] = (start, used + 1)
        return Admission(limit, True, limit.requests - used - 1, reset_s)

    def _forget_expired(self, now: float) -> None:
        horizon = now - max(limit.window_s for limit in (self._limit, *self._own.values()))
        self._windows = {k: v for k, v in self._windows.items() if v[0] > horizon}


class RateLimitMiddleware:
    """Pure ASGI, so that event streams pass through untouched.

    A client is its valid token, else its peer address: neither forwarding headers nor a guessed
    token opens a fresh window. The defects: `enforced` False refuses nobody and keeps the headers,
    `trusts_forwarded` lets the client's own X-Forwarded-For open a window, `over_limit_status`
    takes the place of 429.
    """

    def __init__(
        self,
        app: ASGIApp,
        window: FixedWindow,
        identify: Callable[[Scope], str | None],
        on_limited: Callable[[], None],
        *,
        enforced: bool = True,
        trusts_forwarded: bool = False,
        over_limit_status: int = 429,
    ) -> None:
        self._app = app
        self._window = window
        self._identify = identify
        self._on_limited = on_limited
        self._enforced = enforced
        self._trusts_forwarded = trusts_forwarded
        self._over_limit_status = over_limit_status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        peer = scope.get("client")
        client = self._identify(scope) or f"peer:{peer[0] if peer else 'unknown'}"
        counted_as = f"{client}@{_forwarded(scope)}" if self._trusts_forwarded else None
        admission = self._window.admit(client, counted_as)
        headers = _headers(admission)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *headers]}
            await send(message)

        if admission.allowed or not self._enforced:
            await self._app(scope, receive, with_headers)
            return
        self._on_limited()
        from golive_demo.problems import problem  # the supervisor reads limits without FastAPI

        retry_after = {"Retry-After": str(math.ceil(admission.reset_s))}
        refusal = problem(self._over_limit_status, "rate limit exceeded", retry_after)
        await refusal(scope, receive, with_headers)


def _forwarded(scope: Scope) -> str:
    """The first address of X-Forwarded-For: what the client wrote, if it wrote one."""
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            return str(value.decode("latin-1").split(",")[0].strip())
    return ""


def _headers(admission: Admission) -> list[tuple[bytes, bytes]]:
    limit = admission.limit
    values = {
        b"ratelimit-limit": str(limit.requests),
        b"ratelimit-remaining": str(admission.remaining),
        b"ratelimit-reset": str(math.ceil(admission.reset_s)),
        b"ratelimit-policy": f"{limit.requests};w={math.ceil(limit.window_s)}",
    }
    return [(name, value.encode("ascii")) for name, value in values.items()]
