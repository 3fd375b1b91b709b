"""``slo.sse-first-event``: users see the first content soon enough.

What: p95 of the first *content* event from the *scheduled* send time, with its order-statistic
bounds; streams that fail or never bring content count as infinite. Why: a status event,
``retry:`` or comment sent at once says nothing about the model behind it; a client that stops
its clock there reports milliseconds for a three-second wait.
Remedy: the facts show every clock, so the wait can be placed: before the headers, between
preamble and content, or in a buffering proxy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Measurement,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.measuring import latency_measurement
from golive.objectives import FIRST_EVENT, Goal, goal_of
from golive.stats import percentile
from golive_gates.slo.measure import clock_facts, lag_facts, planned_outcome, reached
from golive_gates.slo.parts import Definitions, Streams, StreamSample
from golive_gates.slo.settings import Settings
from golive_gates.slo.streams_seen import nothing_to_judge, why_open

SPEC = CheckSpec("slo.sse-first-event")

PREAMBLE_SHARE = 0.5
"""A preamble is suspect when its p95 is below this share of the content's."""
BURST_SHARE = 0.1
"""Buffered: the whole body arrives within this last share of the stream's time ..."""
SAME_READ = 0.5
"""... with at least this share of its events in the same read as the one before ..."""
LEAST_EVENTS, LEAST_TIME = 3, 0.3
"""... for streams with so many events that took so many seconds; below, it is just quick ..."""
MOST_STREAMS = 0.9
"""... and so for this share of the streams."""

_CLOCKS: Mapping[str, tuple[Callable[[StreamSample], float | None], bool]] = {
    "headers": (lambda s: s.headers, False),
    "first_byte": (lambda s: s.first_byte, False),
    "first_comment": (lambda s: s.first_comment, True),
    "first_event": (lambda s: s.first_event, False),
    "first_content": (lambda s: s.first_content, False),
    "last_content": (lambda s: s.last_content, False),
}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """p95 of first content against the threshold, by the plan of the objective's ratio."""
    goal = goal_of(observation.require(Definitions).slo(FIRST_EVENT), FIRST_EVENT)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    part = observation.require(Streams)
    facts = _facts(part)
    nothing = nothing_to_judge(part, settings)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence, facts=facts)
    if part.lag.worst_p99 > settings.lag_share * goal.threshold:
        limit = round(settings.lag_share * goal.threshold, 9)
        lag = {"lag": part.lag.worst_p99, "limit": limit}
        return SPEC.inconclusive(
            Reason("client-too-slow", lag), evidence=part.evidence, facts=facts
        )
    return _verdict(part, goal, settings, facts)


def _verdict(part: Streams, goal: Goal, settings: Settings, facts: tuple[Fact, ...]) -> CheckResult:
    values = reached(s.first_content for s in part.samples)
    measurement = latency_measurement(
        "first_content_p95", values, goal.success, goal.threshold, settings.confidence
    )
    outcome = planned_outcome(
        part.planned,
        len(values),
        measurement.failures or 0,
        goal.success,
        settings.confidence,
    )
    signs = Signs.of(part, goal.success)
    params = _params(part, goal, settings, measurement, signs)
    if outcome is Outcome.REFUTED:
        reason = Reason(_refutation(part, goal, signs), params)
        return SPEC.failed(reason, measurement=measurement, evidence=part.evidence, facts=facts)
    if outcome is Outcome.UNDECIDED:
        reason = why_open(part, params)
        return SPEC.inconclusive(
            reason, measurement=measurement, evidence=part.evidence, facts=facts
        )
    if signs.buffered:
        reason = Reason("buffered", params)
        return SPEC.warned(reason, measurement=measurement, evidence=part.evidence, facts=facts)
    reason = Reason("proven-preamble" if signs.preamble else "proven", params)
    return SPEC.passed(reason, measurement=measurement, evidence=part.evidence, facts=facts)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the clocks say beside the verdict. ``naive``: p95 of a clock that any byte stops."""

    buffered: bool
    preamble: bool
    naive: float

    @classmethod
    def of(cls, part: Streams, quantile: float) -> Signs:
        """Read the clocks of all streams."""
        content = percentile(reached(s.first_content for s in part.samples), quantile)
        naive = percentile(reached(s.first_byte for s in part.samples), quantile)
        burst = sum(_in_one_burst(s) for s in part.samples)
        buffered = burst >= MOST_STREAMS * len(part.samples)
        return cls(buffered, not buffered and naive < PREAMBLE_SHARE * content, naive)


def _in_one_burst(sample: StreamSample) -> bool:
    if sample.first_byte is None or sample.ended is None or sample.events < LEAST_EVENTS:
        return False
    took = sample.ended - sample.sent
    return (
        took >= LEAST_TIME
        and sample.ended - sample.first_byte <= BURST_SHARE * took
        and sample.coalesced >= SAME_READ
    )


def _refutation(part: Streams, goal: Goal, signs: Signs) -> str:
    never = sum(s.first_content is None for s in part.samples)
    late = sum(t > goal.threshold for t in reached(s.first_content for s in part.samples))
    if signs.buffered:
        return "refuted-buffered"
    if 2 * never >= late:
        return "refuted-failures"
    return "refuted-preamble" if signs.preamble and signs.naive <= goal.threshold else "refuted"


def _params(
    part: Streams, goal: Goal, settings: Settings, measurement: Measurement, signs: Signs
) -> dict[str, str | int | float]:
    return {
        "value": measurement.value,
        "bound": measurement.bound if measurement.bound is not None else math.inf,
        "opposite": measurement.opposite if measurement.opposite is not None else 0.0,
        "threshold": goal.threshold,
        "confidence": settings.confidence,
        "quantile": 100 * goal.success,
        "n": len(part.samples),
        "late": measurement.failures or 0,
        "failed": sum(s.first_content is None for s in part.samples),
        "needed": measurement.n_needed or 0,
        "planned": part.planned,
        "naive": signs.naive,
        "total": percentile(reached(s.ended for s in part.samples), goal.success),
    }


def _facts(part: Streams) -> tuple[Fact, ...]:
    clocks = [
        fact
        for name, (read, optional) in _CLOCKS.items()
        for fact in clock_facts(name, [read(s) for s in part.samples], optional=optional)
    ]
    coalesced = [s.coalesced for s in part.samples if s.events]
    return (
        Fact("streams", len(part.samples)),
        *clocks,
        Fact("coalesced_p50", percentile(coalesced, 0.5) if coalesced else None, "ratio"),
        Fact("limited", part.limited),
        Fact("rate", part.rate, "1/s"),
        *lag_facts(part.lag),
    )


CHECK = Check(SPEC, (Definitions, Streams), judge)
