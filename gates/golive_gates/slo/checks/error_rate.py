"""``slo.error-rate``: user requests fail more rarely than the objective allows.

What: all user requests that golive sent (project flows, streams and a further mix up to the
plan), failures being transport failures, 5xx and streams that broke off. Why: "0 errors" among
a handful of requests proves nothing; below 1 % takes 299 clean requests, or 473 with one failure.
Remedy: the facts split the failures by kind; a failure that another check already names is fixed
there.
"""

from __future__ import annotations

from dataclasses import replace

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
from golive.measuring import goal_measurement
from golive.objectives import ERROR_RATE, FIRST_EVENT, Goal, goal_of
from golive.rounding import complement
from golive_gates.slo.measure import planned_outcome
from golive_gates.slo.parts import (
    CLIENT_ERRORS,
    LIMITED,
    Definitions,
    ProjectFlows,
    Streams,
    Traffic,
)
from golive_gates.slo.settings import Settings
from golive_gates.slo.user_traffic import Share, of_flows, of_streams, of_traffic

SPEC = CheckSpec("slo.error-rate")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The plan decides over all traffic; failures that another check owns are not charged twice."""
    definitions = observation.require(Definitions)
    goal = goal_of(definitions.slo(ERROR_RATE), ERROR_RATE)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    traffic = observation.require(Traffic)
    flows, streams = observation.find(ProjectFlows), observation.find(Streams)
    first = goal_of(definitions.slo(FIRST_EVENT), FIRST_EVENT)
    shares = (
        of_flows(None if isinstance(flows, Unavailable) else flows),
        of_streams(
            None if isinstance(streams, Unavailable) else streams,
            None if isinstance(first, Unavailable) else first,
            settings,
        ),
        of_traffic(traffic),
    )
    blocked_by = next(
        (p.blocked_by for p in (streams, flows) if isinstance(p, Unavailable) and p.blocked_by),
        None,
    )
    others = tuple(
        ref for p in (flows, streams) if not isinstance(p, Unavailable) for ref in p.evidence
    )
    traffic = replace(traffic, evidence=(*others, *traffic.evidence))
    return _verdict(traffic, shares, blocked_by, goal, settings)


def _verdict(
    traffic: Traffic,
    shares: tuple[Share, ...],
    blocked_by: str | None,
    goal: Goal,
    settings: Settings,
) -> CheckResult:
    n, failures = sum(s.n for s in shares), sum(s.failures for s in shares)
    refused = sum(s.client_errors for s in shares)
    facts = _facts(traffic, shares)
    if refused > 0 and refused >= settings.client_error_share * (n + refused):
        reason = Reason("client-errors", {"refused": refused, "n": n, "sent": n + refused})
        return SPEC.inconclusive(
            reason, evidence=traffic.evidence, facts=facts, blocked_by=blocked_by
        )
    sent = traffic.done + traffic.limited
    if traffic.limited > settings.limited_share * sent:
        reason = Reason("rate-limited", {"limited": traffic.limited, "sent": sent})
        return SPEC.inconclusive(reason, evidence=traffic.evidence, facts=facts)
    if n == 0:
        return SPEC.inconclusive(Reason("no-samples"), evidence=traffic.evidence, facts=facts)
    if traffic.answers == 0 and failures == n:
        return SPEC.inconclusive(Reason("unreachable"), evidence=traffic.evidence, facts=facts)
    measurement = goal_measurement("error_rate", n, failures, goal, settings.confidence)
    outcome = planned_outcome(traffic.planned, n, failures, goal.success, settings.confidence)
    owned = [s for s in shares if s.owner and s.failures]
    rest_n = n - sum(s.n for s in owned)
    rest_failures = failures - sum(s.failures for s in owned)
    params: dict[str, str | int | float] = {
        "value": failures / n,
        "n": n,
        "failures": failures,
        "bound": 1 - measurement.bound
        if goal.comparator.wants_high and measurement.bound is not None
        else measurement.bound or 0.0,
        "limit": complement(goal.success),
        "confidence": settings.confidence,
        "needed": measurement.n_needed or 0,
        "planned": traffic.planned,
        "rest_n": rest_n,
        "rest_failures": rest_failures,
        "owner": blocked_by or (owned[0].owner if owned else ""),
        "kinds": ", ".join(f"{k.kind} {k.count}" for k in traffic.kinds) or "-",
    }
    rest_refutes = (
        planned_outcome(traffic.planned, rest_n, rest_failures, goal.success, settings.confidence)
        is Outcome.REFUTED
    )
    if outcome is Outcome.REFUTED and (rest_refutes or not owned):
        return SPEC.failed(
            Reason("refuted", params),
            measurement=measurement,
            evidence=traffic.evidence,
            facts=facts,
        )
    if blocked_by or (owned and outcome is not Outcome.PROVEN):
        # One cause, one failing check: what is left is shown, not counted as proof.
        return SPEC.inconclusive(
            Reason("blocked" if blocked_by else "owned", params),
            measurement=measurement,
            evidence=traffic.evidence,
            facts=facts,
            blocked_by=blocked_by or owned[0].owner,
        )
    if outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven", params),
            measurement=measurement,
            evidence=traffic.evidence,
            facts=facts,
        )
    code = "stopped" if traffic.stopped or n < traffic.planned else "undecided"
    if traffic.stopped == LIMITED:
        code, params = "rate-limited", {**params, "limited": traffic.limited, "sent": sent}
    elif traffic.stopped == CLIENT_ERRORS:
        code, params = "client-errors", {**params, "refused": refused, "sent": n + refused}
    return SPEC.inconclusive(
        Reason(code, params),
        measurement=measurement,
        evidence=traffic.evidence,
        facts=facts,
    )


def _facts(traffic: Traffic, shares: tuple[Share, ...]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for share in shares:
        facts += [
            Fact(f"{share.name}_requests", share.n),
            Fact(f"{share.name}_failures", share.failures),
        ]
    return (
        *facts,
        Fact("client_errors", sum(s.client_errors for s in shares)),
        Fact("limited", traffic.limited),
        *(Fact(k.kind, k.count) for k in traffic.kinds),
    )


CHECK = Check(SPEC, (Definitions, Traffic, ProjectFlows, Streams), judge)
