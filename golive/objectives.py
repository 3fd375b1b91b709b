"""Objectives of SLOs in the terms that statistics use: a ratio of successes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from golive.config.model import Slo
from golive.model import Comparator, Reason
from golive.observation import Unavailable
from golive.rounding import complement
from golive.stats import Plan, PlanTooLargeError, plan_for

READINESS = "readiness"
ERROR_RATE = "error-rate"
AVAILABILITY = "availability"
FIRST_EVENT = "sse-first-event"
REQUIRED = (READINESS, ERROR_RATE, AVAILABILITY, FIRST_EVENT)

MAX_PLAN = 20_000
"""Samples of one plan; an objective that needs more is not proven by probing."""


def success_objective(slo: Slo | None) -> float | None:
    """The success ratio that *slo* demands, strictly between 0 and 1, or ``None``.

    An error rate ``< 1%`` is a success ratio of 99 %. ``None`` also when the objective makes
    no sense for its SLO (``slo.defined`` says which), so that nothing is proven against it.
    """
    if slo is None or slo.objective is None:
        return None
    ratio, comparator = slo.objective.ratio, slo.objective.comparator
    if slo.id == ERROR_RATE and not comparator.wants_high:
        # A "bound" above one half is a success ratio written down as an error rate.
        ratio = complement(ratio) if ratio <= 0.5 else -1.0
    elif not comparator.wants_high:
        return None
    return ratio if 0 < ratio < 1 else None


def calls_slow_good(slo: Slo) -> bool:
    """Whether the indicator of a latency SLO takes *long* times for good ones (``op: gte``)."""
    indicator = slo.indicator
    return indicator is not None and indicator.kind == "value" and indicator.op.wants_high


def plan_of_goal(goal: Goal, confidence: float, power: float) -> Plan | Unavailable:
    """The smallest plan with *power*, or why probing cannot prove the goal."""
    try:
        return plan_for(goal.success, confidence, power=power, max_n=MAX_PLAN)
    except PlanTooLargeError:
        params: dict[str, str | int | float] = {
            "slo": goal.slo_id,
            "objective": goal.success,
            "most": MAX_PLAN,
        }
        return Unavailable(Reason("plan-too-large", params))


@dataclass(frozen=True, slots=True)
class Goal:
    """An SLO that can be judged: its success ratio and how it is written."""

    slo_id: str
    success: float
    comparator: Comparator
    written: float
    threshold: float
    window: float


def goal_of(slo: Slo | None, slo_id: str) -> Goal | Unavailable:
    """What *slo* demands, or why nothing can be judged against it.

    A missing or contradictory definition already fails ``slo.defined``, which is then the
    cause; an objective of 100 % is only questioned there and is simply beyond proof.
    """
    success = success_objective(slo)
    backwards = slo is not None and slo_id == FIRST_EVENT and calls_slow_good(slo)
    if slo is not None and slo.objective is not None and not backwards:
        comparator, ratio = slo.objective.comparator, slo.objective.ratio
        if success is not None and (slo_id != FIRST_EVENT or slo.threshold):
            return Goal(slo_id, success, comparator, ratio, slo.threshold or 0.0, slo.window or 0.0)
        perfect = 1.0 if comparator.wants_high else 0.0
        if ratio == perfect and (comparator.wants_high or slo_id == ERROR_RATE):
            return Unavailable(Reason("unprovable", {"slo": slo_id}))
    return Unavailable(Reason("undefined-slo", {"slo": slo_id}), blocked_by="slo.defined")
