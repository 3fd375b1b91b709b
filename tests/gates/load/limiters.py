"""Rate limiters as targets may have them, and a route behind one on a loopback server."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.gates.slo import doubles as d


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    remaining: int
    reset: float


class Limiter(Protocol):
    def admit(self, client: str) -> Verdict: ...


@dataclass
class Fixed:
    """Windows that begin with a client's first request, or at multiples of the clock."""

    requests: int
    window: float
    by_clock: bool = False
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def admit(self, client: str) -> Verdict:
        now = time.monotonic()
        start, used = self.windows.get(client, (-math.inf, 0))
        if now - start >= self.window:
            start = math.floor(now / self.window) * self.window if self.by_clock else now
            used = 0
        reset = start + self.window - now
        if used >= self.requests:
            return Verdict(False, 0, reset)
        self.windows[client] = (start, used + 1)
        return Verdict(True, self.requests - used - 1, reset)


@dataclass
class Sliding:
    """A log of what was admitted within the last window."""

    requests: int
    window: float
    logs: dict[str, deque[float]] = field(default_factory=dict)

    def admit(self, client: str) -> Verdict:
        now = time.monotonic()
        log = self.logs.setdefault(client, deque())
        while log and now - log[0] >= self.window:
            log.popleft()
        reset = self.window - (now - log[0]) if log else self.window
        if len(log) >= self.requests:
            return Verdict(False, 0, reset)
        log.append(now)
        return Verdict(True, self.requests - len(log), reset)


@dataclass
class Bucket:
    """Tokens that come back evenly, *speed* times as fast as it is declared."""

    requests: int
    window: float
    tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    speed: float = 1.0

    def admit(self, client: str) -> Verdict:
        now, rate = time.monotonic(), self.speed * self.requests / self.window
        at, tokens = self.tokens.get(client, (now, float(self.requests)))
        tokens = min(float(self.requests), tokens + (now - at) * rate)
        allowed = tokens >= 1
        tokens -= allowed
        self.tokens[client] = (now, tokens)
        return Verdict(allowed, int(tokens), (1 - tokens % 1) / rate)


def token_of(got: d.Got) -> str:
    """A client is its token."""
    return got.headers.get("authorization", "-")


def spoofable(got: d.Got) -> str:
    """A client is whatever it says that it is."""
    return got.headers.get("x-forwarded-for", token_of(got))


def by_spelling(got: d.Got) -> str:
    """Each spelling of a path is counted for itself."""
    return token_of(got) + got.path


def limited(
    limiter: Limiter,
    *,
    identity: Callable[[d.Got], str] = token_of,
    status: int = 429,
    headers: Callable[[Verdict], dict[str, str]] | None = None,
    retry_after: Callable[[Verdict], str | None] = lambda v: str(math.ceil(v.reset)),
    paths: tuple[str, ...] = ("/projects",),
) -> d.Handler:
    """A route behind *limiter*; other paths are not found, and limited all the same."""

    def handler(got: d.Got) -> d.Answer:
        verdict = limiter.admit(identity(got))
        told = headers(verdict) if headers is not None else {}
        if verdict.allowed:
            found = got.path in paths and got.method == "GET"
            return d.answer(200 if found else 404, [], **told)
        wait = retry_after(verdict)
        more = {} if wait is None else {"Retry_After": wait}
        if got.method == "HEAD":
            return f"HTTP/1.1 {status} X\r\nContent-Length: 9\r\n\r\n".encode()
        return d.answer(status, {"detail": "limit"}, **told, **more)

    return handler


def draft_headers(requests: int, window: float) -> Callable[[Verdict], dict[str, str]]:
    """``RateLimit-*`` as in the first drafts."""

    def of(verdict: Verdict) -> dict[str, str]:
        return {
            "RateLimit_Limit": str(requests),
            "RateLimit_Remaining": str(verdict.remaining),
            "RateLimit_Reset": str(math.ceil(verdict.reset)),
            "RateLimit_Policy": f"{requests};w={math.ceil(window)}",
        }

    return of
