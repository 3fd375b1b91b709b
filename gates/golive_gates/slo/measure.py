"""From counts to measurements: what the judges of this gate share. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from golive.api import Comparator, Fact, Measurement, Outcome
from golive.objectives import Goal
from golive.stats import (
    Plan,
    forced,
    lower_bound,
    n_still_needed,
    percentile,
    percentile_lower_bound,
    percentile_upper_bound,
    plan_of,
    upper_bound,
)
from golive_gates.slo.parts import Lag


def planned_outcome(
    planned: int, done: int, failures: int, objective: float, confidence: float
) -> Outcome:
    """Judge a curtailed sample by the plan it was drawn for; stopped early is undecided.

    A sample larger than its plan (retries, replacements) is judged as one of its own size.
    """
    plan: Plan = plan_of(max(planned, done), objective, confidence)
    return forced(plan, done, failures)


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


def error_measurement(
    name: str, n: int, failures: int, goal: Goal, confidence: float
) -> Measurement:
    """An error rate in the words of its SLO: a rate of errors, or of successes if so written."""
    if goal.comparator.wants_high:
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


def reached(values: Iterable[float | None]) -> list[float]:
    """Times with "never" as ``inf``, as percentiles want them."""
    return [math.inf if v is None else v for v in values]


def clock_facts(
    name: str, values: Sequence[float | None], *, optional: bool = False
) -> tuple[Fact, ...]:
    """p50 and p95 of one clock; ``None`` when it was never seen.

    Streams in which it was not seen count as ``inf``, unless it is *optional* (a comment).
    """
    seen = [v for v in values if v is not None]
    counted = seen if optional or not seen else reached(values)
    return tuple(
        Fact(f"{name}_p{round(q * 100)}", percentile(counted, q) if counted else None, "s")
        for q in (0.5, 0.95)
    )


def lag_facts(lag: Lag) -> tuple[Fact, ...]:
    """The client's own lateness."""
    return (
        Fact("send_lag_p99", lag.send_p99, "s"),
        Fact("loop_lag_p99", lag.loop_p99, "s"),
    )
