"""``slo.readiness``: every service says often enough that it is ready.

What: open-loop probes of each service's ready path; the success ratio is proven, refuted or
left undecided by an exact plan, judged on the worst service. Why: 30 clean probes prove no more
than 90.5 %; 99 % takes 299 without a failure or 473 with one.
Remedy: look at the failures by kind; if it is undecided, let the plan run to its end.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Measurement,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.measuring import success_measurement
from golive.objectives import READINESS, goal_of
from golive_gates.slo.measure import lag_facts, planned_outcome
from golive_gates.slo.parts import HUNG, LIMITED, Definitions, Readiness, ReadinessSeries
from golive_gates.slo.settings import Settings

SPEC = CheckSpec("slo.readiness")

_BADNESS = (Outcome.PROVEN, Outcome.UNDECIDED, Outcome.REFUTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The worst service decides."""
    goal = goal_of(observation.require(Definitions).slo(READINESS), READINESS)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    part = observation.require(Readiness)
    facts = _facts(part)
    limited = next((s for s in part.series if _limited_share(s) > settings.limited_share), None)
    if limited is not None:
        reason = Reason("rate-limited", {"limited": limited.limited, "service": limited.service})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    silent = next((s for s in part.series if s.done == 0 or s.answers + _timeouts(s) == 0), None)
    if silent is not None:
        reason = Reason("unreachable", {"service": silent.service, "url": silent.url})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if part.lag.worst_p99 > settings.lag_share * part.timeout:
        reason = Reason("client-too-slow", {"lag": part.lag.worst_p99, "limit": part.timeout})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    judged: list[tuple[int, float, ReadinessSeries, Outcome, Measurement]] = []
    for series in part.series:
        outcome = planned_outcome(
            series.planned, series.done, series.failures, goal.success, settings.confidence
        )
        measurement = success_measurement(
            "readiness_success_ratio",
            series.done,
            series.failures,
            goal.success,
            settings.confidence,
            goal.comparator,
        )
        bound = measurement.bound if measurement.bound is not None else 0.0
        judged.append((-_BADNESS.index(outcome), bound, series, outcome, measurement))
    _, _, worst, outcome, measurement = min(judged, key=lambda j: j[:2])
    params: dict[str, str | int | float] = {
        "service": worst.service,
        "value": measurement.value,
        "n": worst.done,
        "failures": worst.failures,
        "bound": measurement.bound or 0.0,
        "opposite": measurement.opposite if measurement.opposite is not None else 1.0,
        "objective": goal.success,
        "confidence": settings.confidence,
        "needed": measurement.n_needed or 0,
        "planned": worst.planned,
        "services": len(part.series),
        "kinds": _kinds(worst),
    }
    if outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if outcome is Outcome.REFUTED:
        return SPEC.failed(
            Reason("refuted", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(s) for _, _, s, o, _ in judged if o is Outcome.REFUTED),
        )
    code = "stopped" if worst.stopped else "undecided"
    if worst.stopped == LIMITED:
        code, params = "rate-limited", {**params, "limited": worst.limited}
    return SPEC.inconclusive(
        Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _finding(series: ReadinessSeries) -> Finding:
    params: dict[str, str | int | float] = {
        "service": series.service,
        "n": series.done,
        "failures": series.failures,
        "kinds": _kinds(series),
    }
    return Finding(series.service, Reason("service-refuted", params))


def _timeouts(series: ReadinessSeries) -> int:
    # A connection that is accepted and never answered is behaviour of the service.
    return sum(k.count for k in series.kinds if k.kind in HUNG)


def _limited_share(series: ReadinessSeries) -> float:
    return series.limited / max(1, series.limited + series.done)


def _kinds(series: ReadinessSeries) -> str:
    return ", ".join(f"{k.kind} {k.count}" for k in series.kinds) or "-"


def _facts(part: Readiness) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for s in part.series:
        facts += [
            Fact(f"{s.service}: n", s.done),
            Fact(f"{s.service}: failures", s.failures),
            Fact(f"{s.service}: p95", s.latency_p95, "s"),
        ]
        if s.limited:
            facts.append(Fact(f"{s.service}: 429", s.limited))
    return (*facts, Fact("rate", part.rate, "1/s"), *lag_facts(part.lag))


CHECK = Check(SPEC, (Definitions, Readiness), judge)
