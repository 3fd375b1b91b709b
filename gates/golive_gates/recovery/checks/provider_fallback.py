"""``recovery.provider-fallback``: when a provider fails, the other one answers.

What: the primary refuses, errs, stays silent, breaks off or is not there, before it has said
anything; the journal of the stub tells whether the other provider was then asked, and the stream
whether its answer was delivered. Without a stub, fallbacks that Prometheus counts or a named person
stand in, and the result says which. Why: an outage of a provider is a question of when; without a
fallback it is one's own. Remedy: treat every failure before the first content as one, time-outs and
empty or unreadable streams included, and ask the other provider.
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
    Unavailable,
)
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.providers.indirect import indirect
from golive_gates.recovery.providers.judging import (
    Params,
    answered,
    breaker_facts,
    directions,
    drill_facts,
    finding,
    none_of,
    of_demand,
    shortfall,
    undecided,
    unsound,
    untried,
)
from golive_gates.recovery.providers.parts import Fallback, FallbackCounts
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-fallback", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:  # noqa: ARG001
    """Every fault before the first content is answered by the other provider."""
    drill = observation.find(Fallback)
    if isinstance(drill, Unavailable) and drill.reason.code == "no-stub":
        return indirect(SPEC, observation, drill)
    part = observation.require(Fallback)
    blocked = unsound(SPEC, part)
    if blocked is not None:
        return blocked
    facts = (*drill_facts(part), *breaker_facts(part.legs))
    tried = [(leg, t) for leg in part.legs for t in of_demand(leg, "fallback")]
    bad = [(leg, t) for leg, t in tried if not answered(t) and not undecided(t)]
    opened = [(leg, t) for leg, t in tried if undecided(t)]
    kinds = sorted({t.fault for _, t in bad})
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "bad": len(bad),
        "faults": ", ".join(kinds) or "-",
    }
    if bad:
        return SPEC.failed(
            Reason("not-fallen-back", params),
            measurement=none_of("requests_without_fallback", len(bad), len(tried)),
            evidence=part.evidence,
            facts=facts,
            findings=(
                *(finding(leg, t) for leg, t in bad),
                *(finding(leg, t, "not-met", Status.INCONCLUSIVE) for leg, t in opened),
            ),
        )
    short = shortfall(SPEC, part, untried(part, "fallback"), facts)
    if short is not None:
        return short
    if not tried:
        return SPEC.inconclusive(Reason("nothing-tried", params), evidence=part.evidence)
    return SPEC.passed(
        Reason("fallen-back", params),
        measurement=none_of("requests_without_fallback", 0, len(tried)),
        evidence=part.evidence,
        facts=facts,
        level=EvidenceLevel.MEASURED,
    )


CHECK = Check(SPEC, (Fallback, FallbackCounts, Promises), judge)
