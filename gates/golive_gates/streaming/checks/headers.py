"""``streaming.headers``: the head of a stream says that it is one, and not to be kept back.

What: ``Content-Type: text/event-stream`` in UTF-8, ``Cache-Control`` with ``no-store`` or
``no-cache``, no ``Content-Length``, and ``X-Accel-Buffering: no`` from the service itself,
which nginx consumes. Why: caches and proxies on the way decide by these headers, also those
that nobody here configures. A browser rejects another type (WHATWG HTML, 9.2).
Remedy: set them where the stream is made; the findings name the header and the value seen.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.streaming.parts import DIRECT, FRONT, Head, Heads
from golive_gates.streaming.seen import head_of, is_event_stream, why_not
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.headers")

NAMES = ("content-type", "cache-control", "x-accel-buffering", "content-length")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Wrong headers fail; a buffering hint that nobody could see is a remark."""
    del settings
    part = observation.require(Heads)
    heads = [h for r in (FRONT, DIRECT) if (h := head_of(part.plain, r)) is not None]
    facts = tuple(Fact(f"{h.route}: {name}", h.header(name)) for h in heads for name in NAMES)
    unseen = next((h for h in heads if h.status is None or not 200 <= h.status < 300), None)
    if unseen is not None or not heads:
        reason = (
            Reason("no-samples")
            if unseen is None
            else why_not(unseen.status, unseen.failure, unseen.detail)
        )
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    wrong = [finding for h in heads for finding in _wrong(h)]
    hint = _hint(part, heads)
    if hint is not None and part.has_direct:
        wrong.append(hint)
    if wrong:
        params: dict[str, str | int | float] = {"count": len(wrong), "subject": wrong[0].subject}
        return SPEC.failed(
            Reason("wrong", params),
            evidence=part.evidence,
            facts=facts,
            findings=tuple(wrong),
        )
    if hint is not None:
        return SPEC.warned(
            Reason("hint-unseen"), evidence=part.evidence, facts=facts, findings=(hint,)
        )
    return SPEC.passed(Reason("right", {"routes": len(heads)}), evidence=part.evidence, facts=facts)


def _wrong(head: Head) -> list[Finding]:
    found: list[Finding] = []

    def note(name: str, code: str, value: str | None) -> None:
        reason = Reason(code, {"value": value or "-"})
        found.append(Finding(f"{head.route}: {name}", reason))

    params = (head.header("content-type") or "").partition(";")[2]
    if not is_event_stream(head):
        note("Content-Type", "wrong-type", head.header("content-type"))
    charset = next(
        (
            value.strip().strip('"').lower()
            for name, _, value in (p.partition("=") for p in params.split(";"))
            if name.strip().lower() == "charset"
        ),
        "utf-8",
    )
    if charset not in ("utf-8", "utf8"):
        note("Content-Type", "wrong-charset", charset)
    cache = head.header("cache-control") or ""
    if not {"no-store", "no-cache"} & {d.strip().lower() for d in cache.split(",")}:
        note("Cache-Control", "may-be-cached" if cache else "no-cache-control", cache)
    if head.header("content-length") is not None:
        note("Content-Length", "has-length", head.header("content-length"))
    return found


def _hint(part: Heads, heads: list[Head]) -> Finding | None:
    """The missing ``X-Accel-Buffering: no``, looked for where a front cannot have taken it."""
    head = head_of(part.plain, DIRECT) or heads[0]
    value = (head.header("x-accel-buffering") or "").strip().lower()
    if value == "no":
        return None
    code = "hint-wrong" if value else "hint-missing"
    return Finding(f"{head.route}: X-Accel-Buffering", Reason(code, {"value": value or "-"}))


CHECK = Check(SPEC, (Heads,), judge)
