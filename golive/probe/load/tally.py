"""What a loop counts about itself while it runs: progress, slips, lag."""

from __future__ import annotations

import math
from array import array
from collections import deque

from golive.probe.load.delays import Delays, class_of
from golive.probe.load.flight import Flight
from golive.probe.load.record import RequestOutcome
from golive.probe.load.result import LoadProgress

_RECENT = 1000
MAX_TURNS = 500_000


class Tally:
    """Mutable counters of one loop.

    *turns*: seconds that each turn of the loop took, or every other one of many. ``lags``: all
    long ones, with the requests that they may have reached.
    """

    __slots__ = (
        "_lags",
        "done",
        "failed",
        "held_back",
        "in_flight",
        "longest_turn",
        "reads",
        "recent",
        "sent",
        "streamed",
        "turns",
    )

    def __init__(self) -> None:
        self.done = 0
        self.failed = 0
        self.in_flight = 0
        self.sent = 0
        self.held_back = 0
        self.reads = 0
        self.streamed = 0
        self.longest_turn = 0.0
        self.turns: array[float] = array("f")
        self.recent: deque[float] = deque(maxlen=_RECENT)
        self._lags: dict[int, tuple[float, int]] = {}

    def hold_up(self, seconds: float, requests: int) -> None:
        """The loop was busy or asleep for *seconds*, which may have reached *requests*."""
        self.longest_turn = max(self.longest_turn, seconds)
        number = class_of(seconds)
        before = self._lags.get(number, (0.0, 0))
        self._lags[number] = (before[0] + seconds, before[1] + requests)

    @property
    def lags(self) -> Delays:
        """Every delay of the loop that was long enough to be kept."""
        return tuple((number, *self._lags[number]) for number in sorted(self._lags))

    def shorten(self) -> None:
        """Keep every other turn if they are too many: quantiles stay what they are."""
        if self.turns and not self._lags:
            self.longest_turn = max(self.longest_turn, max(self.turns))  # noqa: PLW3301
        if len(self.turns) > MAX_TURNS:
            del self.turns[::2]

    def finish(self, flight: Flight) -> None:
        """*flight* has an outcome."""
        self.in_flight -= 1
        self.done += 1
        if flight.outcome is not RequestOutcome.OK:
            self.failed += 1
        if flight.reader is not None:
            self.streamed += flight.reader.events
        self.recent.append(flight.first_content)

    def progress(self, seconds: float, running_events: int) -> LoadProgress:
        """The run so far; *running_events* came in streams that are not over."""
        recent = sorted(self.recent)
        return LoadProgress(
            done=self.done,
            failed=self.failed,
            in_flight=self.in_flight,
            sent=self.sent,
            events=self.streamed + running_events,
            seconds=seconds,
            first_content_p50=nearest_rank(recent, 0.5) if recent else None,
            first_content_p95=nearest_rank(recent, 0.95) if recent else None,
        )


def nearest_rank(ordered: list[float], q: float) -> float:
    """The *q* quantile of ascending *ordered* by nearest rank; +inf when it is empty."""
    if not ordered:
        return math.inf
    return ordered[max(1, math.ceil(q * len(ordered) - 1e-9)) - 1]
