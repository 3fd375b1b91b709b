"""``recovery.provider-return``: once the primary is well again, it is used again.

What: after every fault is taken back, requests until the primary's own answer arrives, and the
time that takes. Why: a generator that stays on its second provider runs without a fallback and, as
a rule, at another price, and nobody notices. Remedy: let the circuit breaker close by itself: try
the primary with single requests after a while.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    Finding,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.recovery.providers.deciding import READS, scope_of, sound_drill
from golive_gates.recovery.providers.judging import Params, breaker_facts, directions
from golive_gates.recovery.providers.parts import DEADLINE, LIMITED
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-return", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The slowest return decides."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    scope, drill = scope_of(part, settings, "primary", "fallback", "honest")
    facts = (*drill, *breaker_facts(part.legs))
    limit = settings.providers.recovery_within
    returns = [(leg, r) for leg in part.legs for r in leg.returns]
    never = [(leg, r) for leg, r in returns if r.seconds is None]
    params: Params = {"directions": directions(part), "n": len(returns), "limit": limit, **scope}
    if never:
        params |= {"direction": never[0][0].name, "fault": never[0][1].fault}
        params |= {"requests": never[0][1].requests}
        return SPEC.failed(
            Reason("not-used-again", params),
            evidence=part.evidence,
            facts=facts,
            findings=tuple(
                Finding(
                    f"{leg.primary}: {r.fault}",
                    Reason(
                        "still-elsewhere",
                        {"fault": r.fault, "outcome": r.outcome or "-", "requests": r.requests},
                    ),
                )
                for leg, r in never
            ),
            level=EvidenceLevel.MEASURED,
        )
    stopped = next((x.stopped for x in part.legs if x.stopped in (DEADLINE, LIMITED)), "")
    if not returns or stopped:
        params["stopped"] = stopped or "-"
        return SPEC.inconclusive(
            Reason("returns-unseen", params), evidence=part.evidence, facts=facts
        )
    leg, slowest = max(returns, key=lambda pair: pair[1].seconds or 0.0)
    seconds = slowest.seconds or 0.0
    params |= {"seconds": seconds, "fault": slowest.fault, "direction": leg.name}
    params |= {"requests": slowest.requests}
    measurement = Measurement(
        "primary_used_again", seconds, "s", Comparator.LE, limit, n=len(returns)
    )
    if seconds > limit:
        # Its request was begun in time, and its answer came later.
        return SPEC.failed(
            Reason("used-again-late", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            level=EvidenceLevel.MEASURED,
        )
    if not part.rolled_back:
        return SPEC.warned(
            Reason("left-behind", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            level=EvidenceLevel.MEASURED,
        )
    return SPEC.passed(
        Reason("used-again", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
        level=EvidenceLevel.MEASURED,
    )


CHECK = Check(SPEC, READS, judge)
