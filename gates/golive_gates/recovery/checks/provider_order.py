"""``recovery.provider-order``: each direction begins with the provider that it should.

What: with both providers healthy the answer is that of the declared primary, and in the other
direction that of the other one. Why: a fallback that was only tried one way is half a fallback,
and a drill that lets the wrong provider fail shows nothing. Remedy: set ``primary`` to the provider
that is asked first, and name a service or a body for the other direction, or say ``one_way``.
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
)
from golive_gates.recovery.providers.deciding import READS, drilled
from golive_gates.recovery.providers.judging import (
    directions,
    drill_facts,
    finding,
    unsound,
)
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-order")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No direction is swapped, and none is missing."""
    part = drilled(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    facts = drill_facts(part)
    swapped = [leg for leg in part.legs if leg.swapped]
    params: dict[str, str | int | float] = {
        "directions": ", ".join(leg.name for leg in swapped) or directions(part)
    }
    if swapped:
        return SPEC.failed(
            Reason("swapped", params),
            evidence=part.evidence,
            facts=facts,
            findings=tuple(finding(leg, leg.healthy) for leg in swapped if leg.healthy is not None),
        )
    blocked = unsound(SPEC, part)
    if blocked is not None:
        return blocked
    wanted = 1 if settings.providers.one_way else 2
    if len(part.legs) < wanted:
        return SPEC.inconclusive(Reason("one-direction", params), evidence=part.evidence)
    count = float(len(part.legs))
    measurement = Measurement("provider_directions_tried", count, "", Comparator.GE, float(wanted))
    code = "one-way" if settings.providers.one_way else "both-ways"
    return SPEC.passed(
        Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
    )


CHECK = Check(SPEC, READS, judge)
