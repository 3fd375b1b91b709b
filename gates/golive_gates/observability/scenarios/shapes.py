"""Numbers as a service would count them: counters that never fall, consistent histograms. Pure.

A series is played in phases, each a number of scrapes at one rate. Values are multiples of a
power of two, which promtool adds up exactly: with any other fraction its sum may end a hair above
where the next phase begins, and Prometheus takes that for a counter that was reset.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

UNIT = 1024
"""Parts of 1 that values are whole numbers of."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """*count* scrapes at one *level*: events a second, or a gauge's value; ``None``: no sample."""

    count: int
    level: float | None


def counter(stretches: Iterable[Stretch], step: float) -> str:
    """What a counter shows, in promtool's notation; *step*: seconds between two scrapes.

    It starts at 0. A series that is not there from the beginning starts with what was counted in
    its first interval, as the client libraries do for labels that were not there before.
    """
    words: list[str] = []
    total: int | None = None
    begun = False
    for stretch in _joined(stretches):
        if stretch.level is None:
            words.extend(_gap(stretch.count, begun and total is not None))
            total = None
            continue
        slope = round(stretch.level * step * UNIT)
        if slope < 0:
            msg = f"a counter cannot fall: {stretch.level}"
            raise ValueError(msg)
        start = (slope if words else 0) if total is None else total + slope
        words.append(_run(start, slope, stretch.count))
        total = start + slope * (stretch.count - 1)
        begun = True
    return " ".join(words)


def gauge(stretches: Iterable[Stretch]) -> str:
    """What a gauge shows, in promtool's notation."""
    words: list[str] = []
    there = False
    for stretch in _joined(stretches):
        if stretch.level is None:
            words.extend(_gap(stretch.count, there))
        else:
            words.append(_run(round(stretch.level * UNIT), 0, stretch.count))
        there = stretch.level is not None
    return " ".join(words)


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Neighbours of one level as one."""
    last: Stretch | None = None
    for stretch in stretches:
        if stretch.count <= 0:
            continue
        if last is not None and last.level == stretch.level:
            last = Stretch(last.count + stretch.count, last.level)
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last


def _gap(count: int, there: bool) -> Iterator[str]:
    """No samples. A series that was there is marked stale, as when its target is gone."""
    if there:
        yield "stale"
        count -= 1
    if count:
        yield f"_x{count}"


def _run(start: int, slope: int, count: int) -> str:
    # `a+bxn` is n + 1 samples: a, a + b, ..., a + n*b.
    return f"{decimal(start)}+{decimal(slope)}x{count - 1}"


def decimal(parts: int) -> str:
    """*parts* of ``UNIT`` as a plain decimal number, exactly."""
    return f"{parts / UNIT:.10f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Spread:
    """How observations spread: ``(value, share at or below it)``, both rising, linear between.

    A share below 1 at the last point: the rest lies beyond every bound.
    """

    points: tuple[tuple[float, float], ...]

    def below(self, bound: float) -> float:
        """The share of observations at or below *bound*."""
        if math.isinf(bound):
            return 1.0
        before = (0.0, 0.0)
        for value, share in self.points:
            if bound < value:
                width = value - before[0]
                part = (bound - before[0]) / width if width else 1.0
                return before[1] + max(0.0, part) * (share - before[1])
            before = (value, share)
        return before[1]

    def at(self, quantile: float) -> float:
        """The value that *quantile* of the observations do not exceed."""
        before = (0.0, 0.0)
        for value, share in self.points:
            if quantile <= share:
                height = share - before[1]
                part = (quantile - before[1]) / height if height else 1.0
                return before[0] + part * (value - before[0])
            before = (value, share)
        return before[0]

    @property
    def mean(self) -> float:
        """Mean of the observations; what lies beyond every bound counts as the last value."""
        total, before = 0.0, (0.0, 0.0)
        for value, share in self.points:
            total += (share - before[1]) * (value + before[0]) / 2
            before = (value, share)
        return total + (1.0 - before[1]) * before[0]


def quick(limit: float) -> Spread:
    """A healthy spread below *limit*: p50 5 %, p95 15 % and the slowest 25 % of it."""
    return Spread(((0.05 * limit, 0.5), (0.15 * limit, 0.95), (0.25 * limit, 1.0)))


def slow(value: float, quantile: float = 0.95) -> Spread:
    """Everything is slow; *quantile* lies at *value*."""
    return Spread(((0.3 * value, 0.0), (0.6 * value, 0.5), (value, quantile), (1.2 * value, 1.0)))


def edge(bounds: Sequence[float], value: float, quantile: float = 0.95) -> Spread:
    """Most are quick, and a histogram with *bounds* shows its *quantile* exactly at *value*.

    Prometheus interpolates within the bucket that holds the quantile, so the shares at the two
    bounds around *value* are chosen to meet there. Beyond the last bound it cannot be shown; then
    the observations lie in the last, open bucket.
    """
    finite = sorted(b for b in bounds if math.isfinite(b) and b > 0)
    low = max((b for b in finite if b < value), default=0.0)
    high = min((b for b in finite if b >= value), default=math.inf)
    rest = 1.0 - quantile
    head = () if low <= 0 else ((low / 4, (quantile - rest) * 0.9),)
    if math.isinf(high):
        return Spread((*head, (low, quantile - rest)))
    part = (value - low) / (high - low)
    at_low = quantile - 0.8 * rest * part
    at_high = quantile + 0.8 * rest * (1.0 - part)
    start = () if low <= 0 else ((low, at_low),)
    if not start:
        # One bucket from 0 holds the quantile: it interpolates to value only at this share.
        at_high = min(1.0, quantile * high / value)
    beyond = min((b for b in finite if b > high), default=high * 1.01)
    return Spread((*head, *start, (high, at_high), (beyond, 1.0)))
