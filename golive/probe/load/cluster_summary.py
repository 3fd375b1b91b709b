"""Figures of many requests that can be added up, for when their records cannot travel.

Counts are exact. Durations lie in sketches, whose quantiles are true within ``RELATIVE_ERROR``;
whatever failed counts as +inf there, as in the records.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from golive.probe.load.record import RequestOutcome, RequestRecord
from golive.probe.load.sketch import RELATIVE_ERROR, Sketch
from golive.stats import percentile_lower_rank, percentile_upper_rank


@dataclass(frozen=True, slots=True)
class Limits:
    """What a good request meets, in s, inclusive; ``None``: no limit.

    Named before the run, because exact counts within a limit cannot be had from a sketch.
    *gap* is for the longest gap of a stream.
    """

    first_content: float | None = None
    gap: float | None = None
    latency: float | None = None

    def __post_init__(self) -> None:
        for name in ("first_content", "gap", "latency"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                message = f"{name} must be positive, got {value!r}"
                raise ValueError(message)

    def met_by(self, record: RequestRecord) -> bool:
        """Whether *record* is ``OK`` and within every limit."""
        return (
            record.ok
            and (self.first_content is None or record.first_content_latency <= self.first_content)
            and (self.gap is None or record.max_gap is None or record.max_gap <= self.gap)
            and (self.latency is None or record.latency <= self.latency)
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """A quantile in s with its confidence bounds, each widened by the error of the sketch.

    *low* is 0 and *high* +inf where *n* values are too few to bound it.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(slots=True)
class Summary:
    """Sums over the judged requests of one template, or of several. Mutable; starts empty.

    *within* counts those that are ``OK`` and met every limit of the run. *begin* and *end*
    (s after the start) span the first scheduled moment to the last end.
    """

    judged: int = 0
    warmup: int = 0
    within: int = 0
    outcomes: dict[RequestOutcome, int] = field(default_factory=dict)
    first_content: Sketch = field(default_factory=Sketch)
    latency: Sketch = field(default_factory=Sketch)
    max_gap: Sketch = field(default_factory=Sketch)
    events: int = 0
    bytes: int = 0
    heartbeats: int = 0
    stalls: int = 0
    mismatches: int = 0
    begin: float = math.inf
    end: float = -math.inf

    @property
    def ok(self) -> int:
        """How many of the judged went well."""
        return self.outcomes.get(RequestOutcome.OK, 0)

    @property
    def failed(self) -> int:
        """How many of the judged did not."""
        return self.judged - self.ok

    @property
    def seconds(self) -> float:
        """From the first judged request's scheduled moment to the end of the last, in s."""
        return max(0.0, self.end - self.begin) if self.judged else 0.0

    @property
    def goodput(self) -> float:
        """Judged requests a second that are ``OK`` and within every limit of the run."""
        return self.within / self.seconds if self.seconds > 0 else 0.0

    def add(self, records: Iterable[RequestRecord], limits: Limits) -> None:
        """Count *records* in."""
        judged = []
        for record in records:
            if record.warmup:
                self.warmup += 1
            else:
                judged.append(record)
        self.first_content.add_all(r.first_content_latency for r in judged)
        self.latency.add_all(r.latency for r in judged)
        self.max_gap.add_all(r.max_gap for r in judged if r.max_gap is not None)
        for record in judged:
            self._count(record, limits)

    def _count(self, record: RequestRecord, limits: Limits) -> None:
        self.judged += 1
        self.within += limits.met_by(record)
        self.outcomes[record.outcome] = self.outcomes.get(record.outcome, 0) + 1
        self.events += record.events
        self.bytes += record.bytes
        self.heartbeats += record.heartbeats
        self.stalls += record.stalls
        self.mismatches += record.matches is False
        self.begin = min(self.begin, record.scheduled)
        self.end = max(self.end, record.scheduled + (record.ended or 0.0))

    def merge(self, other: Summary) -> None:
        """Count in all that *other* has counted."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        for name in _SKETCHES:
            getattr(self, name).merge(getattr(other, name))
        self.begin = min(self.begin, other.begin)
        self.end = max(self.end, other.end)


def quantile_bounds(sketch: Sketch, q: float, confidence: float = 0.95) -> Bounds | None:
    """The *q*-quantile with two one-sided bounds at *confidence* each; ``None`` when empty.

    Ranks as in ``golive.stats.percentile_upper_bound``, then the sketch's own error.
    """
    value = sketch.quantile(q)
    if value is None:
        return None
    n = sketch.count
    return Bounds(
        value=value,
        low=_at(sketch, percentile_lower_rank(n, q, confidence), 0.0) / (1 + RELATIVE_ERROR),
        high=_at(sketch, percentile_upper_rank(n, q, confidence), math.inf) / (1 - RELATIVE_ERROR),
        n=n,
    )


def _at(sketch: Sketch, rank: int | None, otherwise: float) -> float:
    return otherwise if rank is None else sketch.at_rank(rank)


_SUMS = ("judged", "warmup", "within", "events", "bytes", "heartbeats", "stalls", "mismatches")
_SKETCHES = ("first_content", "latency", "max_gap")
