"""One request while it is under way, and the record it becomes."""

from __future__ import annotations

import math
from collections.abc import Callable

from golive.probe.exchange import clean
from golive.probe.load.events import EventReader
from golive.probe.load.http1 import ResponseHead
from golive.probe.load.record import RequestOutcome, RequestRecord
from golive.probe.load.template import Template

_SNIPPET = 512
_MAX_REFUSAL = 64 << 10


class Flight:
    """Times are monotonic s; ``record`` turns them into s after *due*."""

    __slots__ = (
        "_body",
        "_expected",
        "_matched",
        "bytes",
        "connected",
        "deadline",
        "detail",
        "due",
        "ended",
        "first_byte",
        "headers",
        "index",
        "outcome",
        "reader",
        "retried",
        "retry_after",
        "reused",
        "sent",
        "started",
        "status",
        "template",
        "unstamped",
        "verdict",
    )

    def __init__(
        self, index: int, template: Template, due: float, started: float, expected: str | None
    ) -> None:
        self.index = index
        self.template = template
        self.due = due
        self.started = started
        self.deadline = started + template.timeout
        self.sent: float | None = None
        self.connected: float | None = None
        self.headers: float | None = None
        self.first_byte: float | None = None
        self.ended: float | None = None
        self.status: int | None = None
        self.outcome: RequestOutcome | None = None
        self.verdict: RequestOutcome | None = None  # decided by the head, told at the end
        self.detail = ""
        self.retry_after: str | None = None
        self.reused = False
        self.retried = False
        self.unstamped = 0
        self.bytes = 0
        self.reader: EventReader | None = None
        self._body = b""
        self._expected = None if expected is None else expected.encode("utf-8", "replace")
        self._matched = 0

    def begin_body(self, head: ResponseHead, at: float, tap: Tap | None) -> None:
        """The head has come: decide what its body is."""
        self.headers = at
        self.status = head.status
        self.retry_after = None if head.retry_after is None else clean(head.retry_after, 80)
        spec = self.template.spec
        if not 200 <= head.status < 300:
            self.verdict = RequestOutcome.STATUS
            self.detail = f"HTTP {head.status}"
            if 300 <= head.status < 400:
                self.detail += f" to {clean(head.header('location') or 'nowhere', 120)}"
        elif head.encoding:
            self.verdict = RequestOutcome.MALFORMED
            self.detail = f"{clean(head.encoding, 80)}-encoded although identity was asked"
        elif spec is not None and head.content_type != "text/event-stream":
            self.verdict = RequestOutcome.NOT_A_STREAM
            kind = clean(head.content_type, 80) or "no content type"
            self.detail = f"{kind} instead of text/event-stream"
        elif spec is not None:
            expected = None if self._expected is None else self._expected.decode("utf-8")
            self.reader = EventReader(spec, expected, None if tap is None else tap(self))

    def take(self, data: bytes, at: float) -> bool:
        """Take bytes of the body; whether enough is known to end the request."""
        if self.first_byte is None:
            self.first_byte = at
        reader = self.reader
        if reader is not None:
            reader.take(data, at)
            return reader.over
        self.bytes += len(data)
        if self.verdict is not None:
            self._body += data[: max(0, _SNIPPET - len(self._body))]
            # A refusal is read to its end, so that its connection can be used again.
            limit = _MAX_REFUSAL if self.verdict is RequestOutcome.STATUS else 0
            return self.bytes > limit
        if self.bytes > self.template.request.max_body:
            self.fail(
                RequestOutcome.TOO_LARGE,
                f"body larger than {self.template.request.max_body} bytes",
                at,
            )
            return True
        if self._expected is not None and self._matched >= 0:
            begins = self._expected.startswith(data, self._matched)
            self._matched = self._matched + len(data) if begins else -1
        return False

    def fail(self, outcome: RequestOutcome, detail: str, at: float) -> None:
        """It failed at *at*; what the head had decided stays the reason."""
        if self.outcome is not None:
            return
        self.ended = at
        if self.reader is not None:
            self.reader.end(at)
        if self.verdict is None:
            self.outcome, self.detail = outcome, clean(detail)
        else:
            self._tell_verdict()

    def patience_lost(self, now: float) -> str:
        """Which of its limits was reached at *now*, in words."""
        idle = self.template.idle
        if now < self.deadline and idle is not None:
            return f"silent for {idle:g} s"
        return f"not finished within {self.template.timeout:g} s"

    def cut_off(self, reason: str, at: float) -> None:
        """The run ends at *at* because of *reason*, but what is known by now stays known."""
        reader = self.reader
        matches = self._matched >= 0 if reader is None else reader.still_matches
        if self.verdict is None and not matches:
            self.fail(RequestOutcome.WRONG_CONTENT, "the content is not the known answer", at)
        else:
            self.fail(RequestOutcome.UNFINISHED, reason, at)

    def finish(self, at: float, *, whole: bool) -> None:
        """The body ended at *at*, *whole* or cut off, or the stream said that it is over."""
        if self.outcome is not None:
            return
        self.ended = at
        reader = self.reader
        if self.verdict is not None:
            self._tell_verdict()
        elif reader is not None:
            reader.end(at)
            self.outcome, self.detail = self._of_stream(reader, whole=whole)
        elif not whole:
            self.outcome = RequestOutcome.TRUNCATED
            self.detail = f"the connection ended after {self.bytes} bytes of the body"
        elif self._expected is not None and self._matched != len(self._expected):
            self.outcome = RequestOutcome.WRONG_CONTENT
            self.detail = "the body is not the known answer"
        else:
            self.outcome = RequestOutcome.OK

    def _of_stream(self, reader: EventReader, *, whole: bool) -> tuple[RequestOutcome, str]:
        if reader.failure is not None:
            return reader.failure, reader.detail
        if reader.terminal is None and not (whole and reader.spec.ends_at_eof):
            how = "the body ended" if whole else "the connection ended"
            return RequestOutcome.TRUNCATED, f"{how} without the terminal event"
        if reader.matches is False:
            return RequestOutcome.WRONG_CONTENT, "the content is not the known answer"
        if not reader.content_events and self._expected != b"":
            return RequestOutcome.WRONG_CONTENT, "the stream ended without any content"
        return RequestOutcome.OK, ""

    def _tell_verdict(self) -> None:
        self.outcome = self.verdict
        if self._body:
            begins = clean(self._body.decode("utf-8", "replace"), 160)
            self.detail = clean(f"{self.detail}, beginning: {begins}")

    @property
    def first_content(self) -> float:
        """For progress: s after *due*, +inf unless all went well and it was seen."""
        reader = self.reader
        if self.outcome is not RequestOutcome.OK:
            return math.inf
        if reader is None or reader.first_content is None:
            return math.inf if reader is not None or self.ended is None else self.ended - self.due
        return reader.first_content - self.due

    def record(self, start: float, *, warmup: bool, keep_gaps: int) -> RequestRecord:
        """Its record in a run that began at *start*."""
        due = self.due

        def after(at: float | None) -> float | None:
            return None if at is None else max(0.0, at - due)

        reader = self.reader
        matches: bool | None = None
        if self._expected is not None and reader is None and self.bytes and self.verdict is None:
            matches = self._matched == len(self._expected)
        fields: dict[str, object] = {}
        if reader is not None:
            fields = {
                "first_comment": after(reader.first_comment),
                "first_event": after(reader.first_event),
                "first_content": after(reader.first_content),
                "last_content": after(reader.last_content),
                "terminal": after(reader.terminal),
                "events": reader.events,
                "content_events": reader.content_events,
                "heartbeats": reader.heartbeats,
                "shared_events": reader.shared_events,
                "malformed": reader.malformed,
                "gaps": tuple(reader.gaps[:keep_gaps]),
                "gap_count": reader.gap_count,
                "max_gap": reader.max_gap,
                "stalls": reader.stalls,
            }
            matches = reader.matches
        return RequestRecord(
            index=self.index,
            request=self.template.number,
            scheduled=max(0.0, due - start),
            outcome=self.outcome or RequestOutcome.UNFINISHED,
            warmup=warmup,
            detail=self.detail,
            status=self.status,
            started=None if self.outcome is RequestOutcome.UNSENT else after(self.started),
            sent=after(self.sent),
            connected=after(self.connected),
            headers=after(self.headers),
            first_byte=after(self.first_byte),
            ended=after(self.ended),
            bytes=self.bytes if reader is None else reader.bytes,
            matches=matches,
            retry_after=self.retry_after,
            connection_reused=self.reused,
            retried=self.retried,
            unstamped=self.unstamped,
            **fields,  # type: ignore[arg-type]
        )


Tap = Callable[[Flight], Callable[[float, object], None]]
