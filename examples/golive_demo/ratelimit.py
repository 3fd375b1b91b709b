"""An exact sliding-window rate limit on /api/*, one window a client (RFC 6585 §4).

Headers on every API answer: RateLimit-Limit, -Remaining and -Reset (seconds) and
RateLimit-Policy, as in the IETF draft before its structured-field form; Retry-After on a 429.

RateLimit-Reset says when the oldest counted request falls out of the window and so when more is
left than RateLimit-Remaining says; that is not yet the whole allowance, which is back one window
after the last request. Who has nothing left and waits for it is served, as with Retry-After,
which is the same number on a 429. Both are rounded up, so that nobody comes back too early.
"""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SPEC = re.compile(r"(\d+)/(\d+(?:\.\d+)?)s")
_MAX_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`requests` admitted in any `window_s` seconds, wherever they begin."""

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
    """The verdict on one request; `reset_s`: until the oldest that counts falls out, above 0."""

    limit: RateLimit
    allowed: bool
    remaining: int
    reset_s: float


class SlidingWindow:
    """Remembers when each client was admitted within the last window; exact, whenever it is asked.

    `own`: the clients, by the name that they are counted under, whose limit is another one.
    Memory is bounded: a client has no more entries than its limit, as refused requests leave none,
    and of more than `most_clients` the one that was admitted longest ago is forgotten.
    """

    def __init__(
        self,
        limit: RateLimit,
        own: Mapping[str, RateLimit] | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        most_clients: int = _MAX_CLIENTS,
    ) -> None:
        self._limit = limit
        self._own = own or {}
        self._clock = clock
        self._most = most_clients
        self._longest = max(one.window_s for one in (limit, *self._own.values()))
        # In the order of the last admission, so that what is forgotten stands first.
        self._admitted: dict[str, deque[float]] = {}

    @property
    def kept(self) -> int:
        """How many admissions are remembered, of all clients."""
        return sum(len(times) for times in self._admitted.values())

    def admit(self, client: str, counted_as: str | None = None) -> Admission:
        """Count one request of a client and say whether it may pass.

        `counted_as`: whose window it falls into, when that is not the client's own.
        """
        key = counted_as or client
        limit = self._own.get(client, self._limit)
        now = self._clock()
        times = self._admitted.get(key, deque())
        while times and now - times[0] >= limit.window_s:
            times.popleft()
        allowed = len(times) < limit.requests
        if allowed:
            self._admitted.pop(key, None)
            self._forget(now)
            times.append(now)
            self._admitted[key] = times
        reset_s = limit.window_s - (now - times[0])  # in this order it does not round to 0
        return Admission(limit, allowed, limit.requests - len(times), reset_s)

    def _forget(self, now: float) -> None:
        """Make room for one client: drop who has nothing left to count, and who is too many."""
        while self._admitted:
            first = next(iter(self._admitted))
            times = self._admitted[first]
            expired = not times or now - times[-1] >= self._longest
            if not expired and len(self._admitted) < self._most:
                return
            del self._admitted[first]


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
        window: SlidingWindow,
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
