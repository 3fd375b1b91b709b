"""``load.readiness``: beside the declared load every service keeps saying that it is ready.

What: readiness probes of each service at a steady rate while the load runs, judged on the worst
service by the SLO's exact plan. Why: a readiness probe that shares workers or a pool with the
traffic fails under load, and the orchestrator then takes away the very replicas that are needed.
Remedy: answer readiness apart from the traffic's workers, and from what it needs alone.
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
from golive.objectives import READINESS, Goal, goal_of
from golive_gates.load.measure import (
    Params,
    counts_text,
    load_facts,
    objective_measurement,
    outcome_of,
)
from golive_gates.load.parts import HEALTH, LoadSeen, ReadySeries
from golive_gates.load.settings import Settings
from golive_gates.load.under_load import AVAILABILITY_OWNER, availability_of

SPEC = CheckSpec("load.readiness")

_BADNESS = (Outcome.REFUTED, Outcome.UNDECIDED, Outcome.PROVEN)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The worst service decides; an outage that availability fails for is not charged again."""
    part = observation.require(LoadSeen)
    goal = goal_of(part.slo(READINESS), READINESS)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    facts = _facts(part)
    why = _nothing(part, settings)
    if why is not None:
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    judged = [(_outcome(s, goal, settings), s) for s in part.readiness]
    outcome, worst = min(
        judged, key=lambda j: (_BADNESS.index(j[0]), -j[1].failures / max(1, j[1].done))
    )
    measurement = objective_measurement(worst.done, worst.failures, goal, settings.confidence)
    params = _params(worst, measurement, goal, settings) | {"services": len(judged)}
    if outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if availability_of(part, settings) is Outcome.REFUTED:
        return SPEC.inconclusive(
            Reason("owned", params | {"owner": AVAILABILITY_OWNER}),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            blocked_by=AVAILABILITY_OWNER,
        )
    if outcome is Outcome.REFUTED:
        return SPEC.failed(
            Reason("refuted", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(s) for o, s in judged if o is Outcome.REFUTED),
        )
    short = part.stopped or worst.done < worst.planned
    return SPEC.inconclusive(
        Reason("stopped" if short else "undecided", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _nothing(part: LoadSeen, settings: Settings) -> Reason | None:
    if not part.readiness or any(s.done == 0 for s in part.readiness):
        return Reason("no-probes")
    for s in part.readiness:
        if s.limited > settings.limited_share * (s.done + s.limited):
            return Reason("probes-limited", {"limited": s.limited, "service": s.service})
    lag, limit = (
        max(s.send_lag for s in part.readiness),
        settings.instrument_share * settings.readiness_timeout,
    )
    # Our own lateness can make a ready service fail a probe, and never an unready one pass.
    if lag > limit and any(s.failures for s in part.readiness):
        return Reason("probes-too-late", {"lag": lag, "limit": limit})
    if part.stopped and part.stopped != HEALTH and not any(r.done for r in part.kinds):
        # Probes beside a load that never ran say nothing about readiness under load.
        return Reason("load-broke-off", {"detail": part.detail or part.stopped})
    return None


def _outcome(series: ReadySeries, goal: Goal, settings: Settings) -> Outcome:
    missing = max(0, series.planned - series.done - series.limited)
    return outcome_of(series.done, series.failures, missing, goal.success, settings.confidence)


def _params(
    series: ReadySeries, measurement: Measurement, goal: Goal, settings: Settings
) -> Params:
    return {
        "service": series.service,
        "value": measurement.value,
        "n": series.done,
        "failures": series.failures,
        "bound": measurement.bound or 0.0,
        "opposite": measurement.opposite if measurement.opposite is not None else 1.0,
        "objective": goal.success,
        "confidence": settings.confidence,
        "needed": measurement.n_needed or 0,
        "planned": series.planned,
        "seconds": series.seconds,
        "kinds": counts_text(series.kinds),
    }


def _finding(series: ReadySeries) -> Finding:
    params: Params = {
        "service": series.service,
        "n": series.done,
        "failures": series.failures,
        "kinds": counts_text(series.kinds),
    }
    return Finding(series.service, Reason("service-refuted", params))


def _facts(part: LoadSeen) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for s in part.readiness:
        facts += [
            Fact(f"{s.service}: n", s.done),
            Fact(f"{s.service}: failures", s.failures),
            Fact(f"{s.service}: in a row", s.in_a_row),
            Fact(f"{s.service}: p95", s.latency_p95, "s"),
        ]
    rate = part.readiness[0].rate if part.readiness else 0.0
    lag = max((s.send_lag for s in part.readiness), default=0.0)
    return (*facts, Fact("probe_rate", rate, "1/s"), Fact("probe_lag", lag, "s"), *load_facts(part))


CHECK = Check(SPEC, (LoadSeen,), judge)
