"""From counts and times to measurements: what judges of several gates share. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model import Comparator, Measurement
from golive.objectives import ERROR_RATE, Goal
from golive.stats import (
    lower_bound,
    n_still_needed,
    percentile,
    percentile_lower_bound,
    percentile_upper_bound,
    upper_bound,
)


def success_measurement(
    name: str,
    n: int,
    failures: int,
    objective: float,
    confidence: float,
    comparator: Comparator = Comparator.GE,
) -> Measurement:
    """A success ratio with its one-sided Clopper-Pearson bounds. *n* must be positive."""
    return Measurement(
        name=name,
        value=(n - failures) / n,
        unit="ratio",
        comparator=comparator,
        threshold=objective,
        n=n,
        failures=failures,
        confidence=confidence,
        bound=lower_bound(n, failures, confidence),
        opposite=upper_bound(n, failures, confidence),
        n_needed=n_still_needed(n, failures, objective, confidence),
    )


def goal_measurement(
    name: str, n: int, failures: int, goal: Goal, confidence: float
) -> Measurement:
    """A ratio in the words of its SLO: an error rate is one of errors unless written otherwise."""
    if goal.slo_id != ERROR_RATE or goal.comparator.wants_high:
        return success_measurement(name, n, failures, goal.success, confidence, goal.comparator)
    return Measurement(
        name=name,
        value=failures / n,
        unit="ratio",
        comparator=goal.comparator,
        threshold=goal.written,
        n=n,
        failures=failures,
        confidence=confidence,
        bound=1 - lower_bound(n, failures, confidence),
        opposite=1 - upper_bound(n, failures, confidence),
        n_needed=n_still_needed(n, failures, goal.success, confidence),
    )


def latency_measurement(
    name: str, values: Sequence[float], quantile: float, threshold: float, confidence: float
) -> Measurement:
    """A percentile with its order-statistic bounds; ``inf`` among *values* is a failure."""
    late = sum(v > threshold for v in values)
    return Measurement(
        name=name,
        value=percentile(values, quantile),
        unit="s",
        comparator=Comparator.LE,
        threshold=threshold,
        n=len(values),
        failures=late,
        confidence=confidence,
        bound=percentile_upper_bound(values, quantile, confidence),
        opposite=percentile_lower_bound(values, quantile, confidence),
        n_needed=n_still_needed(len(values), late, quantile, confidence),
    )
