"""Counts and times the events of one stream as they come, as cheaply as can be.

The answers are those of ``SseParser`` and ``StreamRecorder``, to which the tests hold it. The
common case, whole events in one read, is cut apart here without making records; anything else
(an event cut by a read, lone CR, a byte order mark) goes through ``SseParser`` until it is
between two blocks again.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable

from golive.probe.exchange import clean
from golive.probe.load.blocks import blocks_of
from golive.probe.load.http1 import SIZES
from golive.probe.load.record import RequestOutcome
from golive.probe.load.stream_spec import (
    CONTENT,
    ERROR,
    HEARTBEAT,
    TERMINAL,
    StreamSpec,
)
from golive.probe.sse import Comment, Event, Record, SseLimitExceeded, SseParser

Tap = Callable[[float, Record], None]

_SPILL_AT = 1 << 16
_CR = 13
# A chunk of HTTP that is one whole event: its size line, its type or None, its one line of data.
# For speed an empty branch instead of "?"; digits, and a CR in the data, are checked apart.
_one_event = re.compile(
    rb"([^\r]+)\r\n(?:id:[^\r\n]*\n|)(?:event: ?([^\r\n]*)\n(?:id:[^\r\n]*\n|)|)"
    rb"data: ?([^\n]*)\n\n\r\n"
).fullmatch


class EventReader:
    """State of one stream. Times are those given to ``take``. Does no I/O.

    *failure* is set when the stream must not be read any further, *over* with it and at the
    terminal event. *tap* is shown every record, also those that say nothing to the counts.
    """

    __slots__ = (
        "_begun", "_expected", "_longest", "_matched", "_parser", "_spilled", "_steady", "_tap",
        "bytes", "detail", "events", "failure", "first_comment", "first_content", "first_event",
        "gaps", "heartbeats", "last_content", "malformed", "over", "shared_events", "spec",
        "stalls", "terminal",
    )  # fmt: skip

    def __init__(self, spec: StreamSpec, expected: str | None, tap: Tap | None = None) -> None:
        self.spec = spec
        self._expected = expected
        self._matched = 0  # characters of the known answer seen; -1: something else came
        self._parser: SseParser | None = None
        self._tap = tap
        self._begun = False
        self._steady = False  # content is only to be counted and timed from now on
        self.bytes = 0
        self.events = 0
        self.heartbeats = 0
        self.shared_events = 0
        self.malformed = 0
        self.stalls = 0
        # Four bytes a gap: ten thousand long streams are to fit, and 1 part in 10^7 is enough.
        self.gaps = array("f")
        self._spilled = 0
        self._longest = 0.0
        self.first_comment: float | None = None
        self.first_event: float | None = None
        self.first_content: float | None = None
        self.last_content: float | None = None
        self.terminal: float | None = None
        self.failure: RequestOutcome | None = None
        self.detail = ""
        self.over = False

    # Counted here and not per event: what ten thousand streams touch is not in any cache.

    @property
    def gap_count(self) -> int:
        """How many gaps there were."""
        return self._spilled + len(self.gaps)

    @property
    def content_events(self) -> int:
        """How many events brought content."""
        return 0 if self.last_content is None else 1 + self.gap_count

    @property
    def max_gap(self) -> float | None:
        """The longest gap; ``None`` if there was none."""
        longest = max(self.gaps, default=0.0)
        return max(self._longest, longest) if self.gap_count else None

    @property
    def matches(self) -> bool | None:
        """Whether the content is the known answer; ``None``: none, or no content came."""
        if self._expected is None or (self.last_content is None and self._expected):
            return None
        return self._matched == len(self._expected)

    @property
    def still_matches(self) -> bool:
        """Whether all content so far is how the known answer begins, if there is one."""
        return self._matched >= 0

    def take_chunk(self, chunk: bytes, at: float) -> bool:
        """Take *chunk*, a read that begins a chunk of HTTP, if it is just one whole event.

        False: it is not, or not surely, and nothing was taken. Not before the first ``take``.
        """
        found = _one_event(chunk)
        if found is None or self._parser is not None or self._tap is not None:
            return False
        spec = self.spec
        line, name, value = found.groups()
        size = len(chunk) - len(line) - 4
        total = self.bytes + size
        if SIZES.get(line) != size or size > spec.max_direct or total > spec.max_bytes:
            return False
        if _CR in value:  # an int: a bytes operand would raise and drop an exception first
            return False
        self.bytes = total
        kind = spec.kinds.get(name, 0)
        last = self.last_content
        if self._steady and kind == CONTENT and value and last is not None:
            self.events += 1
            self.last_content = at
            gap = at - last
            if gap > spec.stall_after:
                self.stalls += 1
            self.gaps.append(gap)
            if len(self.gaps) >= _SPILL_AT:
                self._spill()
        else:
            self._event(kind, value, at)
        return True

    def take(self, data: bytes, at: float) -> None:
        """Take what one read brought of the body; not after ``failure``."""
        rules = self.spec.rules
        self.bytes += len(data)
        if self.bytes > rules.max_bytes:
            limit = f"stream larger than {rules.max_bytes} bytes"
            self._fail(RequestOutcome.TOO_LARGE, limit)
            return
        before = self.events
        if (
            self._parser is None
            and data[-1:] == b"\n"
            and self.spec.fast
            and len(data) <= rules.max_event_bytes
            and self._tap is None
            and (self._begun or data[:1] != b"\xef")
        ):
            self._begun = True
            text = data.replace(b"\r\n", b"\n") if b"\r" in data else data
            if text[-2:] == b"\n\n" and b"\r" not in text:
                self._take_blocks(text, at)
            else:
                self._take_slowly(data, at, fresh=False)
        else:
            self._take_slowly(data, at, fresh=not self._begun)
            self._begun = True
        brought = self.events - before
        if brought > 1:
            self.shared_events += brought

    def end(self, at: float) -> None:
        """The stream is over, whole or not: count the silence before it."""
        last = self.last_content
        if last is not None and self.terminal is None and at - last > self.spec.stall_after:
            self.stalls += 1

    def _take_blocks(self, text: bytes, at: float) -> None:
        kinds = self.spec.kinds
        for name, data in blocks_of(text):
            if data is None:
                self._comment(at)
                continue
            self._event(kinds.get(name, 0), data, at)
            if self.failure is not None:
                return

    def _take_slowly(  # noqa: C901 - every way out of one feed, in its order
        self, data: bytes, at: float, *, fresh: bool
    ) -> None:
        parser = self._parser
        if parser is None:
            parser = self._parser = SseParser(max_event_bytes=self.spec.rules.max_event_bytes)
            if not fresh:
                parser.feed(b"\n")  # no byte order mark is to be expected any more
        exceeded = None
        try:
            records = parser.feed(data)
        except SseLimitExceeded as error:
            records, exceeded = list(error.records), error
        for record in records:
            if self._tap is not None:
                self._tap(at, record)
            if isinstance(record, Event):
                self._event(self.spec.kinds.get(record.type, 0), record.data, at)
            elif isinstance(record, Comment):
                self._comment(at)
            if self.failure is not None:
                return
        if exceeded is not None:
            self._fail(RequestOutcome.TOO_LARGE, str(exceeded))
        elif self._tap is None and parser.between_blocks:
            self._parser = None

    def _comment(self, at: float) -> None:
        self.heartbeats += 1
        if self.first_comment is None:
            self.first_comment = at

    def _event(self, kind: int, raw: bytes | str, at: float) -> None:
        self.events += 1
        if self.first_event is None:
            self.first_event = at
        if not kind or self.terminal is not None:
            return
        if kind == CONTENT:
            self._content(raw, at)
            return
        data = raw if isinstance(raw, str) else str(raw, "utf-8", "replace")
        if kind & ERROR:
            self._fail(RequestOutcome.STREAM_ERROR, f"error event: {clean(data)}")
            return
        if kind & HEARTBEAT:
            self.heartbeats += 1
        if kind & TERMINAL:
            wanted = self.spec.terminal_data
            if wanted is None or data.strip() == wanted:
                self.terminal = at
                self.over = True
                last = self.last_content
                if last is not None and at - last > self.spec.stall_after:
                    self.stalls += 1
                return
        if kind & CONTENT:
            self._content(data, at)

    def _content(self, raw: bytes | str, at: float) -> None:
        spec = self.spec
        found: object = raw
        if not spec.whole:
            try:
                found, error = spec.content_of(raw)
            except ValueError:
                self.malformed += 1
                return
            if error is not None:
                self._fail(RequestOutcome.STREAM_ERROR, clean(str(error)))
                return
        if not found or not isinstance(found, (str, bytes)):
            return
        last, self.last_content = self.last_content, at
        if self.first_content is None or self._expected is not None:
            self._read(found if isinstance(found, str) else str(found, "utf-8", "replace"), at)
        if last is None:
            return
        gap = at - last
        if gap > spec.stall_after:
            self.stalls += 1
        gaps = self.gaps
        gaps.append(gap)
        if len(gaps) >= _SPILL_AT:
            self._spill()

    def _spill(self) -> None:
        gaps, keep = self.gaps, self.spec.keep_gaps
        if len(gaps) < _SPILL_AT + keep:
            return
        self._spilled += len(gaps) - keep
        longest = max(gaps)
        self._longest = max(self._longest, longest)
        self.spec.spilled.add_all(gaps[keep:])
        del gaps[keep:]

    def _read(self, text: str, at: float) -> None:
        # White space alone shows nothing to a reader, and would flatter the first content.
        if self.first_content is None and not text.isspace():
            self.first_content = at
            self._steady = self.spec.whole and self._expected is None
        if self._expected is not None and self._matched >= 0:
            # JSON may smuggle lone surrogates in, which no output could encode.
            text = text.encode("utf-8", "replace").decode("utf-8")
            begins = self._expected.startswith(text, self._matched)
            self._matched = self._matched + len(text) if begins else -1

    def _fail(self, outcome: RequestOutcome, detail: str) -> None:
        self.failure = outcome
        self.detail = detail
        self.over = True
