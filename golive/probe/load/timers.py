"""Time-outs of connections, cheap because hardly any of them ever happens.

Each connection has at most one entry that matters, at its earliest next check; when that
comes and nothing is overdue (it was read from meanwhile, or carries another request), the
entry is made anew. So nothing is done to a timer when bytes arrive.
"""

from __future__ import annotations

import heapq
import itertools
import math

from golive.probe.load.connection import CLOSED, Connection


class Timers:
    """A heap of connections by the time of their next check."""

    __slots__ = ("_heap", "_sequence")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Connection]] = []
        self._sequence = itertools.count()

    @property
    def next_at(self) -> float:
        """When to call ``check`` again; +inf if never."""
        return self._heap[0][0] if self._heap else math.inf

    def arm(self, connection: Connection) -> float:
        """See that *connection* is checked when it asks to be; that time."""
        at = connection.next_check()
        if at < connection.timer_at:
            connection.timer_at = at
            heapq.heappush(self._heap, (at, next(self._sequence), connection))
        return at

    def check(self, now: float) -> None:
        """Tell each connection that is overdue at *now*."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            _, _, connection = heapq.heappop(heap)
            connection.timer_at = math.inf
            if connection.state == CLOSED:
                continue
            if connection.next_check() <= now:
                connection.overdue(now)
            else:
                self.arm(connection)
