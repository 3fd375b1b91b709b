"""``streaming.idle-stream``: a stream that is silent for a while is not ended for it.

What: a stream of ``idle_body`` through the front, whose content pauses for ``idle_for``, still
ends with its terminal event. The claim covers the silence that was really waited, no more.
Why: thinking models pause for long; whoever ends the stream then (a proxy's read time-out, a
load balancer's idle time-out) turns a slow answer into a lost one.
Remedy: raise the read and idle time-outs on the way, or send heartbeats more often than they.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Comparator, Fact, Observation, Reason
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import Idle
from golive_gates.streaming.seen import why_not
from golive_gates.streaming.settings import Settings
from golive_gates.streaming.silence import STILL_OPEN, gave_up, silence_of, was_refused

SPEC = CheckSpec("streaming.idle-stream")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whole after a silence of the length that was asked for."""
    part = observation.require(Idle)
    stream = part.stream
    if stream is None:
        return SPEC.inconclusive(Reason("no-idle-body"), evidence=part.evidence)
    seen = silence_of(stream)
    wanted = settings.idle_for * STILL_OPEN
    facts = (
        Fact("silence", seen.length, "s"),
        Fact("heartbeats_in_silence", seen.heartbeats),
        Fact("stream_seconds", stream.ended, "s"),
    )
    params: dict[str, str | int | float] = {
        "silence": seen.length,
        "wanted": settings.idle_for,
        "after": stream.ended,
        "failure": stream.failure or "-",
        "detail": stream.detail or "-",
        "gap": seen.longest_gap,
    }
    if gave_up(stream, settings.longest_gap):
        return SPEC.inconclusive(
            Reason("own-time-out", params), evidence=part.evidence, facts=facts
        )
    if was_refused(stream) or (seen.broke and not seen.broke_silent):
        reason = why_not(stream.status, stream.failure, stream.detail)
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if seen.broke and seen.longest_gap >= settings.longest_gap:
        return SPEC.inconclusive(
            Reason("broke-unheard", params),
            evidence=part.evidence,
            facts=facts,
            blocked_by="streaming.heartbeat",
        )
    if seen.broke:
        return SPEC.failed(Reason("cut", params), evidence=part.evidence, facts=facts)
    if seen.length < wanted:
        return SPEC.inconclusive(
            Reason("silence-too-short", params), evidence=part.evidence, facts=facts
        )
    return SPEC.passed(
        Reason("survived", params),
        measurement=exact("silence", seen.length, "s", Comparator.GE, wanted, 1),
        evidence=part.evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (Idle,), judge)
