"""The head of an HTTP/1.1 response (RFC 9112), from bytes to what it implies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.probe.load.record import RequestOutcome

MAX_HEADERS = 200
MAX_DIGITS = 15

_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9])(?: .*)?")
_LINE_END = re.compile(rb"\r?\n")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

Headers = tuple[tuple[str, str], ...]


class ResponseError(Exception):
    """What came cannot be read on; the message is for a reader, *outcome* for the record."""

    outcome = RequestOutcome.MALFORMED


class MalformedResponseError(ResponseError):
    """What came is not HTTP/1.1."""


class ResponseTooLargeError(ResponseError):
    """A head, chunk line or trailer without end."""

    outcome = RequestOutcome.TOO_LARGE


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers of a final response, names in lower case, with what they imply.

    *length* is the declared length of the body; ``None`` with *chunked* false: up to the end
    of the connection. *encoding* is "" for identity.
    """

    status: int
    headers: Headers
    keep_alive: bool
    length: int | None
    chunked: bool
    content_type: str
    encoding: str
    retry_after: str | None
    version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        """The first header called *name* (lower case)."""
        return next((value for key, value in self.headers if key == name), None)


def parse_head(raw: bytes) -> ResponseHead:
    """The head *raw*, without its empty line. ``MalformedResponseError`` says what is wrong."""
    first, *lines = _LINE_END.split(raw)
    status_line = _STATUS_LINE.fullmatch(first)
    if status_line is None:
        message = f"no HTTP/1 status line: {shown(first)}"
        raise MalformedResponseError(message)
    headers = _headers(lines)
    last: dict[str, str] = {}
    for name, value in headers:
        last[name] = f"{last[name]}, {value}" if name in last else value
    codings = last.get("transfer-encoding", "").lower().replace(" ", "").split(",")
    chunked = codings[-1] == "chunked"
    options = last.get("connection", "").lower().replace(" ", "").split(",")
    recent = status_line[1] == b"1"
    keep_alive = "close" not in options if recent else "keep-alive" in options
    length = None if codings != [""] else _length(last.get("content-length"))
    if codings != [""]:
        # Both framings at once are a smuggling attempt or a defect (RFC 9112, section 6.3).
        keep_alive = keep_alive and chunked and "content-length" not in last
    encodings = last.get("content-encoding", "").lower().replace(" ", "").split(",")
    encodings += codings[:-1] if chunked else codings
    return ResponseHead(
        status=int(status_line[2]),
        headers=headers,
        keep_alive=keep_alive,
        length=length,
        chunked=chunked,
        content_type=last.get("content-type", "").partition(";")[0].strip().lower(),
        encoding=", ".join(one for one in encodings if one not in ("", "identity")),
        retry_after=last.get("retry-after"),
        version="HTTP/1.1" if recent else "HTTP/1.0",
    )


def _headers(lines: list[bytes]) -> Headers:
    if len(lines) > MAX_HEADERS:
        message = f"more than {MAX_HEADERS} response headers"
        raise ResponseTooLargeError(message)
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip().decode('latin-1')}")
            continue
        raw_name, colon, raw_value = line.partition(b":")
        if not colon or _NAME.fullmatch(raw_name) is None:
            message = f"no header: {shown(line)}"
            raise MalformedResponseError(message)
        headers.append((raw_name.decode("ascii").lower(), raw_value.strip().decode("latin-1")))
    return tuple(headers)


def _length(declared: str | None) -> int | None:
    if declared is None:
        return None
    values = {one.strip() for one in declared.split(",")}
    value = values.pop()
    if values or not (value.isascii() and value.isdigit()):
        message = f"Content-Length is {declared[:80]!r}"
        raise MalformedResponseError(message)
    if len(value) > MAX_DIGITS:
        message = f"Content-Length is {value[:80]}"
        raise ResponseTooLargeError(message)
    return int(value)


def shown(line: bytes) -> str:
    """The beginning of *line* for a message."""
    return repr(line[:80].decode("latin-1"))
