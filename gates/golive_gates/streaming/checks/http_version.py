"""``streaming.http-version``: streams come over HTTP/1.1, framed, on a kept connection.

What: the version of the answer, its framing (chunked), and whether a further request went over
the same connection after the stream's end. Why: in HTTP/1.0 and without framing the end of the
connection is the end of the stream, so a cut looks like an end (RFC 9112, 6.3 and 8); a
connection for each stream costs a handshake each, on both sides of the front.
golive itself speaks HTTP/1.1 only, so nothing is said of HTTP/2 or 3.
Remedy: nginx: ``proxy_http_version 1.1`` and ``proxy_set_header Connection ""``; do not send
``Connection: close`` with streams.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason
from golive_gates.streaming.parts import FRONT, Head, Heads
from golive_gates.streaming.seen import head_of, why_not
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.http-version")

OLD = frozenset({"HTTP/0.9", "HTTP/1.0"})


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An old version or no framing fails, a connection that ends with its stream is a remark."""
    del settings
    part = observation.require(Heads)
    head = head_of(part.plain, FRONT)
    if head is None or head.status is None or not 200 <= head.status < 300:
        status, failure, detail = (
            (head.status, head.failure, head.detail) if head else (None, "", "")
        )
        return SPEC.inconclusive(why_not(status, failure, detail), evidence=part.evidence)
    facts = (
        Fact("http_version", head.version or None),
        Fact("framing", _framing(head)),
        Fact("connection_reused", None if head.reused is None else str(head.reused).lower()),
    )
    if not head.version:
        return SPEC.inconclusive(Reason("version-unseen"), evidence=part.evidence, facts=facts)
    params = {"version": head.version, "framing": _framing(head)}
    if head.version in OLD:
        return SPEC.failed(Reason("old-version", params), evidence=part.evidence, facts=facts)
    if _framing(head) == "close":
        return SPEC.failed(Reason("unframed", params), evidence=part.evidence, facts=facts)
    if head.failure:
        reason = why_not(head.status, head.failure, head.detail)
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if head.reused is None:
        return SPEC.inconclusive(Reason("reuse-unseen"), evidence=part.evidence, facts=facts)
    if not head.reused:
        said = "close" in (head.header("connection") or "").lower()
        code = "closes-said" if said else "closes"
        return SPEC.warned(Reason(code, params), evidence=part.evidence, facts=facts)
    return SPEC.passed(Reason("kept", params), evidence=part.evidence, facts=facts)


def _framing(head: Head) -> str:
    """``chunked``, ``length`` or ``close``."""
    if "chunked" in (head.header("transfer-encoding") or "").lower():
        return "chunked"
    return "close" if head.header("content-length") is None else "length"


CHECK = Check(SPEC, (Heads,), judge)
