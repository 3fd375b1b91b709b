"""Puts the document of one look at a stream together. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime

from golive import __version__
from golive.cli.probe_document import (
    SCHEMA,
    Answer,
    Asked,
    Clocks,
    Content,
    ProbeDocument,
    Role,
    Silence,
)
from golive.cli.probe_look import Look
from golive.cli.probe_remarks import remarks
from golive.cli.probe_request import Prepared
from golive.probe.load import LoadResult, RequestRecord
from golive.probe.load.http1 import ResponseHead
from golive.probe.trace import StreamRules
from golive.stats import percentile

HEADERS = (
    "content-type",
    "cache-control",
    "x-accel-buffering",
    "content-encoding",
    "transfer-encoding",
    "content-length",
    "connection",
    "location",
    "retry-after",
    "server",
    "via",
)
"""Headers that say something about a stream or its way; credentials are never among them."""
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Seen:
    """All that one look brought."""

    prepared: Prepared
    rules: StreamRules
    look: Look
    started_at: datetime
    stall_after: float
    answer: Answer | None
    answered_at: float | None
    result: LoadResult | None
    interrupted: bool


def answer_of(head: ResponseHead, prepared: Prepared) -> Answer:
    """The head of a response as it may be shown."""
    kept = ((k, prepared.excerpt(v, 200)) for k, v in head.headers if k in HEADERS)
    return Answer(head.status, head.version, tuple(kept))


def document(seen: Seen) -> ProbeDocument:
    """The document of what was *seen*."""
    look, rules, result = seen.look, seen.rules, seen.result
    look.finish()
    record = result.records[0] if result and result.records else None
    request = seen.prepared.request
    bare = ProbeDocument(
        schema=SCHEMA,
        golive=__version__,
        started_at=seen.started_at,
        asked=Asked(
            request.method,
            seen.prepared.shown_url,
            seen.prepared.shown_headers,
            request.timeout,
            rules.content_events,
            rules.content_field,
            rules.terminal_event,
            rules.terminal_data,
        ),
        answer=seen.answer,
        interrupted=seen.interrupted,
        outcome=INTERRUPTED if seen.interrupted or record is None else record.outcome.value,
        detail="" if seen.interrupted or record is None else seen.prepared.excerpt(record.detail),
        clocks=_clocks(seen, record),
        silence=_silence(seen, record),
        content=Content(
            look.content_events,
            look.characters,
            look.bytes,
            look.sha256,
            None if record is None else record.matches,
        ),
        events=look.events,
        event_types=look.event_types,
        heartbeats=look.heartbeats,
        shared_events=look.shared_events,
        shared_content=look.shared_content,
        malformed=look.malformed,
        ids=look.ids,
        retry_ms=look.retry_ms,
        bytes=0 if record is None else record.bytes,
        kernel_stamps=result is not None and result.instrument.kernel_stamps,
        pieces=tuple(look.pieces),
        pieces_not_kept=look.count - len(look.pieces),
    )
    return replace(bare, remarks=tuple(remarks(bare, look.last_data)))


def _clocks(seen: Seen, record: RequestRecord | None) -> Clocks:
    look = seen.look
    clocks = Clocks(
        headers=seen.answered_at,
        first_comment=look.first.get(Role.COMMENT),
        first_event=look.first_event,
        first_content=look.first_content,
        last_content=look.content_at[-1] if look.content_at else None,
        terminal=look.first.get(Role.END),
    )
    if record is None:
        return clocks
    return replace(
        clocks,
        connected=record.connected,
        sent=record.sent,
        headers=record.headers,
        first_byte=record.first_byte,
        ended=record.ended,
    )


def _silence(seen: Seen, record: RequestRecord | None) -> Silence:
    gaps = [b - a for a, b in itertools.pairwise(seen.look.content_at)]
    return Silence(
        n=len(gaps),
        p50=percentile(gaps, 0.5) if gaps else None,
        p95=percentile(gaps, 0.95) if gaps else None,
        maximum=max(gaps, default=None),
        stalls=sum(g > seen.stall_after for g in gaps) if record is None else record.stalls,
        stall_after=seen.stall_after,
        longest_between_pieces=seen.look.longest if seen.look.count > 1 else None,
    )
