"""From counts to measurements: what the judges of this gate share. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from golive.api import Fact, Outcome
from golive.stats import (
    Plan,
    forced,
    percentile,
    plan_of,
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
