"""What one HTTP call did, as plain data: no client library is imported here."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_DETAIL = 300

Headers = tuple[tuple[str, str], ...]


class FailureKind(StrEnum):
    """What went wrong. ``LOCAL`` is our own trouble and never charged to the service."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CONNECT_TIMEOUT = "connect-timeout"
    READ_TIMEOUT = "read-timeout"
    TOTAL_TIMEOUT = "total-timeout"
    TLS = "tls"
    PROTOCOL = "protocol"
    STATUS = "status"
    STREAM_ERROR = "stream-error"
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    CANCELLED = "cancelled"
    LOCAL = "local"

    @property
    def is_timeout(self) -> bool:
        """Whether the other side was too slow, rather than wrong."""
        return self in (self.CONNECT_TIMEOUT, self.READ_TIMEOUT, self.TOTAL_TIMEOUT)


@dataclass(frozen=True, slots=True)
class Failure:
    """*detail* is one line for a reader, capped; it may quote the server, so escape it."""

    kind: FailureKind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call, complete or failed.

    *status* is ``None`` when no response head arrived; *failure* is ``None`` for every
    complete response, whatever its status (a redirect that was not followed included).
    *started* is in monotonic ns, *elapsed* in seconds up to the last byte read. *body* holds
    the raw bytes received, at most the cap; *truncated* says that there were more.
    *hops* counts redirects followed.
    """

    method: str
    url: str
    status: int | None
    headers: Headers
    body: bytes
    truncated: bool
    started: int
    elapsed: float
    failure: Failure | None
    connection_reused: bool = False
    hops: int = 0

    @property
    def ok(self) -> bool:
        """A complete response with a 2xx status."""
        return self.failure is None and self.status is not None and 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The first header called *name*, whatever its case."""
        return find_header(self.headers, name)

    def text(self) -> str:
        """The body as UTF-8, invalid bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> object:
        """The body as JSON. ``ValueError`` with a readable reason if it is not."""
        encoding = self.header("content-encoding")
        if encoding and encoding.strip().lower() != "identity":
            msg = f"the body is {clean(encoding)}-encoded although identity was asked"
            raise ValueError(msg)
        if self.truncated:
            msg = f"the body was cut after {len(self.body)} bytes"
            raise ValueError(msg)
        return parse_json(self.body)


def find_header(headers: Headers, name: str) -> str | None:
    """The first value of *name* in *headers*, whatever its case."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def parse_json(text: bytes | str) -> object:
    """``json.loads`` whose only error is ``ValueError``, also for absurd nesting or NaN."""
    try:
        value: object = json.loads(text, parse_constant=_reject_constant)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    except UnicodeDecodeError as error:
        msg = f"JSON that is not UTF-8: {error.reason}"
        raise ValueError(msg) from None
    return value


def clean(text: str, limit: int = MAX_DETAIL) -> str:
    """One line of printable text, at most *limit* characters; escapes nothing."""
    # Cut before the costly part: a server may send megabytes.
    squeezed = " ".join(text[: 4 * limit].split())
    printable = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c).startswith("C") else c
        for c in squeezed
    )
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"


def _reject_constant(name: str) -> object:
    msg = f"{name} is not JSON"
    raise ValueError(msg)
