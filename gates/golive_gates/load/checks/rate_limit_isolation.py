"""``load.rate-limit-isolation``: one client's use takes nothing from another.

What: client ``other`` sends a request before and while the allowance of client ``limit`` is used
up, which is refused before and after it; it must be served, and its own count must not have
moved. Why: a limiter that counts all clients
together, or all that come through one proxy address, lets a single customer lock out the rest.
Remedy: count by authenticated identity, not by the address that the front passes on.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Observation, Reason
from golive_gates.load.limit_judging import Params, count, ended_early, limit_facts, not_refused
from golive_gates.load.limit_parts import Answer, Bystander, RateLimitSeen
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.rate-limit-isolation")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Served while the first client is refused, with a count of its own."""
    del settings
    part = observation.require(RateLimitSeen)
    facts = limit_facts(part)
    nothing = not_refused(part)
    if nothing is not None:
        cause, owner = nothing
        return SPEC.inconclusive(cause, evidence=part.evidence, facts=facts, blocked_by=owner)
    other = part.other
    why = _open(part, other)
    if why is not None or other is None or other.during is None:
        return SPEC.inconclusive(why or ended_early(part), evidence=part.evidence, facts=facts)
    refused = other.during.status == part.rounds[0].status
    lost = _lost(other.before, other.during)
    params: Params = {"status": other.during.status or 0, "lost": lost, "own": other.looks}
    if refused:
        return SPEC.failed(
            Reason("shared", params),
            measurement=count("other_client_refusals", 1, 0, Comparator.LE),
            evidence=part.evidence,
            facts=facts,
        )
    if not other.during.admitted:
        status = other.during.status or other.during.failure
        reason = Reason("other-unusable", {"status": status})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if lost > other.looks:
        return SPEC.failed(
            Reason("counted-together", params),
            measurement=count("other_client_lost", lost, other.looks, Comparator.LE),
            evidence=part.evidence,
            facts=facts,
        )
    refusing = {429, *(r.status for r in part.rounds if r.refused)}
    if other.after is None or other.after.status not in refusing:
        params = {"looks": other.looks}
        return SPEC.inconclusive(
            Reason("reopened-beside", params), evidence=part.evidence, facts=facts
        )
    told = other.before.quota is not None and other.during.quota is not None
    return SPEC.passed(
        Reason("isolated" if told else "isolated-served", params),
        measurement=count("other_client_refusals", 0, 0, Comparator.LE),
        evidence=part.evidence,
        facts=facts,
    )


def _open(part: RateLimitSeen, other: Bystander | None) -> Reason | None:
    if other is None:
        return Reason("no-other-client")
    if not other.before.admitted:
        return Reason("other-unusable", {"status": other.before.status or other.before.failure})
    return ended_early(part) if other.during is None else None


def _lost(before: Answer, during: Answer) -> int:
    """How far the count of what is left fell; less than 0 across a reset."""
    if before.quota is None or during.quota is None:
        return 0
    if before.quota.remaining is None or during.quota.remaining is None:
        return 0
    return before.quota.remaining - during.quota.remaining


CHECK = Check(SPEC, (RateLimitSeen,), judge)
