"""A witness of a drill: one connection that is used again and again, and what becomes of it.

A front that reloads and a service that ends close the connections that nobody is using, also
when no stream is harmed. So a connection that was kept for every request before the command,
and is closed soon after, shows that the command disturbed something.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from golive.api import RunContext
from golive.probe.exchange import FailureKind
from golive.probe.http import HttpProbe
from golive.probe.transport import raw_parts
from golive.probe.trouble import TROUBLE, Progress, classify
from golive_gates.streaming.drill_parts import CONNECTION_CLOSED, READINESS
from golive_gates.streaming.observers.asking import loud_headers

INTERVAL = 0.5
"""Seconds between two requests over the connection."""
MOST_IDLE = 1.5
"""A connection that golive left alone for longer may be closed for that."""
STEADY = 2
"""Requests in a row that the connection has carried before its end says anything."""
PATIENCE_S = 5.0
_GONE = frozenset(
    {FailureKind.REFUSED, FailureKind.RESET, FailureKind.UNREACHABLE, FailureKind.PROTOCOL}
)


@dataclass(slots=True)
class Watch:
    """One connection to *url*, asked every ``INTERVAL`` s, at most *most* times.

    ``steady`` is set once it is known to be kept, or once it is clear that it is not.
    ``seen_at``: monotonic ns of the request that found it closed, or *url* not ready.
    """

    ctx: RunContext
    probe: HttpProbe
    url: str
    most: int
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    armed: bool = False
    witness: str = ""
    seen_at: int | None = None
    carried: int = 0
    was_ready: bool = False
    rested: int = 0

    async def run(self) -> None:
        """Ask until the disturbance was seen, ``stopping`` is set, or *most* requests were sent."""
        try:
            for number in range(self.most):
                last = self.stopping.is_set()
                await self._ask()
                if number >= STEADY or self.carried >= STEADY:
                    self.settled.set()
                if self.witness or last:
                    return
                await self._rest()
        finally:
            self.settled.set()

    async def finish(self, task: asyncio.Task[None]) -> None:
        """Look once more, and end."""
        self.stopping.set()
        await task

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(INTERVAL):
                await self.stopping.wait()
        except TimeoutError:
            pass

    async def _ask(self) -> None:
        progress = Progress()
        status: int | None = None
        failure: FailureKind | None = None
        request = self.probe.request(
            "GET", self.url, headers=loud_headers(self.ctx), progress=progress
        )
        await self.probe.spend(request)
        armed, began = self.armed, self.probe.clock()
        try:
            async with asyncio.timeout(PATIENCE_S), self.probe.opened(request) as response:
                status = response.status_code
                async for _ in raw_parts(response):
                    pass
        except TimeoutError:
            failure = FailureKind.TOTAL_TIMEOUT
        except TROUBLE as error:
            failure = classify(error, progress).kind
        fresh = self.carried >= STEADY and (began - self.rested) / 1e9 <= MOST_IDLE
        if armed and fresh and (progress.connected or failure in _GONE):
            self._note(CONNECTION_CLOSED, began)
        elif armed and self.was_ready and _unready(status, failure):
            self._note(READINESS, began)
        kept = failure is None and not progress.connected
        self.carried = self.carried + 1 if kept else 0
        if not armed:
            self.was_ready = failure is None and status is not None and 200 <= status < 300
        self.rested = self.probe.clock()

    def _note(self, witness: str, at: int) -> None:
        if self.seen_at is None:
            self.witness, self.seen_at = witness, at


def _unready(status: int | None, failure: FailureKind | None) -> bool:
    """Whether readiness was refused; a time-out or 429 may have other causes."""
    if status is None or failure is not None:
        return failure in _GONE
    return status >= 500
