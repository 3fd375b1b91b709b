"""``recovery.provider-outage``: with both providers down the caller is told so.

What: both providers fail at once; the generator has to end with an HTTP error or an error event.
Why: an empty answer under 200 counts as a success in every dashboard, is stored and shown, and a
request without an end holds a connection. Remedy: end the stream with an error event, or answer 502
or 503, when the last provider has failed.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Reason
from golive_gates.recovery.providers.deciding import READS, concluded, scope_of, sound_drill
from golive_gates.recovery.providers.judging import (
    Params,
    directions,
    finding,
    lost,
    none_of,
    told_error,
)
from golive_gates.recovery.providers.parts import UNREACHABLE
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-outage", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every request with both down ends with an error that is told."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    scope, facts = scope_of(part, settings)
    tried = [(leg, t) for leg in part.legs for t in leg.both_down if t.outcome != UNREACHABLE]
    bad = [(leg, t) for leg, t in tried if not told_error(t)]
    wanted = len(settings.providers.both_down) * len(part.legs)
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "bad": len(bad),
        "wanted": wanted,
        **scope,
    }
    short = None
    if len(tried) < wanted:
        reason = Reason("outage-not-tried", params)
        short = SPEC.inconclusive(
            reason, evidence=part.evidence, facts=facts, blocked_by=lost(part)
        )
    return concluded(
        SPEC,
        part,
        ("told", "not-told"),
        params,
        none_of("outages_not_told", len(bad), len(tried)),
        refuted=bool(bad),
        undecided=short,
        facts=facts,
        findings=[finding(leg, t) for leg, t in bad],
    )


CHECK = Check(SPEC, READS, judge)
