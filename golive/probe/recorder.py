"""Turns the bytes of one stream, as they come, into the numbers of a ``StreamTrace``."""

from __future__ import annotations

import hashlib
from collections import Counter

from golive.probe.exchange import Failure, FailureKind, clean
from golive.probe.sse import Comment, Event, Record, Retry, SseLimitExceeded, SseParser
from golive.probe.trace import MAX_READS, MalformedDataError, Read, StreamRules, pick

_MAX_TYPES = 32
_MAX_NAME = 80


class StreamRecorder:
    """State of one stream. Times are s after the scheduled time. Does no I/O."""

    def __init__(self, rules: StreamRules) -> None:
        self._rules = rules
        self._parser = SseParser(max_event_bytes=rules.max_event_bytes)
        self._digest = hashlib.sha256()
        self._pieces: list[str] = []
        self._kept = 0
        self._types: Counter[str] = Counter()
        self._reads: list[Read] = []
        self._read: Read | None = None
        self._read_number = 0
        self.failure: Failure | None = None
        self.total_bytes = 0
        self.events = 0
        self.content_events = 0
        self.events_after_terminal = 0
        self.malformed = 0
        self.heartbeats = 0
        self.retry_preamble = False
        self.read_count = 0
        self.events_in_shared_reads = 0
        self.content_in_shared_reads = 0
        self.content_truncated = False
        self.unfinished = False
        self.first_byte_at: float | None = None
        self.first_comment_at: float | None = None
        self.first_event_at: float | None = None
        self.first_content_at: float | None = None
        self.last_content_at: float | None = None
        self.terminal_at: float | None = None

    def take(self, data: bytes, at: float, read_number: int) -> None:
        """Record *data* that came at *at* with the connection's read *read_number*.

        ``failure`` is set when the stream must not be read any further.
        """
        if self._read is None or read_number != self._read_number:
            self._end_read()
            self._read, self._read_number = Read(at, 0, 0, 0), read_number
        if self.first_byte_at is None and data:
            self.first_byte_at = at
        before, content_before = self.events, self.content_events
        self.total_bytes += len(data)
        if self.total_bytes > self._rules.max_bytes:
            self._fail(FailureKind.TOO_LARGE, f"stream larger than {self._rules.max_bytes} bytes")
        else:
            try:
                records = self._parser.feed(data)
            except SseLimitExceeded as exceeded:
                records = list(exceeded.records)
                self._note_all(records, at)
                self._fail(FailureKind.TOO_LARGE, str(exceeded))
            else:
                self._note_all(records, at)
        read = self._read
        self._read = Read(
            read.at,
            read.size + len(data),
            read.events + self.events - before,
            read.content + self.content_events - content_before,
        )

    def finish(self) -> None:
        """Close the books: whatever is unfinished now stays so."""
        self._end_read()
        self.unfinished = self._parser.close() is not None

    @property
    def last_event_id(self) -> str:
        """The last ``id`` in force, capped."""
        return clean(self._parser.last_event_id, _MAX_NAME)

    @property
    def reads(self) -> tuple[Read, ...]:
        """The first reads that brought bytes of the body."""
        return tuple(self._reads)

    @property
    def event_types(self) -> tuple[tuple[str, int], ...]:
        """Event types with their counts, in the order they first came; at most 33."""
        return tuple(self._types.items())

    @property
    def content(self) -> str:
        """The content as far as it was kept."""
        return "".join(self._pieces)

    @property
    def content_sha256(self) -> str:
        """Digest of the whole content as UTF-8."""
        return self._digest.hexdigest()

    def _note_all(self, records: list[Record], at: float) -> None:
        for record in records:
            if self.failure is not None:
                return
            if isinstance(record, Event):
                self._note_event(record, at)
            elif isinstance(record, Comment):
                self.heartbeats += 1
                if self.first_comment_at is None:
                    self.first_comment_at = at
            elif isinstance(record, Retry) and not self.events:
                self.retry_preamble = True

    def _note_event(self, event: Event, at: float) -> None:
        rules = self._rules
        self.events += 1
        name = clean(event.type, _MAX_NAME)
        self._types[name if name in self._types or len(self._types) < _MAX_TYPES else "…"] += 1
        if self.first_event_at is None:
            self.first_event_at = at
        if self.terminal_at is not None:
            self.events_after_terminal += 1
            return
        if event.type in rules.error_events:
            self._fail(FailureKind.STREAM_ERROR, f"{name} event: {clean(event.data)}")
            return
        if event.type in rules.heartbeat_events:
            self.heartbeats += 1
        ends = rules.terminal_data is None or event.data.strip() == rules.terminal_data
        if event.type == rules.terminal_event and ends:
            self.terminal_at = at
            return
        if event.type in rules.content_events:
            self._note_content(event.data, at)

    def _note_content(self, data: str, at: float) -> None:
        rules = self._rules
        try:
            if rules.error_field is not None:
                error = pick(data, rules.error_field)
                if error is not None:
                    self._fail(FailureKind.STREAM_ERROR, clean(str(error)))
                    return
            found = data if rules.content_field is None else pick(data, rules.content_field)
        except MalformedDataError:
            self.malformed += 1
            return
        if not isinstance(found, str) or not found:
            return
        # JSON may smuggle lone surrogates in, which no output could encode.
        text = found.encode("utf-8", "replace").decode("utf-8")
        self.content_events += 1
        self.last_content_at = at
        # White space alone shows nothing to a reader, and would flatter the first content.
        if self.first_content_at is None and not text.isspace():
            self.first_content_at = at
        self._digest.update(text.encode("utf-8"))
        room = rules.max_content - self._kept
        self.content_truncated |= len(text) > room
        self._pieces.append(text[:room])
        self._kept += min(len(text), room)

    def _fail(self, kind: FailureKind, detail: str) -> None:
        self.failure = Failure(kind, detail)

    def _end_read(self) -> None:
        read, self._read = self._read, None
        if read is None:
            return
        self.read_count += 1
        if len(self._reads) < MAX_READS:
            self._reads.append(read)
        if read.events > 1:
            self.events_in_shared_reads += read.events
        if read.content > 1:
            self.content_in_shared_reads += read.content
