"""What a run over a cluster brought home, worker by worker, and what may be said of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from golive.probe.load.cluster_clock import ClockOffset
from golive.probe.load.cluster_summary import Limits, Summary
from golive.probe.load.result import Instrument, LoadResult


class ClocksDifferError(Exception):
    """Two moments were taken by different clocks; their difference means nothing."""


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """One worker's part.

    *planned* requests were its shard, *received* of them came back as records or in sums.
    *lost* says why the others are missing ("": none is); *sent_at_least* of them are known to
    have been sent. *late* is how long after its start moment it began, in s on its own clock
    (+inf: never told); *clock* how that moment was carried over to it.
    """

    address: str
    host: str
    pid: int
    shard: int
    planned: int
    received: int = 0
    lost: str = ""
    sent_at_least: int = 0
    late: float = math.inf
    clock: ClockOffset | None = None
    start_uncertainty: float = math.inf
    instrument: Instrument | None = None

    @property
    def missing(self) -> int:
        """How many of its requests have no result."""
        return self.planned - self.received

    @property
    def label(self) -> str:
        """``host:pid``."""
        return f"{self.host}:{self.pid}"


@dataclass(frozen=True, slots=True)
class ClusterResult(LoadResult):
    """A ``LoadResult`` of several workers.

    *records* holds all of them or none: with *records_kept* false there were too many to
    travel, and the figures are those of *templates*, a ``Summary`` for each request template
    of the plan in its order. *limits* are those by which ``within`` was counted. Every
    duration was taken on one worker's monotonic clock; *start_skew* s lay between the first
    and the last worker to begin, known to *start_uncertainty* s (+inf: never told), by which
    ``scheduled`` of different workers may differ.
    """

    workers: tuple[WorkerReport, ...] = ()
    templates: tuple[Summary, ...] = ()
    limits: Limits = field(default_factory=Limits)
    records_kept: bool = True
    start_skew: float = math.inf
    start_uncertainty: float = math.inf

    @property
    def total(self) -> Summary:
        """The summaries of all templates in one."""
        total = Summary()
        for one in self.templates:
            total.merge(one)
        return total

    @property
    def received(self) -> int:
        """How many of the planned requests have a result."""
        return sum(worker.received for worker in self.workers)

    @property
    def missing(self) -> int:
        """How many of the planned requests have no result."""
        return self.planned - self.received

    @property
    def complete(self) -> bool:
        """Whether every planned request has its result and nothing cut the run short."""
        return not self.problem

    @property
    def problem(self) -> str:
        """Why no verdict may rest on this run; "" if one may.

        What a lost worker measured is unknown, good or bad, so what the others measured is not
        the run that was asked for.
        """
        if self.lost:
            return f"{self.missing} requests are missing: {'; '.join(self.lost)}"
        if self.aborted:
            return f"the run was cut short: {self.aborted}"
        if self.missing:
            return f"{self.missing} requests are missing"
        return ""

    @property
    def judged_seconds(self) -> float:
        """From the first judged request's scheduled moment to the end of the last, in s."""
        return self.total.seconds

    def goodput(
        self,
        *,
        first_content: float | None = None,
        gap: float | None = None,
        latency: float | None = None,
    ) -> float:
        """As in ``LoadResult``.

        ``ValueError`` for limits other than the run's own when the records did not travel: no
        exact count can be had then.
        """
        asked = Limits(first_content, gap, latency)
        if asked == self.limits:
            return self.total.goodput
        if not self.records_kept:
            raise ValueError("the records are gone; name these limits before the run")
        seconds = self.judged_seconds
        return sum(map(asked.met_by, self.judged)) / seconds if seconds > 0 else 0.0

    def worker_of(self, index: int) -> WorkerReport:
        """The worker that request number *index* was dealt to. ``IndexError`` if none was."""
        if not 0 <= index < self.planned:
            message = f"request {index} is not in the plan"
            raise IndexError(message)
        return self.workers[index % len(self.workers)]

    def sent_apart(self, first: int, second: int) -> float:
        """How long after request *first* the request *second* was sent, in s; may be negative.

        ``ClocksDifferError`` if two workers sent them and do not read one clock: then their
        order cannot be told. ``ValueError`` if either was not sent or has no record.
        """
        one, two = self.worker_of(first), self.worker_of(second)
        if one is not two and not (
            one.clock and two.clock and one.clock.shared and two.clock.shared
        ):
            message = f"{one.label} and {two.label} do not read the same clock"
            raise ClocksDifferError(message)
        moments = {
            r.index: r.scheduled + r.sent
            for r in self.records
            if r.index in (first, second) and r.sent is not None
        }
        if not {first, second} <= moments.keys():
            raise ValueError("one of these requests was not sent, or its record is gone")
        return moments[second] - moments[first]
