"""``streaming.content-intact``: streams held together do not mix or lose content.

What: the whole content of every stream of the stages held at once, against the known answer.
Why: a buffer that two requests share, a cache key that is too short or a pool that drops a
chunk shows only under concurrency, and each stream still ends as it should.
Remedy: look at what requests share (module state, caches, connection reuse to the provider);
the evidence says which streams of which stage differ.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.measuring import success_measurement
from golive_gates.streaming.parts import Held, Wire
from golive_gates.streaming.seen import cannot_judge
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.content-intact")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One wrong content refutes, unless it was wrong without concurrency too."""
    part = observation.require(Held)
    nothing = cannot_judge(part.stages, observation)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence)
    compared = [s for g in part.stages for s in g.streams if s.whole and s.matches is not None]
    facts = (
        Fact("streams", sum(len(g.streams) for g in part.stages)),
        Fact("content_compared", len(compared)),
    )
    if not compared:
        whole = any(s.whole for g in part.stages for s in g.streams)
        reason = Reason("no-known-answer" if whole else "none-whole")
        blocked = None if whole else "streaming.held-streams"
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts, blocked_by=blocked)
    wrong = sum(s.matches is False for s in compared)
    measurement = success_measurement(
        "intact_ratio", len(compared), wrong, settings.held_objective, settings.confidence
    )
    params: dict[str, str | int | float] = {
        "n": len(compared),
        "wrong": wrong,
        "bound": measurement.bound or 0.0,
        "confidence": settings.confidence,
        "objective": settings.held_objective,
        "needed": measurement.n_needed or 0,
        "most": max(g.count for g in part.stages),
    }
    if wrong:
        wire = observation.find(Wire)
        quiet = () if isinstance(wire, Unavailable) else wire.streams
        if any(s.matches is False for s in quiet):
            reason = Reason("wrong-when-quiet", params)
            return SPEC.inconclusive(
                reason, measurement=measurement, evidence=part.evidence, facts=facts
            )
        return SPEC.failed(
            Reason("differs", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if measurement.outcome is not Outcome.PROVEN:
        return SPEC.inconclusive(
            Reason("undecided", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    return SPEC.passed(
        Reason("intact", params), measurement=measurement, evidence=part.evidence, facts=facts
    )


CHECK = Check(SPEC, (Held, Wire), judge)
