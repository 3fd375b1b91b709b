"""``load.recovery``: after the load the service is soon as it was before.

What: from the end of the load until every service is ready and one stream brings its first content
within the SLO. Why: queues that nobody empties, connections that leak and workers that hang stay
behind when the load is gone; the next ordinary user meets them.
Remedy: look at what is left over: queue lengths, open connections to providers, threads.
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
    Outcome,
    Reason,
)
from golive_gates.load.measure import Params, load_facts
from golive_gates.load.parts import LoadSeen, Recovery
from golive_gates.load.settings import Settings
from golive_gates.load.under_load import (
    AVAILABILITY_OWNER,
    availability_of,
    nothing_to_judge,
)

SPEC = CheckSpec("load.recovery")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Back within the time that is set; a service that the load took down is the cause itself."""
    part = observation.require(LoadSeen)
    seen = part.recovery
    facts = (*_facts(seen), *load_facts(part))
    why = _nothing(part, seen, settings)
    if why is not None or seen is None:
        return SPEC.inconclusive(
            why or Reason("not-watched", {"watched": 0.0}), evidence=part.evidence, facts=facts
        )
    took = math.inf if seen.seconds is None else seen.seconds
    measurement = Measurement("recovery_seconds", took, "s", Comparator.LE, seen.within)
    params: Params = {
        "seconds": took,
        "within": seen.within,
        "first_content": seen.first_content if seen.first_content is not None else math.inf,
        "failure": seen.failure or "-",
        "watched": seen.watched,
        "owner": AVAILABILITY_OWNER,
    }
    if took <= seen.within:
        code = "recovered" if seen.stream else "recovered-ready"
        return SPEC.passed(
            Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if availability_of(part, settings) is Outcome.REFUTED:
        return SPEC.inconclusive(
            Reason("owned", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            blocked_by=AVAILABILITY_OWNER,
        )
    if seen.watched < seen.within:
        return SPEC.inconclusive(Reason("not-watched", params), evidence=part.evidence, facts=facts)
    return SPEC.failed(
        Reason("not-recovered", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _nothing(part: LoadSeen, seen: Recovery | None, settings: Settings) -> Reason | None:
    if seen is None:
        return Reason("not-watched", {"watched": 0.0})
    if seen.seconds is None and seen.limited:
        return Reason("rate-limited", {"limited": seen.limited, "sent": seen.tried})
    why = nothing_to_judge(part, part.kinds, settings)
    # Back from nothing: a load that was not carried out proves no recovery from it.
    return why if why is not None and seen.seconds is not None else None


def _facts(seen: Recovery | None) -> tuple[Fact, ...]:
    if seen is None:
        return ()
    return (
        Fact("ready_after", seen.ready, "s"),
        Fact("first_content_after", seen.first_content, "s"),
        Fact("recovery_streams", seen.tried),
    )


CHECK = Check(SPEC, (LoadSeen,), judge)
