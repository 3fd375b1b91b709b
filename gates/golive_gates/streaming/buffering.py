"""Whether events are held back on their way, and by whom. Pure.

``streaming.effective-buffering`` says so; other checks that cannot see anything behind such a
front name it as their cause.
"""

from __future__ import annotations

import math

from golive.api import Comparator, Measurement, Observation, Outcome, Reason, Unavailable
from golive.measuring import success_measurement
from golive.stats import percentile
from golive_gates.streaming.measure import exact, gaps_of
from golive_gates.streaming.parts import DIRECT, FRONT, StreamSeen, Wire
from golive_gates.streaming.settings import Settings

CHECK_ID = "streaming.effective-buffering"

LEAST_EVENTS = 5
"""A stream with fewer content events shows no pattern."""
LAG_SHARE = 0.5
"""golive's own loop lag may be this share of the usual gap between events."""

Streams = tuple[StreamSeen, ...]
Found = tuple[Reason, Measurement]
Params = dict[str, float | int | str]


def undecidable(part: Wire) -> Reason | None:
    """Why *part*, which has complete streams of the front, shows no pattern."""
    front, direct = part.complete(FRONT), part.complete(DIRECT)
    if part.stopped or len(front) < part.planned:
        params: Params = {"n": len(front), "planned": part.planned, "stopped": part.stopped or "-"}
        return Reason("too-few-streams", params)
    if part.has_direct and not direct:
        return Reason("direct-failed")
    most = max(s.content_events for s in front)
    if most < LEAST_EVENTS:
        return Reason("too-few-events", {"events": most, "least": LEAST_EVENTS})
    return None


def blurred(part: Wire, alone: Measurement) -> Reason | None:
    """Whether golive itself may have gathered the events that came together."""
    usual = percentile(_gaps(part.complete(DIRECT) or part.complete(FRONT)), 0.5)
    if alone.outcome is not Outcome.PROVEN and part.loop_lag_p99 > LAG_SHARE * usual > 0:
        return Reason("client-too-slow", {"lag": part.loop_lag_p99, "gap": usual})
    return None


def holding(part: Wire, alone: Measurement, settings: Settings) -> Found | None:
    """How events are held back, with its measurement; ``None``: they are not."""
    front, direct = part.complete(FRONT), part.complete(DIRECT)
    return _shared(part, alone, direct, settings) or _slower(front, direct, settings)


def behind_a_holding_front(observation: Observation, settings: Settings) -> bool:
    """Whether ``streaming.effective-buffering`` fails on the same observation."""
    part = observation.find(Wire)
    if isinstance(part, Unavailable) or not part.complete(FRONT) or undecidable(part):
        return False
    alone = alone_of("events_alone", part.complete(FRONT), settings)
    return blurred(part, alone) is None and holding(part, alone, settings) is not None


def _shared(part: Wire, alone: Measurement, direct: Streams, settings: Settings) -> Found | None:
    """Whether too many events shared their reads, and whose doing that is."""
    if alone.outcome is not Outcome.REFUTED:
        return None
    params = params_of(part, alone, settings)
    if not direct:
        return Reason("held-back-unplaced", params), alone
    there = alone_of("events_alone_direct", direct, settings)
    more = {**params, "direct": there.value}
    return Reason("service-gathers" if there.value < settings.alone else "held-back", more), alone


def _slower(front: Streams, direct: Streams, settings: Settings) -> Found | None:
    """Whether the front delays what it passes on one by one."""
    if not direct:
        return None
    delay = _first(front) - _first(direct)
    if delay > settings.front_delay:
        params = {"delay": delay, "limit": settings.front_delay}
        measurement = exact(
            "front_delay", delay, "s", Comparator.LE, settings.front_delay, len(front)
        )
        return Reason("first-held-back", params), measurement
    here, there = percentile(_gaps(front), 0.95), percentile(_gaps(direct), 0.95)
    limit = max(settings.least_gap, round(settings.gap_factor * there, 3))
    if here > limit:
        params = {"front": here, "direct": there, "limit": limit}
        n = len(_gaps(front))
        return Reason("gaps-stretched", params), exact(
            "gap_p95", here, "s", Comparator.LE, limit, n
        )
    return None


def alone_of(name: str, streams: Streams, settings: Settings) -> Measurement:
    """Share of the content events of *streams* that had a read to themselves."""
    events = sum(s.content_events for s in streams)
    shared = events - sum(s.alone for s in streams)
    return success_measurement(name, events, shared, settings.alone, settings.confidence)


def _first(streams: Streams) -> float:
    seen = [math.inf if s.first_content is None else s.first_content for s in streams]
    return percentile(seen, 0.5)


def _gaps(streams: Streams) -> list[float]:
    found = [gap for s in streams for gap in gaps_of(s.moments)]
    # A stream that came in one piece has no gap: its whole length stands for it.
    return found or [s.ended or 0.0 for s in streams]


def params_of(part: Wire, alone: Measurement, settings: Settings) -> Params:
    """What the sentences about shared reads need."""
    return {
        "value": alone.value,
        "bound": alone.bound or 0.0,
        "objective": settings.alone,
        "confidence": settings.confidence,
        "n": alone.n or 0,
        "streams": len(part.complete(FRONT)),
    }
