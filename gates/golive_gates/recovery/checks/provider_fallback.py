"""``recovery.provider-fallback``: when a provider fails, the other one answers.

What: the primary refuses, errs, stays silent, breaks off or is not there, before it has said
anything; the journal of the stub tells whether the other provider was then asked, and the stream
whether its answer was delivered. Without a stub, fallbacks that Prometheus counts or a named person
stand in, here as in the other checks of the fallback, and each result says which. Why: an outage of
a provider is a question of when; without a fallback it is one's own. Remedy: treat every failure
before the first content as one, time-outs and empty or unreadable streams included, and ask the
other provider.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Observation,
    Reason,
    Status,
)
from golive_gates.recovery.providers.deciding import READS, concluded, scope_of, sound_drill
from golive_gates.recovery.providers.judging import (
    Params,
    answered,
    breaker_facts,
    directions,
    finding,
    none_of,
    of_demand,
    shortfall,
    undecided,
    untried,
)
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-fallback", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every fault before the first content is answered by the other provider."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    scope, drill = scope_of(part, settings, "fallback")
    facts = (*drill, *breaker_facts(part.legs))
    tried = [(leg, t) for leg in part.legs for t in of_demand(leg, "fallback")]
    bad = [(leg, t) for leg, t in tried if not answered(t) and not undecided(t)]
    opened = [(leg, t) for leg, t in tried if undecided(t)]
    kinds = sorted({t.fault for _, t in bad})
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "bad": len(bad),
        "faults": ", ".join(kinds) or "-",
        **scope,
    }
    short = shortfall(SPEC, part, untried(part, "fallback"), facts)
    if short is None and not tried:
        short = SPEC.inconclusive(Reason("nothing-tried", params), evidence=part.evidence)
    return concluded(
        SPEC,
        part,
        ("fallen-back", "not-fallen-back"),
        params,
        none_of("requests_without_fallback", len(bad), len(tried)),
        refuted=bool(bad),
        undecided=short,
        facts=facts,
        findings=[
            *(finding(leg, t) for leg, t in bad),
            *(finding(leg, t, "not-met", Status.INCONCLUSIVE) for leg, t in opened),
        ],
    )


CHECK = Check(SPEC, READS, judge)
