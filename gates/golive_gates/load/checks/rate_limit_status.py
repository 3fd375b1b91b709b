"""``load.rate-limit-status``: what is refused for its rate is refused with 429.

What: the status of the refusals that end an allowance. Why: 503 says that the service is down, so
clients retry at once, load balancers take the server out and error-rate alerts fire for a limit
that works as meant; it is what nginx answers unless told otherwise.
Remedy: ``limit_req_status 429`` and ``limit_conn_status 429`` in nginx, or what the limiter in use
calls it.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Observation, Reason, Severity
from golive_gates.load.limit_judging import count, limit_facts, not_refused
from golive_gates.load.limit_parts import RateLimitSeen
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit-status", severity=Severity.MEDIUM)

RIGHT = 429
NGINX_DEFAULT = 503


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The refusal that ended each round."""
    del settings
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    nothing = not_refused(part)
    if nothing is not None:
        why, owner = nothing
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts, blocked_by=owner)
    statuses = [r.status for r in part.rounds if r.status is not None]
    wrong = [s for s in statuses if s != RIGHT]
    measurement = count("refusals_without_429", len(wrong), 0, Comparator.LE)
    if not wrong:
        return SPEC.passed(
            Reason("right"), measurement=measurement, evidence=part.evidence, facts=facts
        )
    code = "unavailable-instead" if NGINX_DEFAULT in wrong else "wrong-status"
    return SPEC.failed(
        Reason(code, {"status": wrong[0]}),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (RateLimitSeen,), judge)
