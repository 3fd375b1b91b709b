"""Server-sent events, parsed incrementally from bytes.

Rules: WHATWG HTML, section 9.2 "Server-sent events" (parsing and interpretation of an event
stream). Beyond the dispatched events a measuring tool needs what a browser hides: comments,
``retry`` values, blocks that dispatch nothing, and what was left over at the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_MAX_EVENT_BYTES = 1 << 20

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BOM = b"\xef\xbb\xbf"
_MAX_RETRY = 10**18


@dataclass(frozen=True, slots=True)
class Event:
    """A dispatched event. *type* is "message" when the stream named none."""

    type: str
    data: str
    last_event_id: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that began with a colon: a heartbeat or a preamble, never an event."""

    text: str


@dataclass(frozen=True, slots=True)
class Retry:
    """A valid ``retry`` field, in milliseconds (capped at 10**18)."""

    milliseconds: int


@dataclass(frozen=True, slots=True)
class EmptyBlock:
    """A block that ended with ``event`` or ``id`` fields but no data: nothing is dispatched.

    *type* is "" when the block named none; *last_event_id* is the id now in force.
    """

    type: str
    last_event_id: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What the end of the stream cut off: an event with no blank line, or part of a line.

    *data_bytes* and *line_bytes* are the sizes discarded.
    """

    type: str
    data_bytes: int
    line_bytes: int


Record = Event | Comment | Retry | EmptyBlock


class SseLimitExceeded(Exception):
    """A line or the data of one event outgrew the limit; the parser takes no more bytes.

    *records* holds what the same ``feed`` had completed before.
    """

    def __init__(self, limit: int, records: tuple[Record, ...]) -> None:
        super().__init__(f"one event is larger than {limit} bytes")
        self.limit = limit
        self.records = records


class SseParser:
    """Turns bytes, cut anywhere, into records; where they were cut changes nothing.

    Cost is linear in the bytes fed. Memory is bounded by *max_event_bytes*, which limits each
    line and the data of each event. A line that ends in CR is complete at once; a LF that
    follows, even in the next ``feed``, belongs to it.
    """

    def __init__(self, *, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        if max_event_bytes < 1:
            msg = f"max_event_bytes must be positive, got {max_event_bytes}"
            raise ValueError(msg)
        self._limit = max_event_bytes
        self._line = bytearray()
        self._after_cr = False
        self._at_start = True
        self._closed = False
        self._exceeded = False
        self._data = bytearray()  # each line of data with its line feed
        self._type = ""
        self._id = ""
        self._block_named = False

    @property
    def last_event_id(self) -> str:
        """The id that the next dispatched event would carry."""
        return self._id

    @property
    def between_blocks(self) -> bool:
        """Whether nothing is pending: whatever comes next begins a line of a new block."""
        return not (self._line or self._data or self._block_named or self._after_cr)

    def feed(self, data: bytes) -> list[Record]:
        """Parse *data*; the records it completes, in order.

        Raises ``SseLimitExceeded`` at an oversized event and again on every later call, and
        ``RuntimeError`` after ``close``.
        """
        if self._closed:
            raise RuntimeError("the parser is closed")
        if self._exceeded:
            raise SseLimitExceeded(self._limit, ())
        if not data:
            return []
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
        self._after_cr = data.endswith(b"\r")
        # Most streams have no CR, and bytes.split is several times faster than the pattern.
        lines = _LINE_END.split(data) if b"\r" in data else data.split(b"\n")
        rest = lines.pop()
        records: list[Record] = []
        for line in lines:
            self._check(len(self._line) + len(line), records)
            if self._line:
                whole = bytes(self._line + line)
                self._line.clear()
                self._take(whole, records)
            else:
                self._take(line, records)
        self._check(len(self._line) + len(rest), records)
        self._line += rest
        return records

    def close(self) -> Unfinished | None:
        """End the stream: ``None`` if it ended between blocks, else what was discarded."""
        self._closed = True
        if not (self._line or self._data or self._block_named):
            return None
        return Unfinished(self._type, len(self._data), len(self._line))

    def _check(self, size: int, records: list[Record]) -> None:
        if size > self._limit:
            self._exceeded = True
            self._line.clear()
            self._data.clear()
            raise SseLimitExceeded(self._limit, tuple(records))

    def _take(self, line: bytes, records: list[Record]) -> None:
        if self._at_start:
            self._at_start = False
            line = line.removeprefix(_BOM)
        if not line:
            self._end_block(records)
            return
        name, _, value = line.partition(b":")
        if not name:
            # A comment keeps its leading space: nothing says that it is padding.
            records.append(Comment(value.decode("utf-8", "replace")))
            return
        value = value.removeprefix(b" ")
        if name == b"data":
            self._check(len(self._data) + len(value) + 1, records)
            self._data += value + b"\n"
        elif name == b"event":
            self._type = value.decode("utf-8", "replace")
            self._block_named = True
        elif name == b"id":
            if b"\0" not in value:
                self._id = value.decode("utf-8", "replace")
                self._block_named = True
        elif name == b"retry" and value.isdigit():  # bytes.isdigit: ASCII digits only
            digits = value.lstrip(b"0")
            records.append(Retry(int(digits or b"0") if len(digits) <= 18 else _MAX_RETRY))

    def _end_block(self, records: list[Record]) -> None:
        # One "data" line with no value is data all the same: the buffer holds its line feed.
        if self._data:
            data = self._data[:-1].decode("utf-8", "replace")
            records.append(Event(self._type or "message", data, self._id))
        elif self._block_named:
            records.append(EmptyBlock(self._type, self._id))
        self._data.clear()
        self._type = ""
        self._block_named = False
