"""From counts and clocks to measurements and facts: what the judges of this gate share. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from golive.api import Comparator, Fact, Measurement
from golive.stats import percentile


def exact(
    name: str, value: float, unit: str, comparator: Comparator, threshold: float, n: int
) -> Measurement:
    """A number that was not sampled but counted or clocked itself."""
    return Measurement(name, value, unit, comparator, threshold, n=n)


def quantile_fact(name: str, values: Sequence[float], q: float) -> Fact:
    """A percentile in seconds; ``None`` of nothing."""
    return Fact(name, percentile(values, q) if values else None, "s")


def gaps_of(moments: Sequence[float]) -> list[float]:
    """Seconds between successive moments."""
    return [b - a for a, b in itertools.pairwise(moments)]


def jain(rates: Sequence[float]) -> float:
    """Jain's index of fairness: 1 when all are equal, 1/n when one has everything.

    R. Jain, D. Chiu, W. Hawe, "A Quantitative Measure of Fairness and Discrimination for
    Resource Allocation in Shared Computer Systems", DEC-TR-301, 1984. *rates* must hold at
    least one that is above 0, and none below.
    """
    squares = sum(r * r for r in rates)
    return sum(rates) ** 2 / (len(rates) * squares)
