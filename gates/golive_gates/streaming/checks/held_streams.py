"""``streaming.held-streams``: as many streams as the roll-out expects run side by side.

What: stages of streams started together (those of the canary, or 10 and 50), all open at the
same time, each to its terminal event; the share of whole ones with its bound over all stages.
Why: worker counts, connection pools and file descriptors end at round numbers, and the first
user beyond them waits or is turned away, in the first hour of the roll-out.
Remedy: the findings name the stage and what became of its streams; look at the limits of
workers, of pools to the provider, and of the front's connections.
"""

from __future__ import annotations

import math

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Outcome,
    Reason,
)
from golive.measuring import success_measurement
from golive.stats import percentile
from golive_gates.streaming.buffering import CHECK_ID, behind_a_holding_front
from golive_gates.streaming.measure import quantile_fact
from golive_gates.streaming.parts import Held, Together, Wire
from golive_gates.streaming.seen import cannot_judge, kinds_of, own_lag
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.held-streams")

OWN_LAG = 1.0
"""Seconds by which golive may have been late itself before it blames a broken stream on others."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whole streams of all stages; they must have been open at the same time."""
    part = observation.require(Held)
    facts = _facts(part)
    nothing = cannot_judge(part.stages, observation)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence, facts=facts)
    streams = [s for stage in part.stages for s in stage.streams]
    failures = sum(not s.whole for s in streams)
    measurement = success_measurement(
        "held_whole_ratio", len(streams), failures, settings.held_objective, settings.confidence
    )
    late = _late(part)
    params: dict[str, str | int | float] = {
        "n": len(streams),
        "failures": failures,
        "value": measurement.value,
        "bound": measurement.bound or 0.0,
        "objective": settings.held_objective,
        "confidence": settings.confidence,
        "stages": len(part.stages),
        "most": max(s.count for s in part.stages),
        "planned": part.planned,
        "kinds": kinds_of(s for s in streams if not s.whole) or "-",
        "late": late,
        "threshold": part.threshold or 0.0,
    }
    late_ourselves = own_lag(part.stages, OWN_LAG)
    if failures and late_ourselves is not None:
        return SPEC.inconclusive(
            late_ourselves, measurement=measurement, evidence=part.evidence, facts=facts
        )
    if measurement.outcome is Outcome.REFUTED:
        return SPEC.failed(
            Reason("broken", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(s) for s in part.stages if not all(x.whole for x in s.streams)),
        )
    apart = next((s for s in part.largest if s.at_once < sum(x.whole for x in s.streams)), None)
    if apart is not None and behind_a_holding_front(observation, settings):
        return SPEC.inconclusive(
            Reason("buffered"), evidence=part.evidence, facts=facts, blocked_by=CHECK_ID
        )
    if apart is not None:
        params |= {"at_once": apart.at_once, "spread": apart.spread}
        return SPEC.inconclusive(
            Reason("not-together", params), evidence=part.evidence, facts=facts
        )
    if part.stopped or measurement.outcome is not Outcome.PROVEN:
        code = "stopped" if part.stopped else "undecided"
        return SPEC.inconclusive(
            Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    return SPEC.passed(
        Reason("held-mostly" if failures else "held", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _late(part: Held) -> int:
    """Whole streams whose first content came later than the SLO says; they decide nothing."""
    if part.threshold is None:
        return 0
    streams = [s for stage in part.stages for s in stage.streams if s.whole]
    return sum(s.first_content is None or s.first_content > part.threshold for s in streams)


def _finding(stage: Together) -> Finding:
    broken = [s for s in stage.streams if not s.whole]
    params: dict[str, str | int | float] = {
        "count": len(broken),
        "of": stage.count,
        "kinds": kinds_of(broken),
    }
    return Finding(f"{stage.count}", Reason("stage-broken", params))


def _facts(part: Held) -> tuple[Fact, ...]:
    streams = [s for stage in part.stages for s in stage.streams]
    first = [math.inf if s.first_content is None else s.first_content for s in streams]
    largest = part.largest
    return (
        Fact("streams", len(streams)),
        Fact("stages", len(part.stages)),
        Fact("open_at_once", max((s.at_once for s in part.stages), default=0)),
        quantile_fact("first_content_p50", first, 0.5),
        quantile_fact("first_content_p95", first, 0.95),
        Fact("late_first_contents", _late(part) if part.threshold is not None else None),
        Fact("own_slip_p99", max((s.slip_p99 for s in largest), default=None), "s"),
        Fact(
            "slowest_stream",
            percentile([s.ended if s.ended is not None else math.inf for s in streams], 1.0)
            if streams
            else None,
            "s",
        ),
    )


CHECK = Check(SPEC, (Held, Wire), judge)
