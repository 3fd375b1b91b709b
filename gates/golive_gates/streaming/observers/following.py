"""A stream that is followed while it runs: cut after some events, or noticed to have begun."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from golive.probe.http import HttpProbe
from golive.probe.recorder import StreamRecorder
from golive.probe.sse import Event, SseLimitExceeded, SseParser
from golive.probe.trace import StreamRules
from golive.probe.transport import raw_parts
from golive.probe.trouble import TROUBLE, Progress, classify, overdue

MOST_IDS = 1_000
MAX_ID = 200


@dataclass(slots=True)
class Followed:
    """One stream, while it runs and after. ``failure``: kind, "" if it ended as it should.

    ``begun`` is set at the first content, or when the stream ended without. ``ids`` are those
    in force at each event of a content type, "" where there was none. ``ended``: monotonic ns.
    """

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    status: int | None = None
    retry_after: str | None = None
    failure: str = ""
    detail: str = ""
    content: str = ""
    sha256: str = ""
    content_events: int = 0
    ids: list[str] = field(default_factory=list)
    over: bool = False
    ended: int = 0

    def matches(self, known: str | None) -> bool | None:
        """Whether the whole content is *known*; ``None`` without anything to compare."""
        if known is None or self.failure:
            return None
        return hashlib.sha256(known.encode()).hexdigest() == self.sha256


async def follow(
    probe: HttpProbe,
    url: str,
    rules: StreamRules,
    followed: Followed,
    *,
    body: object,
    headers: Mapping[str, str],
    cut_after: int | None = None,
) -> Followed:
    """Follow one stream into *followed*, to its end or to *cut_after* content events.

    Cutting closes the connection. Network trouble is in the result; what the probe's budget
    raises goes through.
    """
    progress = Progress()
    recorder = StreamRecorder(rules)
    parser = SseParser(max_event_bytes=rules.max_event_bytes)
    scope = asyncio.timeout(rules.timeout)
    accept = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    try:
        request = probe.request(
            "POST", url, json=body, headers={**accept, **headers}, progress=progress
        )
        await probe.spend(request)
        async with scope, probe.opened(request) as response:
            followed.status = response.status_code
            followed.retry_after = response.headers.get("retry-after")
            _refuse(response, followed)
            number = 0
            async for part in raw_parts(response):
                if followed.failure:
                    break
                number += 1
                recorder.take(part, 0.0, number)
                _ids(parser, part, rules, followed)
                followed.content_events = recorder.content_events
                if recorder.content_events:
                    followed.begun.set()
                if recorder.failure is not None or recorder.terminal_at is not None:
                    break
                if cut_after is not None and recorder.content_events >= cut_after:
                    break
    except TROUBLE as error:
        failure = overdue(progress, rules.timeout) if scope.expired() else classify(error, progress)
        if recorder.terminal_at is None and not followed.failure:
            followed.failure, followed.detail = failure.kind.value, failure.detail
    finally:
        followed.over = True
        followed.ended = probe.clock()
        followed.begun.set()
    if recorder.failure is not None and not followed.failure:
        followed.failure = recorder.failure.kind.value
        followed.detail = recorder.failure.detail
    cut = cut_after is not None and recorder.content_events >= cut_after
    if not followed.failure and recorder.terminal_at is None and not cut:
        followed.failure, followed.detail = "truncated", f"{recorder.events} events"
    followed.content, followed.sha256 = recorder.content, recorder.content_sha256
    return followed


def _refuse(response: httpx.Response, followed: Followed) -> None:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not 200 <= response.status_code < 300:
        followed.failure = f"status-{response.status_code}"
    elif kind != "text/event-stream":
        followed.failure, followed.detail = "protocol", f"{kind or 'no type'}"


def _ids(parser: SseParser, part: bytes, rules: StreamRules, followed: Followed) -> None:
    try:
        records = parser.feed(part)
    except SseLimitExceeded as exceeded:
        records = list(exceeded.records)
    for record in records:
        if not isinstance(record, Event) or record.type not in rules.content_events:
            continue
        if len(followed.ids) < MOST_IDS:
            followed.ids.append(record.last_event_id[:MAX_ID])
