"""Follows one stream, piece by piece. Does no I/O."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

from golive.cli.probe_document import Piece, Role
from golive.probe.sse import Comment, EmptyBlock, Event, Retry
from golive.probe.sse import Record as SseRecord
from golive.probe.trace import MalformedDataError, StreamRules, pick

EXCERPT = 200
MAX_NAME = 40
MAX_TYPES = 32

Excerpt = Callable[[str, int], str]


class Look:
    """State of one stream. *keep* pieces are kept; all are counted."""

    def __init__(self, rules: StreamRules, excerpt: Excerpt, keep: int) -> None:
        self._rules = rules
        self._excerpt = excerpt
        self._keep = keep
        self._digest = hashlib.sha256()
        self._last: Piece | None = None
        self._read: list[Piece] = []
        self._types: Counter[str] = Counter()
        self.pieces: list[Piece] = []
        self.count = 0
        self.events = 0
        self.content_events = 0
        self.heartbeats = 0
        self.malformed = 0
        self.shared_events = 0
        self.shared_content = 0
        self.characters = 0
        self.bytes = 0
        self.ids = False
        self.retry_ms: int | None = None
        self.last_data = ""
        self.longest = 0.0
        self.first: dict[Role, float] = {}
        self.first_event: float | None = None
        self.first_content: float | None = None
        self.content_at: list[float] = []

    @property
    def last_at(self) -> float | None:
        """When the last piece came, in s."""
        return self._last.at if self._last else None

    @property
    def event_types(self) -> tuple[tuple[str, int], ...]:
        """Types with their counts, in the order in which they came."""
        return tuple(self._types.items())

    @property
    def sha256(self) -> str:
        """Of the content as UTF-8."""
        return self._digest.hexdigest()

    def take(self, at: float, record: SseRecord) -> Piece:
        """The next record of the stream, which came *at* s."""
        role, kind, text, size = self._read_record(record, at)
        last = self._last
        gap = max(0.0, at - (last.at if last else 0.0))
        self.count += 1
        piece = Piece(
            number=self.count,
            at=at,
            gap=gap,
            role=role,
            type=self._excerpt(kind, MAX_NAME),
            id=self._excerpt(getattr(record, "last_event_id", ""), MAX_NAME),
            size=size,
            text=self._excerpt(text, EXCERPT),
            # Equal to the last bit: pieces of one read share one time stamp.
            same_read=last is not None and last.at == at,
        )
        self._note(piece, last)
        if len(self.pieces) < self._keep:
            self.pieces.append(piece)
        self._last = piece
        return piece

    def finish(self) -> None:
        """No piece follows."""
        self._end_read()

    def _note(self, piece: Piece, last: Piece | None) -> None:
        if not piece.same_read:
            self._end_read()
        self._read.append(piece)
        if last is not None:
            self.longest = max(self.longest, piece.gap)
        self.first.setdefault(piece.role, piece.at)
        if piece.role in (Role.COMMENT, Role.HEARTBEAT):
            self.heartbeats += 1
        if not piece.role.dispatched:
            return
        self.events += 1
        self.ids = self.ids or bool(piece.id)
        known = piece.type in self._types or len(self._types) < MAX_TYPES
        self._types[piece.type if known else "…"] += 1
        if self.first_event is None:
            self.first_event = piece.at

    def _end_read(self) -> None:
        events = sum(p.role.dispatched for p in self._read)
        content = sum(p.role is Role.CONTENT for p in self._read)
        self.shared_events += events if events > 1 else 0
        self.shared_content += content if content > 1 else 0
        self._read.clear()

    def _read_record(self, record: SseRecord, at: float) -> tuple[Role, str, str, int]:
        if isinstance(record, Comment):
            return Role.COMMENT, "", record.text.strip(), len(record.text)
        if isinstance(record, Retry):
            self.retry_ms = record.milliseconds
            return Role.RETRY, "", f"{record.milliseconds} ms", 0
        if isinstance(record, EmptyBlock):
            return Role.EMPTY, record.type, "no data, so no event", 0
        self.last_data = record.data
        return self._role(record, at), record.type, record.data, len(record.data.encode())

    def _role(self, event: Event, at: float) -> Role:
        rules = self._rules
        if event.type in rules.error_events:
            return Role.ERROR
        if event.type == rules.terminal_event and (
            rules.terminal_data is None or event.data.strip() == rules.terminal_data
        ):
            return Role.END
        if event.type in rules.heartbeat_events:
            return Role.HEARTBEAT
        if event.type not in rules.content_events or Role.END in self.first:
            return Role.EVENT
        return self._content(event.data, at)

    def _content(self, data: str, at: float) -> Role:
        rules = self._rules
        try:
            if rules.error_field is not None and pick(data, rules.error_field) is not None:
                return Role.ERROR
            found = data if rules.content_field is None else pick(data, rules.content_field)
        except MalformedDataError:
            self.malformed += 1
            return Role.EVENT
        if not isinstance(found, str) or not found:
            return Role.EVENT
        raw = found.encode("utf-8", "replace")
        self._digest.update(raw)
        self.content_events += 1
        self.characters += len(found)
        self.bytes += len(raw)
        self.content_at.append(at)
        if self.first_content is None and not found.isspace():
            self.first_content = at
        return Role.CONTENT
