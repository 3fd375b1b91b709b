"""What became of one request of a load run, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class RequestOutcome(StrEnum):
    """How a request ended. Everything but ``OK`` is +inf in a percentile.

    ``STATUS``: not 2xx (redirects included, they are not followed). ``NOT_A_STREAM``: 2xx of
    another content type. ``TRUNCATED``: the stream ended without its terminal event.
    ``STREAM_ERROR``: an error event. ``CONNECT``: name not found, unreachable, or no connection
    in time. ``MALFORMED``: no HTTP/1.1, or compressed although identity was asked.
    ``UNFINISHED``: cut off by the deadline or an abort; ``UNSENT``: never sent for the same
    reason. ``LOCAL``: trouble of this machine (descriptors, ports), not of the target.
    """

    OK = "ok"
    STATUS = "status"
    NOT_A_STREAM = "not-a-stream"
    TRUNCATED = "truncated"
    WRONG_CONTENT = "wrong-content"
    STREAM_ERROR = "stream-error"
    TIMEOUT = "timeout"
    CONNECT = "connect"
    REFUSED = "refused"
    RESET = "reset"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    TLS = "tls"
    UNFINISHED = "unfinished"
    UNSENT = "unsent"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """Times in s after *scheduled* (itself in s after the start of the run); ``None``: never seen.

    *request* says which template was used. *started* is when the engine took the request up:
    its own slip, held-back time included. *sent* is when its first byte was handed to the
    kernel, *connected* when the connection stood (TLS included; ``None`` if it was reused),
    *first_byte* the first byte of the body, *first_content* the first content with something
    other than white space in it. A time is that of the read that brought the last byte of the
    thing. *ended* is the terminal event of a stream, otherwise the last byte, or the failure.

    *shared_events* counts events that came with another one in the same read. *gaps* are the
    times between successive content events and between the last of these and the terminal
    event, the first of *gap_count*; *max_gap* is over all of them. *stalls* counts silences
    longer than the plan's limit after the first content, the one before a failure included.
    *matches* compares with the known answer (``None``: none was given, or no content came).
    *malformed* counts events that should have held JSON. *retried*: sent once more on a fresh
    connection, because the close of the reused one crossed it and it cannot have been read.
    *unstamped* counts its reads that came without a kernel time stamp and were timed by clock.
    *detail* is one line for a reader and may quote the server.
    """

    index: int
    request: int
    scheduled: float
    outcome: RequestOutcome
    warmup: bool = False
    detail: str = ""
    status: int | None = None
    started: float | None = None
    sent: float | None = None
    connected: float | None = None
    headers: float | None = None
    first_byte: float | None = None
    first_comment: float | None = None
    first_event: float | None = None
    first_content: float | None = None
    last_content: float | None = None
    terminal: float | None = None
    ended: float | None = None
    events: int = 0
    content_events: int = 0
    heartbeats: int = 0
    shared_events: int = 0
    malformed: int = 0
    bytes: int = 0
    gaps: tuple[float, ...] = ()
    gap_count: int = 0
    max_gap: float | None = None
    stalls: int = 0
    matches: bool | None = None
    retry_after: str | None = None
    connection_reused: bool = False
    retried: bool = False
    unstamped: int = 0

    @property
    def ok(self) -> bool:
        """Whether all went well."""
        return self.outcome is RequestOutcome.OK

    @property
    def latency(self) -> float:
        """From scheduled to ended for a percentile; +inf unless ``OK``."""
        return self.ended if self.ok and self.ended is not None else math.inf

    @property
    def first_content_latency(self) -> float:
        """From scheduled to the first content; +inf unless ``OK`` and seen."""
        seen = self.first_content
        return seen if self.ok and seen is not None else math.inf

    @property
    def slip(self) -> float:
        """How late the engine took the request up; +inf if it never did."""
        return math.inf if self.started is None else self.started
