"""``slo.sse-complete``: streams end as they should, with the content that was asked for.

What: the terminal event is seen and the whole content equals the known answer. Why: a cut-off
upstream answer often becomes a clean end of stream under HTTP 200, and only a comparison with a
known answer notices.
Remedy: look for truncation between model, service and proxy; set ``known_answer`` if it is missing.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Outcome,
    Reason,
    Unavailable,
)
from golive.measuring import success_measurement
from golive.objectives import FIRST_EVENT, goal_of
from golive_gates.slo.measure import planned_outcome, reached
from golive_gates.slo.parts import Definitions, Streams, StreamSample
from golive_gates.slo.settings import Settings
from golive_gates.slo.streams_seen import complete, nothing_to_judge, why_open

SPEC = CheckSpec("slo.sse-complete")

SHOWN = 5
"""Findings listed; the evidence holds them all."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One wrong content refutes; truncation is judged by the plan."""
    part = observation.require(Streams)
    facts = _facts(part)
    nothing = nothing_to_judge(part, settings)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence, facts=facts)
    n = len(part.samples)
    done = [s for s in part.samples if complete(s)]
    failures = n - len(done)
    objective = settings.completion_objective
    measurement = success_measurement(
        "stream_completion_ratio", n, failures, objective, settings.confidence
    )
    outcome = planned_outcome(part.planned, n, failures, objective, settings.confidence)
    wrong = [s for s in done if s.matches is False]
    params: dict[str, str | int | float] = {
        "n": n,
        "complete": len(done),
        "failures": failures,
        "value": measurement.value,
        "bound": measurement.bound or 0.0,
        "objective": objective,
        "confidence": settings.confidence,
        "needed": measurement.n_needed or 0,
        "planned": part.planned,
        "wrong": len(wrong),
        "terminal": part.terminal_event,
    }
    if wrong:
        return SPEC.failed(
            Reason("wrong-content", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_wrong(s) for s in wrong[:SHOWN]),
        )
    if outcome is Outcome.REFUTED and _never_began(observation, part, settings):
        return SPEC.inconclusive(
            Reason("never-began", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            blocked_by="slo.sse-first-event",
        )
    if outcome is Outcome.REFUTED:
        code = "truncated" if any(s.first_content is not None for s in part.samples) else "failed"
        return SPEC.failed(
            Reason(code, params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_cut(s) for s in part.samples if not complete(s))[:SHOWN],
        )
    if outcome is Outcome.UNDECIDED:
        return SPEC.inconclusive(
            why_open(part, params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if not part.known_answer or not all(s.matches for s in done):
        return SPEC.warned(
            Reason("unverified-content", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    return SPEC.passed(
        Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _never_began(observation: Observation, part: Streams, settings: Settings) -> bool:
    """Whether streams failed before any content, which ``slo.sse-first-event`` fails already."""
    goal = goal_of(observation.require(Definitions).slo(FIRST_EVENT), FIRST_EVENT)
    if isinstance(goal, Unavailable) or any(
        s.first_content is not None for s in part.samples if not complete(s)
    ):
        return False
    late = sum(t > goal.threshold for t in reached(s.first_content for s in part.samples))
    outcome = planned_outcome(
        part.planned, len(part.samples), late, goal.success, settings.confidence
    )
    return outcome is Outcome.REFUTED


def _wrong(sample: StreamSample) -> Finding:
    at = -1 if sample.differs_at is None else sample.differs_at
    return Finding("content", Reason("differs", {"at": at, "length": sample.length}))


def _cut(sample: StreamSample) -> Finding:
    params: dict[str, str | int | float] = {
        "status": sample.status or 0,
        "events": sample.events,
        "length": sample.length,
        "failure": sample.failure or "-",
    }
    return Finding("stream", Reason("cut", params))


def _facts(part: Streams) -> tuple[Fact, ...]:
    done = [s for s in part.samples if complete(s)]
    return (
        Fact("streams", len(part.samples)),
        Fact("streams_complete", len(done)),
        Fact("content_compared", sum(s.matches is not None for s in done)),
        Fact("limited", part.limited),
    )


CHECK = Check(SPEC, (Definitions, Streams), judge)
