"""``streaming.compression``: an event stream is not compressed on its way.

What: the stream route is asked by a client that offers gzip, br, deflate and zstd, as every
browser does; the answer must not be encoded. Why: a compressor gathers input until a block is
full, so events wait for one another, and a probe that offers nothing never notices.
Remedy: take ``text/event-stream`` out of the compressed types (nginx: ``gzip_types``, or
``gzip off`` on the route; in the service: leave streams out of the compression middleware).
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason
from golive_gates.streaming.parts import DIRECT, FRONT, Head, Heads
from golive_gates.streaming.seen import head_of, is_event_stream, why_not
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.compression")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Any encoding but identity fails."""
    del settings
    part = observation.require(Heads)
    front, direct = (head_of(part.compressing, r) for r in (FRONT, DIRECT))
    facts = (
        Fact("front_encoding", _encoding(front) if front else None),
        Fact("direct_encoding", _encoding(direct) if direct else None),
        Fact("front_server", front.header("server") if front else None),
    )
    if front is None or front.status is None or not 200 <= front.status < 300:
        status, failure, detail = (
            (front.status, front.failure, front.detail) if front else (None, "", "")
        )
        reason = why_not(status, failure, detail)
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if not is_event_stream(front):
        reason = Reason("not-a-stream", {"value": front.header("content-type") or "-"})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    encoding = _encoding(front)
    if encoding != "identity":
        by_service = direct is not None and _encoding(direct) == encoding
        params = {"encoding": encoding}
        if by_service:
            reason = Reason("compressed-by-service", params)
        elif direct is not None:
            reason = Reason("compressed-by-front", params)
        else:
            reason = Reason("compressed", params)
        return SPEC.failed(reason, evidence=part.evidence, facts=facts)
    if front.failure:
        reason = why_not(front.status, front.failure, front.detail)
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    reason = Reason("plain", {"offered": front.offered})
    return SPEC.passed(reason, evidence=part.evidence, facts=facts)


def _encoding(head: Head) -> str:
    return (head.header("content-encoding") or "").strip().lower() or "identity"


CHECK = Check(SPEC, (Heads,), judge)
