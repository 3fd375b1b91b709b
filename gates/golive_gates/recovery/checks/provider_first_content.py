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
    EvidenceLevel,
    Fact,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.recovery.providers.deciding import READS, concluded, scope_of, sound_drill
from golive_gates.recovery.providers.judging import (
    FALLBACK,
    Params,
    answered,
    directions,
    fell_through,
    finding,
    of_demand,
    shortfall,
    untried,
)
from golive_gates.recovery.providers.parts import Trial
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-first-content", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The slowest fallback decides."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
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
    scope, drill = scope_of(part, settings, "fallback")
    facts = (
        *drill,
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
        **scope,
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
    missing = [] if owned else untried(part, "fallback")
    return concluded(
        SPEC,
        part,
        ("in-time", "late"),
        params,
        measurement,
        refuted=bool(late),
        undecided=shortfall(SPEC, part, missing, facts),
        facts=facts,
        findings=[finding(x, t, "late-by-fault") for x, t in late],
    )


def _time(trial: Trial) -> float:
    return math.inf if trial.first_content is None else trial.first_content


CHECK = Check(SPEC, READS, judge)
