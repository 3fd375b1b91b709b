"""``streaming.heartbeat``: a silent stream still sends something, often enough for every proxy.

What: the longest time between any two bytes of a stream that has nothing to say for a while,
against half of the shortest idle time-out on the way. Why: a proxy ends a connection that is
silent for its time-out (60 s by default in nginx), and to the user the model then looks broken.
Remedy: send an SSE comment every 15 s or so (sse-starlette: ``ping``), and keep ``idle_limit``
equal to the shortest time-out on the way.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Fact, Observation, Reason
from golive_gates.streaming.buffering import CHECK_ID, behind_a_holding_front
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import Idle, Wire
from golive_gates.streaming.seen import why_not
from golive_gates.streaming.settings import Settings
from golive_gates.streaming.silence import gave_up, silence_of, was_refused

SPEC = CheckSpec("streaming.heartbeat")

LEAST_HEARTBEATS = 2
"""One heartbeat in a short silence shows no interval: the next might never come."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The longest gap decides once the silence was long enough to show one."""
    part = observation.require(Idle)
    stream = part.stream
    if stream is None:
        return SPEC.inconclusive(Reason("no-idle-body"), evidence=part.evidence)
    seen = silence_of(stream)
    limit = settings.longest_gap
    facts = (
        Fact("silence", seen.length, "s"),
        Fact("heartbeats_in_silence", seen.heartbeats),
        Fact("heartbeats", stream.heartbeats),
    )
    params = {
        "gap": seen.longest_gap,
        "limit": limit,
        "silence": seen.length,
        "heartbeats": seen.heartbeats,
        "idle_limit": settings.idle_limit,
    }
    if was_refused(stream):
        reason = why_not(stream.status, stream.failure, stream.detail)
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    measurement = exact(
        "longest_gap", seen.longest_gap, "s", Comparator.LT, limit, len(stream.bytes_at)
    )
    held = seen.longest_gap >= limit and not seen.heartbeats
    if held and behind_a_holding_front(observation, settings):
        return SPEC.inconclusive(
            Reason("buffered"), evidence=part.evidence, facts=facts, blocked_by=CHECK_ID
        )
    if seen.longest_gap >= limit:
        code = "rare" if seen.heartbeats else "none"
        return SPEC.failed(
            Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if seen.broke:
        cut = seen.broke_silent and not gave_up(stream, limit)
        cause = "streaming.idle-stream" if cut else None
        return SPEC.inconclusive(
            Reason("broke", params), evidence=part.evidence, facts=facts, blocked_by=cause
        )
    if seen.length < limit and seen.heartbeats < LEAST_HEARTBEATS:
        return SPEC.inconclusive(
            Reason("silence-too-short", params), evidence=part.evidence, facts=facts
        )
    return SPEC.passed(
        Reason("often-enough", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (Idle, Wire), judge)
