"""``load.error-rate``: under the declared load errors stay within their SLO.

What: the share of requests and streams under load that failed a user: no usable answer, a stream
that broke off or said so itself, wrong content. Why: overload shows first as streams that end early
and answers mixed up between users, long before the service is down.
Remedy: the facts split the failures by kind; those without any answer belong to
``load.availability``.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.objectives import ERROR_RATE, goal_of
from golive.rounding import complement
from golive_gates.load.measure import (
    Params,
    counts_text,
    instrument_void,
    load_facts,
    objective_measurement,
    outcome_of,
    strict_outcome,
    total,
)
from golive_gates.load.parts import LoadSeen
from golive_gates.load.settings import Settings
from golive_gates.load.under_load import (
    AVAILABILITY_OWNER,
    availability_of,
    nothing_to_judge,
    why_open,
)

SPEC = CheckSpec("load.error-rate")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Failures that availability already fails for are not charged twice."""
    part = observation.require(LoadSeen)
    goal = goal_of(part.slo(ERROR_RATE), ERROR_RATE)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    kinds = part.kinds
    facts = _facts(part)
    why = nothing_to_judge(part, kinds, settings) or instrument_void(
        part.instrument, settings.request_timeout, settings.instrument_share
    )
    if why is not None:
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    n, silent = total(kinds, "done"), total(kinds, "unavailable_count")
    broken, missing = total(kinds, "broken_count"), total(kinds, "missing")
    measurement = objective_measurement(n, silent + broken, goal, settings.confidence)
    params: Params = {
        "value": (silent + broken) / n,
        "n": n,
        "failures": silent + broken,
        "limit": complement(goal.success),
        "confidence": settings.confidence,
        "bound": (1 - measurement.bound if goal.comparator.wants_high else measurement.bound)
        if measurement.bound is not None
        else 1.0,
        "needed": measurement.n_needed or 0,
        "kinds": counts_text(*(c for r in kinds for c in (r.unavailable, r.broken))),
        "rest_n": n - silent,
        "rest_failures": broken,
        "owner": AVAILABILITY_OWNER,
    }
    plain = outcome_of(n, silent + broken, missing, goal.success, settings.confidence)
    outcome = strict_outcome(
        n, silent + broken, missing, total(kinds, "left_out"), goal.success, settings.confidence
    )
    rest = outcome_of(n - silent, broken, missing, goal.success, settings.confidence)
    owned = availability_of(part, settings) is Outcome.REFUTED
    if outcome is Outcome.REFUTED and (rest is Outcome.REFUTED or not owned):
        return SPEC.failed(
            Reason("refuted", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if owned and plain is not Outcome.PROVEN:
        return SPEC.inconclusive(
            Reason("owned", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            blocked_by=AVAILABILITY_OWNER,
        )
    if outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    return SPEC.inconclusive(
        why_open(params, kinds, without=plain is Outcome.PROVEN),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _facts(part: LoadSeen) -> tuple[Fact, ...]:
    kinds = part.kinds
    counts = [c for r in kinds for c in (*r.unavailable, *r.broken)]
    return (
        Fact("requests", total(kinds, "done")),
        Fact("no_usable_answer", total(kinds, "unavailable_count")),
        Fact("no_good_answer", total(kinds, "broken_count")),
        Fact("limited", total(kinds, "limited")),
        Fact("client_errors", total(kinds, "client_error_count")),
        *(Fact(f"failed: {c.kind}", c.count) for c in counts),
        *load_facts(part),
    )


CHECK = Check(SPEC, (LoadSeen,), judge)
