"""``streaming.fairness``: streams held together all move, not a few at the cost of others.

What: over the largest number held at once, Jain's index of the rates of content events (events
by the time from the due moment to the last content, so that waiting for a turn counts), how
many streams moved at the same time, and the slowest stream against the median.
Why: one slow stream in ten vanishes in a mean and in a count of whole streams, and is one user in
ten who watches a stalled answer.
Remedy: look for a lock, a small pool or a synchronous call that streams take turns at, and for
a provider's limit of parallel requests.
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
    Severity,
)
from golive.measuring import success_measurement
from golive.stats import percentile
from golive_gates.streaming.buffering import CHECK_ID, behind_a_holding_front
from golive_gates.streaming.measure import exact, jain
from golive_gates.streaming.parts import Held, HeldStream, Together, Wire
from golive_gates.streaming.seen import cannot_judge
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.fairness", severity=Severity.MEDIUM)

LAG_SHARE = 0.1
"""golive's own loop lag may be this share of a stream's time before it blurs the rates."""
LEAST_STREAMS = 5
LEAST_EVENTS = 3
"""Fewer content events than these have no rate worth comparing."""
LEAST_RATED = 0.9
"""Share of the whole streams that must have a rate: the others may be those that starved."""
MOVING = 0.5
"""More than this share must bring content at the same time; else they took turns."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The least fair of the largest stages decides."""
    part = observation.require(Held)
    nothing = cannot_judge(part.stages, observation)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence)
    n = sum(len(s.streams) for s in part.stages)
    broken = sum(not x.whole for s in part.stages for x in s.streams)
    whole = success_measurement("whole", n, broken, settings.held_objective, settings.confidence)
    if whole.outcome is Outcome.REFUTED:
        reason = Reason("too-few-whole", {"broken": broken, "n": n})
        return SPEC.inconclusive(
            reason, evidence=part.evidence, blocked_by="streaming.held-streams"
        )
    rated = [(s, [r for x in s.streams if (r := rate(x)) is not None]) for s in part.largest]
    short = [(len(rates), needed) for s, rates in rated if len(rates) < (needed := _needed(s))]
    if short:
        if behind_a_holding_front(observation, settings):
            return SPEC.inconclusive(
                Reason("buffered"), evidence=part.evidence, blocked_by=CHECK_ID
            )
        fewest, least = min(short)
        reason = Reason("too-few-rates", {"count": fewest, "least": least})
        return SPEC.inconclusive(reason, evidence=part.evidence)
    index, stage, rates = min(
        ((jain(rates), stage, rates) for stage, rates in rated), key=lambda item: item[0]
    )
    slow = max(slowest(stage) for stage, _ in rated)
    turns = min((s for s, _ in rated), key=_together)
    moving = turns.moving
    facts = (
        Fact("jain_index", index, ""),
        Fact("slowest_by_median", slow),
        Fact("rate_p50", percentile(rates, 0.5), "1/s"),
        Fact("rate_min", min(rates), "1/s"),
        Fact("streams", len(rates)),
        Fact("moving_at_once", moving),
        Fact("own_slip_p99", stage.slip_p99, "s"),
    )
    params = {
        "index": index,
        "limit": settings.fairness,
        "streams": len(rates),
        "moving": moving,
        "slowest": slow,
        "most": settings.slowest,
    }
    found = _in_turns(turns) or _unfair(index, slow, len(rates), settings)
    lag = max(s.own_lag for s, _ in rated)
    middle = percentile([x.ended for x in stage.streams if x.whole and x.ended is not None], 0.5)
    if found is not None and lag > LAG_SHARE * middle:
        limit = round(LAG_SHARE * middle, 3)
        reason = Reason("client-too-slow", {"lag": lag, "limit": limit})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if found is not None:
        code, measurement = found
        return SPEC.failed(
            Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if part.stopped:
        return SPEC.inconclusive(Reason("stopped", params), evidence=part.evidence, facts=facts)
    measurement = exact("jain_index", index, "", Comparator.GE, settings.fairness, len(rates))
    return SPEC.passed(
        Reason("fair", params), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _needed(stage: Together) -> int:
    """Rates that a stage must have for its fairness to be that of its streams."""
    return max(LEAST_STREAMS, math.ceil(LEAST_RATED * sum(s.whole for s in stage.streams)))


def _together(stage: Together) -> float:
    """Share of the whole streams that brought content at the same moment."""
    return stage.moving / max(1, sum(s.whole for s in stage.streams))


def _in_turns(stage: Together) -> tuple[str, Measurement] | None:
    share = _together(stage)
    if share > MOVING:
        return None
    return "in-turns", exact(
        "moving_share", share, "ratio", Comparator.GT, MOVING, len(stage.streams)
    )


def _unfair(
    index: float, slow: float, n: int, settings: Settings
) -> tuple[str, Measurement] | None:
    if index < settings.fairness:
        return "unfair", exact("jain_index", index, "", Comparator.GE, settings.fairness, n)
    if slow > settings.slowest:
        return "one-starves", exact(
            "slowest_by_median", slow, "", Comparator.LE, settings.slowest, n
        )
    return None


def rate(stream: HeldStream) -> float | None:
    """Content events a second from when it was due to its last; ``None``: too few to say."""
    first, last = stream.first_content, stream.last_content
    if not stream.whole or first is None or last is None or stream.content_events < LEAST_EVENTS:
        return None
    return stream.content_events / last if last > first else None


def slowest(stage: Together) -> float:
    """Duration of the slowest whole stream by the median one's."""
    took = [s.ended for s in stage.streams if s.whole and s.ended is not None]
    middle = percentile(took, 0.5)
    return max(took) / middle if middle > 0 else 1.0


CHECK = Check(SPEC, (Held, Wire), judge)
