"""A minimal incremental parser of HTTP/1.1 responses (RFC 9112), for one response at a time.

Made for many small reads: a chunk that fills a read exactly, the usual shape of an event
stream, is cut out with one search. Bounded whatever the server sends.
"""

from __future__ import annotations

import re

from golive.probe.load.http1_head import (
    MAX_DIGITS,
    Headers,
    MalformedResponseError,
    ResponseError,
    ResponseHead,
    ResponseTooLargeError,
    parse_head,
    shown,
)

__all__ = [
    "MAX_HEAD_BYTES",
    "SIZES",
    "Headers",
    "MalformedResponseError",
    "ResponseError",
    "ResponseHead",
    "ResponseParser",
    "ResponseTooLargeError",
]

MAX_HEAD_BYTES = 64 << 10
_MAX_CHUNK_LINE = 4096
_MAX_INFORMATIONAL = 10
_BODYLESS = (204, 304)

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEX = re.compile(rb"[0-9A-Fa-f]+")

_HEAD, _LENGTH, _SIZE, _CHUNK, _CHUNK_END, _TRAILER, _CLOSE, _DONE = range(8)


class ResponseParser:
    """Takes the bytes of one response, cut anywhere. ``reset`` before each response.

    *head* is ``None`` until the final head is whole; *complete* after the last byte of the
    body; *started* once any byte came; *surplus* if bytes came after the end, or the end of
    the connection, which makes it unfit for another request.
    """

    __slots__ = (
        "_bodyless",
        "_informational",
        "_left",
        "_pending",
        "_seen",
        "_state",
        "complete",
        "head",
        "started",
        "surplus",
    )

    def __init__(self) -> None:
        self.reset(bodyless=False)

    def reset(self, *, bodyless: bool) -> None:
        """Begin a response; *bodyless* for the answer to ``HEAD``."""
        self.head: ResponseHead | None = None
        self.complete = False
        self.started = False
        self.surplus = False
        self._state = _HEAD
        self._pending = b""
        self._left = 0
        self._seen = 0
        self._informational = 0
        self._bodyless = bodyless

    @property
    def between_chunks(self) -> bool:
        """Whether the next byte begins the size of a chunk."""
        return self._state == _SIZE and not self._pending

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another request."""
        head = self.head
        return self.complete and not self.surplus and head is not None and head.keep_alive

    def feed(self, data: bytes) -> bytes:
        """The bytes of the body that *data* brings.

        Raises ``ResponseError``, malformed or too large; feed no more then.
        """
        if self._state == _SIZE and not self._pending:
            end = data.find(b"\r\n", 0, 18)
            if end > 0:
                size = SIZES.get(data[:end])
                if size and len(data) == end + size + 4 and data[-2:] == b"\r\n":
                    return data[end + 2 : -2]
        elif self._state == _HEAD and not self._pending and not self._bodyless:
            # A head that is known, and its whole body, in one read.
            end = data.find(b"\r\n\r\n")
            head = _HEADS.get(data[:end])
            if (
                head is not None
                and head.length == len(data) - end - 4
                and head.status >= 200
                and head.status not in _BODYLESS
            ):
                self.started = self.complete = True
                self.head = head
                self._state = _DONE
                return data[end + 4 :]
        elif self._state == _CLOSE:
            return data
        return self._feed(data)

    def eof(self) -> bool:
        """The connection ended: whether the response was complete."""
        self.surplus = True  # nothing can follow on it
        if self._state == _CLOSE:
            self._finish()
        return self.complete

    def _feed(self, data: bytes) -> bytes:
        if not data:
            return b""
        self.started = True
        if self._pending:
            data, self._pending = self._pending + data, b""
        position, size = 0, len(data)
        parts: list[bytes] = []
        while position < size:
            state = self._state
            if state in (_LENGTH, _CHUNK):
                part = data[position : position + self._left]
                parts.append(part)
                position += len(part)
                self._left -= len(part)
                if not self._left:
                    if state == _LENGTH:
                        self._finish()
                    else:
                        self._state = _CHUNK_END
                continue
            if state == _CLOSE:
                parts.append(data[position:])
                break
            if state == _DONE:
                self.surplus = True
                break
            after = self._take_line(state, data, position)
            if after < 0:
                self._pending = data[position:]
                break
            position = after
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _take_line(self, state: int, data: bytes, position: int) -> int:
        """Consume a head or a line of framing; where it ends, or -1 when it is not whole."""
        if state == _HEAD:
            return self._take_head(data, position)
        end = data.find(b"\n", position)
        limit = _MAX_CHUNK_LINE if state == _SIZE else MAX_HEAD_BYTES
        if (end if end >= 0 else len(data)) - position > limit:
            message = f"a line of the chunked body is longer than {limit} bytes"
            raise ResponseTooLargeError(message)
        if end < 0:
            return -1
        line = data[position : end - 1 if data[end - 1 : end] == b"\r" and end > position else end]
        if state == _SIZE:
            self._left = SIZES.get(line, -1)
            if self._left < 0:
                self._left = _chunk_size(line)
            self._state = _CHUNK if self._left else _TRAILER
            self._seen = 0
        elif state == _CHUNK_END:
            if line:
                raise MalformedResponseError("a chunk is longer than its size says")
            self._state = _SIZE
        elif not line:
            self._finish()
        else:
            self._seen += len(line)
            if self._seen > MAX_HEAD_BYTES:
                message = f"trailers larger than {MAX_HEAD_BYTES} bytes"
                raise ResponseTooLargeError(message)
        return end + 1

    def _take_head(self, data: bytes, position: int) -> int:
        end = data.find(b"\r\n\r\n", position)
        after = end + 4
        if end < 0:
            # Bare line feeds are tolerated (RFC 9112, section 2.2).
            found = _HEAD_END.search(data, position)
            end, after = (found.start(), found.end()) if found else (-1, -1)
        if (end if end >= 0 else len(data)) - position > MAX_HEAD_BYTES:
            message = f"a response head larger than {MAX_HEAD_BYTES} bytes"
            raise ResponseTooLargeError(message)
        if end < 0:
            _refuse_other_protocols(data, position)
            return -1
        raw = data[position:end]
        head = _HEADS.get(raw)
        if head is None:
            head = parse_head(raw)
            if len(raw) <= 2048:
                if len(_HEADS) >= 512:
                    _HEADS.clear()
                _HEADS[raw] = head
        if head.status < 200:
            self._informational += 1
            if head.status == 101 or self._informational > _MAX_INFORMATIONAL:
                message = f"unexpected status {head.status}"
                raise MalformedResponseError(message)
            return after
        self._begin(head)
        return after

    def _begin(self, head: ResponseHead) -> None:
        self.head = head
        if self._bodyless or head.status in _BODYLESS:
            self._finish()
        elif head.chunked:
            self._state = _SIZE
        elif head.length is None:
            self._state = _CLOSE
        elif head.length:
            self._state, self._left = _LENGTH, head.length
        else:
            self._finish()

    def _finish(self) -> None:
        self._state = _DONE
        self.complete = True


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].rstrip(b" \t")
    if _HEX.fullmatch(digits) is None:
        message = f"no chunk size: {shown(line)}"
        raise MalformedResponseError(message)
    if len(digits.lstrip(b"0")) > MAX_DIGITS:
        message = f"chunk size {shown(digits)}"
        raise ResponseTooLargeError(message)
    size = int(digits, 16)
    if len(SIZES) < 8192 and len(line) <= 16:
        SIZES[line] = size
    return size


def _refuse_other_protocols(data: bytes, position: int) -> None:
    """Say at once that this is no HTTP rather than wait for a head that never ends."""
    begin = data[position : position + 7]
    if not b"HTTP/1.".startswith(begin) and begin != b"HTTP/1.":
        message = f"no HTTP/1 status line: {shown(data[position:])}"
        raise MalformedResponseError(message)


# Servers repeat themselves: equal heads and equal size lines are parsed once a process.
_HEADS: dict[bytes, ResponseHead] = {}
SIZES: dict[bytes, int] = {}
