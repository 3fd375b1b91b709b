"""``load.rate-limit-headers``: what the answers say about the limit is true.

What: ``Retry-After`` of a refusal is waited for and the next request must be served; limit,
remaining and reset of whichever quota headers are sent are held against what was counted.
Why: clients pace themselves by these headers; one that is told to come back too early is refused
again and again, and one that trusts a wrong remainder runs into the limit.
Remedy: the findings name each header that differs from what was seen.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Measurement,
    Observation,
    Reason,
    Severity,
)
from golive_gates.load.limit_judging import (
    STATUS_OWNER,
    Params,
    ended_early,
    limit_facts,
    not_refused,
)
from golive_gates.load.limit_parts import RateLimitSeen
from golive_gates.load.limit_truth import statements, tells_quota, untruths
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit-headers", severity=Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every wrong statement is a finding; none at all leaves clients to guess."""
    del settings
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    nothing = not_refused(part)
    if nothing is not None:
        why, owner = nothing
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts, blocked_by=owner)
    found, checked = untruths(part), statements(part)
    waited = next((r for r in reversed(part.readmissions) if r.honoured is not None), None)
    params: Params = {
        "wrong": len(found),
        "checked": checked,
        "waited": waited.waited or 0.0 if waited is not None else 0.0,
        "status": part.rounds[-1].status or 0,
    }
    measurement = Measurement(
        "wrong_statements", float(len(found)), "statements", Comparator.LE, 0.0, n=checked
    )
    if found:
        return SPEC.failed(
            Reason("untrue", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=found,
        )
    silent = part.rounds[-1].retry_after is None
    if silent and part.rounds[-1].status != 429:
        return SPEC.inconclusive(
            Reason("unnamed-refusal", params),
            evidence=part.evidence,
            facts=facts,
            blocked_by=STATUS_OWNER,
        )
    if silent:
        return SPEC.warned(Reason("no-retry-after", params), evidence=part.evidence, facts=facts)
    if waited is None:
        return SPEC.inconclusive(ended_early(part), evidence=part.evidence, facts=facts)
    code = "true" if tells_quota(part) else "retry-after-only"
    return SPEC.passed(
        Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
    )


CHECK = Check(SPEC, (RateLimitSeen,), judge)
