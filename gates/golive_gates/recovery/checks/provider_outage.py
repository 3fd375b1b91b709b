"""``recovery.provider-outage``: with both providers down the caller is told so.

What: both providers fail at once; the generator has to end with an HTTP error or an error event.
Why: an empty answer under 200 counts as a success in every dashboard, is stored and shown, and a
request without an end holds a connection. Remedy: end the stream with an error event, or answer 502
or 503, when the last provider has failed.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Observation, Reason
from golive_gates.recovery.providers.judging import (
    Params,
    directions,
    drill_facts,
    drilled,
    finding,
    lost,
    none_of,
    told_error,
    unsound,
)
from golive_gates.recovery.providers.parts import UNREACHABLE, Fallback
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-outage")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every request with both down ends with an error that is told."""
    part = drilled(observation)
    blocked = unsound(SPEC, part)
    if blocked is not None:
        return blocked
    facts = drill_facts(part)
    tried = [(leg, t) for leg in part.legs for t in leg.both_down if t.outcome != UNREACHABLE]
    bad = [(leg, t) for leg, t in tried if not told_error(t)]
    wanted = len(settings.providers.both_down) * len(part.legs)
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "bad": len(bad),
        "wanted": wanted,
    }
    if bad:
        return SPEC.failed(
            Reason("not-told", params),
            measurement=none_of("outages_not_told", len(bad), len(tried)),
            evidence=part.evidence,
            facts=facts,
            findings=tuple(finding(leg, t) for leg, t in bad),
        )
    if len(tried) < wanted:
        return SPEC.inconclusive(
            Reason("outage-not-tried", params),
            evidence=part.evidence,
            facts=facts,
            blocked_by=lost(part),
        )
    return SPEC.passed(
        Reason("told", params),
        measurement=none_of("outages_not_told", 0, len(tried)),
        evidence=part.evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (Fallback,), judge)
