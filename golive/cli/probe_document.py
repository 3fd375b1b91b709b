"""What one look at a stream showed, as the document ``golive-probe-sse/1``.

The dataclasses are the wire format: ``golive.codec`` turns them into JSON. Times are in seconds
after the request was due; ``None``: never seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SCHEMA = "golive-probe-sse/1"


class Role(StrEnum):
    """What a piece of the stream is to a reader of its content."""

    CONTENT = "content"
    END = "end"
    ERROR = "error"
    HEARTBEAT = "heartbeat"
    EVENT = "event"
    COMMENT = "comment"
    RETRY = "retry"
    EMPTY = "empty"

    @property
    def dispatched(self) -> bool:
        """Whether a client sees an event."""
        return self not in (self.COMMENT, self.RETRY, self.EMPTY)


@dataclass(frozen=True, slots=True)
class Piece:
    """One event, comment or ``retry``. *gap* since the piece before, in s.

    *same_read*: it came in the same read as the piece before. *size* of its data in bytes, *id*
    the last event id in force, *text* an excerpt.
    """

    number: int
    at: float
    gap: float
    role: Role
    type: str
    id: str
    size: int
    text: str
    same_read: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The request, without credentials, and the rules by which the stream was read."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    timeout: float
    content_events: tuple[str, ...]
    content_field: str | None
    end_event: str
    end_data: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of the response; only the headers that matter to a stream."""

    status: int
    version: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """The first header called *name* (lower case)."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Each clock tells another story; only *first_content* is what a user waits for."""

    connected: float | None = None
    sent: float | None = None
    headers: float | None = None
    first_byte: float | None = None
    first_comment: float | None = None
    first_event: float | None = None
    first_content: float | None = None
    last_content: float | None = None
    terminal: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Times between pieces of content in s, and the longest silence of any kind."""

    n: int
    p50: float | None
    p95: float | None
    maximum: float | None
    stalls: int
    stall_after: float
    longest_between_pieces: float | None


@dataclass(frozen=True, slots=True)
class Content:
    """The content of all its pieces put together: characters, bytes of UTF-8, SHA-256 of these."""

    events: int
    characters: int
    bytes: int
    sha256: str
    expected: bool | None


@dataclass(frozen=True, slots=True)
class ProbeDocument:
    """The whole look. *outcome* is ``ok``, what went wrong, or ``interrupted``."""

    schema: str
    golive: str
    started_at: datetime
    asked: Asked
    answer: Answer | None
    interrupted: bool
    outcome: str
    detail: str
    clocks: Clocks
    silence: Silence
    content: Content
    events: int
    event_types: tuple[tuple[str, int], ...]
    heartbeats: int
    shared_events: int
    shared_content: int
    malformed: int
    ids: bool
    retry_ms: int | None
    bytes: int
    kernel_stamps: bool
    pieces: tuple[Piece, ...]
    pieces_not_kept: int
    remarks: tuple[str, ...] = ()
