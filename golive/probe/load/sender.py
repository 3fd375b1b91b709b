"""Makes requests when the schedule says so, and keeps account of those it could not make."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from golive.probe.load.flight import Flight
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.record import RequestOutcome
from golive.probe.load.tally import Tally
from golive.probe.load.template import Template

BATCH = 64
"""Requests sent, and descriptors worked off, before the other has its turn."""


class Sender:
    """One shard of a schedule. *launch* is given each request with the moment it was made.

    The due times are fixed when it is made. *due_at*: when to call ``send`` again (monotonic s;
    +inf: when an answer has made room).
    """

    __slots__ = (
        "_due",
        "_full_at",
        "_indices",
        "_launch",
        "_limit",
        "_next",
        "_plan",
        "_start",
        "_tally",
        "_templates",
        "_users",
        "due_at",
    )

    def __init__(
        self,
        plan: LoadPlan,
        shard: Shard,
        templates: list[Template],
        limit: int,
        tally: Tally,
        launch: Callable[[Flight, float], None],
    ) -> None:
        self._plan = plan
        self._templates = templates
        self._indices = shard.indices(plan.schedule.count)
        self._users = shard.share(plan.schedule.concurrency)
        self._limit = limit
        self._tally = tally
        self._launch = launch
        # With millions of requests this takes seconds: before the start is given.
        self._due = plan.schedule.offsets()[shard.index :: shard.count]
        self._start = 0.0
        self._next = 0
        self._full_at = -math.inf
        self.due_at = math.inf

    def begin(self, start: float) -> None:
        """The run begins at *start* (monotonic s)."""
        self._start = start

    @property
    def done(self) -> bool:
        """Whether every request was made."""
        return self._next >= len(self._indices)

    def send(self, now: float) -> int:
        """Make what is due, one batch at most; how many that was."""
        first = self._next
        self.due_at = math.inf
        if self._due:
            self._send_open(now)
        elif now < self._start:
            self.due_at = self._start
        else:
            self._send_closed(now)
        return self._next - first

    def _send_closed(self, now: float) -> None:
        end = self._next + BATCH
        while self._tally.in_flight < self._users and not self.done:
            if self._next == end:  # each failed at once, and the loop has other things to do
                self.due_at = now
                return
            self._begin(now, now)

    def _send_open(self, now: float) -> None:
        due, tally, total, start = self._due, self._tally, len(self._indices), self._start
        end = self._next + BATCH
        while self._next < total:
            at = start + due[self._next]
            if at > now or self._next == end:
                self.due_at = at
                return
            if tally.in_flight >= self._limit:
                self._full_at = now
                return
            if at <= self._full_at:
                tally.held_back += 1
            self._begin(at, time.monotonic())

    def _begin(self, due: float, now: float) -> None:
        index = self._indices[self._next]
        self._next += 1
        template = self._templates[index % len(self._templates)]
        wants = template.request.known_answer is not None
        expected = template.expected(self._plan.unique(index)) if wants else None
        self._tally.in_flight += 1
        self._tally.sent += 1
        self._launch(Flight(index, template, due, now, expected), now)

    def unsent(self, reason: str, now: float) -> list[Flight]:
        """What was never made because of *reason*, as flights with that outcome."""
        flights = []
        for place in range(self._next, len(self._indices)):
            index = self._indices[place]
            due = self._start + self._due[place] if self._due else max(self._start, now)
            template = self._templates[index % len(self._templates)]
            flight = Flight(index, template, due, math.nan, None)
            flight.outcome, flight.detail = RequestOutcome.UNSENT, reason
            flights.append(flight)
        self._next = len(self._indices)
        return flights
