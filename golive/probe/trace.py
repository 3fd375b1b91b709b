"""What one event stream did, as plain data, and the rules by which it was read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from golive.probe.exchange import Failure, Headers, find_header, parse_json

MAX_READS = 2_000


@dataclass(frozen=True, slots=True)
class StreamRules:
    """Which events are content, what ends a stream, and how much of it is taken.

    *content_events* are event types ("message" where the stream names none). *content_field*
    is a path into the JSON of ``data``, with dots and list indices ("choices.0.delta.content");
    ``None``: the whole data is content. A stream is complete at *terminal_event*, if
    *terminal_data* is given only with exactly that data. An event of *error_events*, or whose
    JSON holds *error_field*, is a failure under whatever status.

    Times in s, from the moment of sending: *timeout* for all of it, *idle_timeout* for the
    silence between reads, *drain* for the server to close after the terminal event.
    *max_bytes*, *max_event_bytes* and *max_content* (characters kept) bound the memory.
    """

    content_events: tuple[str, ...] = ("message",)
    content_field: str | None = None
    terminal_event: str = "done"
    terminal_data: str | None = None
    error_events: tuple[str, ...] = ("error",)
    error_field: str | None = None
    heartbeat_events: tuple[str, ...] = ("ping",)
    timeout: float = 60.0
    idle_timeout: float | None = None
    drain: float = 0.5
    max_bytes: int = 16 << 20
    max_event_bytes: int = 1 << 20
    max_content: int = 256 << 10


OPENAI_CHAT = StreamRules(
    content_field="choices.0.delta.content",
    terminal_event="message",
    terminal_data="[DONE]",
    error_field="error",
)
ANTHROPIC_MESSAGES = StreamRules(
    content_events=("content_block_delta",),
    content_field="delta.text",
    terminal_event="message_stop",
)


class StreamEnd(StrEnum):
    """How a stream ended."""

    TERMINAL = "terminal"
    EOF = "eof"
    FAILURE = "failure"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Read:
    """One read from the connection: when (s after the scheduled time) and what it brought."""

    at: float
    size: int
    events: int
    content: int


@dataclass(frozen=True, slots=True)
class StreamTrace:
    """Every clock of one stream, in s after its scheduled time; ``None``: never seen.

    *scheduled* itself is in monotonic ns. *sent* is when the request was handed to the
    connection layer: the client's own lag. *first_content_at* is the first content with
    something other than white space in it. Times of events are those of the read that brought
    their last byte. *events* counts dispatched events, *content_events* those with content,
    *malformed* those that should have held JSON and did not. *reads* keeps the first 2,000 of
    *read_count*. *events_in_shared_reads* counts events that came with another one in the same
    read, the sign of buffering. *retry_preamble*: a ``retry`` field came before any event.
    *heartbeats* counts comments and heartbeat events. *content_sha256* is of all content,
    *content* may be cut (*content_truncated*). *unfinished*: the end cut an event off.
    *closed_by_server* says that the end of the body was seen; *late_failure* what went wrong
    after the terminal event, which is not a failure of the stream.
    """

    method: str
    url: str
    scheduled: int
    sent: float
    headers_at: float | None
    first_byte_at: float | None
    first_comment_at: float | None
    first_event_at: float | None
    first_content_at: float | None
    last_content_at: float | None
    terminal_at: float | None
    ended_at: float
    ended: StreamEnd
    failure: Failure | None
    late_failure: Failure | None
    status: int | None
    headers: Headers
    content_type: str | None
    connection_reused: bool
    total_bytes: int
    events: int
    content_events: int
    events_after_terminal: int
    malformed: int
    heartbeats: int
    retry_preamble: bool
    terminal_seen: bool
    closed_by_server: bool
    unfinished: bool
    last_event_id: str
    event_types: tuple[tuple[str, int], ...]
    reads: tuple[Read, ...]
    read_count: int
    events_in_shared_reads: int
    content_in_shared_reads: int
    content: str
    content_truncated: bool
    content_sha256: str

    @property
    def first_content(self) -> float:
        """First content for a percentile: +inf when it never came or the stream failed."""
        if self.failure is not None or self.first_content_at is None:
            return math.inf
        return self.first_content_at

    @property
    def first_event(self) -> float:
        """First dispatched event of any kind for a percentile: +inf as in *first_content*."""
        if self.failure is not None or self.first_event_at is None:
            return math.inf
        return self.first_event_at

    @property
    def complete(self) -> bool:
        """The terminal event came, with content before it, and nothing failed."""
        return self.failure is None and self.terminal_seen and self.content_events > 0

    def header(self, name: str) -> str | None:
        """The first response header called *name*, whatever its case."""
        return find_header(self.headers, name)


class MalformedDataError(ValueError):
    """The data of an event should have been JSON and was not."""


def pick(data: str, field: str) -> object:
    """The value at *field* in the JSON *data*; ``None`` if there is no such place.

    Raises ``MalformedDataError`` when *data* is not JSON.
    """
    try:
        value = parse_json(data)
    except ValueError as error:
        raise MalformedDataError(str(error)) from None
    for step in field.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
