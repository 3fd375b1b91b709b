"""``recovery.provider-user-errors``: a mistake of the caller is not tried elsewhere.

What: the primary answers with a status that the policy calls the caller's own; the other provider
must not be asked, and the caller has to be told. Why: the same bad request costs twice, and hides a
wrong key or a prompt that no provider takes. Remedy: fall back by kind of failure, not on every
exception, and pass the status on.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Reason
from golive_gates.recovery.providers.deciding import READS, concluded, drilled
from golive_gates.recovery.providers.judging import (
    Params,
    directions,
    drill_facts,
    finding,
    lost,
    none_of,
    told_error,
    undecided,
    unsound,
)
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-user-errors", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The policy is kept for each of its statuses."""
    part = drilled(SPEC, observation, settings)
    policy = settings.providers.no_fallback_on
    if policy is None:
        return SPEC.inconclusive(Reason("no-policy"), evidence=part.evidence)
    if not policy:
        return SPEC.not_applicable(Reason("policy-empty"))
    if isinstance(part, CheckResult):
        return part
    blocked = unsound(SPEC, part)
    if blocked is not None:
        return blocked
    facts = drill_facts(part)
    tried = [
        (leg, t) for leg in part.legs for t in leg.user_errors if not undecided(t) and t.struck
    ]
    bad = [(leg, t) for leg, t in tried if t.asked_secondary or not told_error(t)]
    wanted = len(policy) * len(part.legs)
    params: Params = {
        "directions": directions(part),
        "statuses": ", ".join(str(status) for status in policy),
        "n": len(tried),
        "bad": len(bad),
        "wanted": wanted,
    }
    short = None
    if len(tried) < wanted:
        reason = Reason("user-errors-not-tried", params)
        short = SPEC.inconclusive(
            reason, evidence=part.evidence, facts=facts, blocked_by=lost(part)
        )
    return concluded(
        SPEC,
        part,
        ("kept", "tried-elsewhere"),
        params,
        none_of("user_errors_retried", len(bad), len(tried)),
        refuted=bool(bad),
        undecided=short,
        facts=facts,
        findings=[
            finding(leg, t, "asked-elsewhere" if t.asked_secondary else "") for leg, t in bad
        ],
    )


CHECK = Check(SPEC, READS, judge)
