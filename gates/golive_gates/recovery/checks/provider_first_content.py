"""``recovery.provider-first-content``: the fallback's first content is in time for the SLO.

What: the time to the first content of every answer that the other provider gave, retries and
waits included, against the threshold of the SLO ``sse-first-event``. Why: the official SDKs retry
twice and wait as long as a ``Retry-After`` asks, which uses up the users' patience before the
fallback begins. Remedy: switch the SDKs' retries off where there is a fallback, and give the
primary a time limit that leaves the other provider enough.
"""

from __future__ import annotations

import math

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.recovery.providers.judging import (
    FALLBACK,
    Params,
    answered,
    directions,
    drill_facts,
    drilled,
    fell_through,
    finding,
    of_demand,
    shortfall,
    unsound,
    untried,
)
from golive_gates.recovery.providers.parts import Fallback, Trial
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-first-content")


def judge(observation: Observation, settings: Settings) -> CheckResult:  # noqa: ARG001
    """The slowest fallback decides."""
    part = drilled(observation)
    blocked = unsound(SPEC, part)
    if blocked is not None:
        return blocked
    if part.threshold is None:
        return SPEC.inconclusive(
            Reason("no-threshold"), evidence=part.evidence, blocked_by="slo.defined"
        )
    tried = [(leg, t) for leg in part.legs for t in of_demand(leg, "fallback") if answered(t)]
    owned = fell_through(part)
    if not tried:
        reason = Reason("nothing-tried", {"directions": directions(part)})
        owner = FALLBACK if owned else None
        return SPEC.inconclusive(reason, evidence=part.evidence, blocked_by=owner)
    leg, worst = max(tried, key=lambda pair: _time(pair[1]))
    late = [(x, t) for x, t in tried if _time(t) > part.threshold]
    facts = (
        *drill_facts(part),
        Fact("fallback_slowest_fault", worst.fault),
        Fact("fallback_slowest_requests", worst.asked_primary),
    )
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "late": len(late),
        "seconds": _time(worst),
        "threshold": part.threshold,
        "fault": worst.fault,
        "direction": leg.name,
        "requests": worst.asked_primary,
    }
    measurement = Measurement(
        "fallback_first_content",
        _time(worst),
        "s",
        Comparator.LE,
        part.threshold,
        n=len(tried),
        failures=len(late),
    )
    if late:
        return SPEC.failed(
            Reason("late", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(finding(x, t, "late-by-fault") for x, t in late),
        )
    if not owned:
        short = shortfall(SPEC, part, untried(part, "fallback"), facts)
        if short is not None:
            return short
    return SPEC.passed(
        Reason("in-time", params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _time(trial: Trial) -> float:
    return math.inf if trial.first_content is None else trial.first_content


CHECK = Check(SPEC, (Fallback,), judge)
