"""Open one event stream and time it. For fewer than about twenty streams at once.

The clocks are read before parsing, at the read that brought the bytes; the client adds about
1.4 ms to a first content at 50 ms. It is no load generator: at hundreds of streams it would
measure itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import httpx

from golive.probe.exchange import Failure, FailureKind, Headers, clean
from golive.probe.http import HttpProbe, capped_headers, public_url
from golive.probe.recorder import StreamRecorder
from golive.probe.trace import (
    ANTHROPIC_MESSAGES,
    OPENAI_CHAT,
    Read,
    StreamEnd,
    StreamRules,
    StreamTrace,
)
from golive.probe.transport import RecordingStream, raw_parts
from golive.probe.trouble import TROUBLE, Progress, classify, overdue

__all__ = [
    "ANTHROPIC_MESSAGES",
    "OPENAI_CHAT",
    "Read",
    "StreamEnd",
    "StreamRules",
    "StreamTrace",
    "open_stream",
]

_SNIPPET = 512


async def open_stream(
    probe: HttpProbe,
    url: str,
    rules: StreamRules,
    *,
    method: str = "POST",
    json: object = None,
    headers: Mapping[str, str] | None = None,
    scheduled: int | None = None,
) -> StreamTrace:
    """Request a stream and follow it to its end; trouble is in ``StreamTrace.failure``.

    *scheduled* (monotonic ns, by default now) is when the request should have left: every
    time counts from there, so a late client shows. Any status but 2xx, a redirect included,
    and any type but ``text/event-stream`` is a failure. What the probe's budget raises goes
    through, and so does cancellation. ``ValueError`` if *json* is not JSON.
    """
    call = _Call(probe, rules, probe.clock() if scheduled is None else scheduled)
    try:
        request = probe.request(
            method,
            url,
            json=json,
            headers={"Accept": "text/event-stream", "Cache-Control": "no-store", **(headers or {})},
            read_timeout=rules.idle_timeout,
            progress=call.progress,
        )
    except TROUBLE as error:
        call.failure = Failure(FailureKind.LOCAL, clean(str(error)))
    else:
        await probe.spend(request)
        await call.follow(request)
    return call.trace(method, public_url(url))


class _Call:
    """One stream while it runs."""

    def __init__(self, probe: HttpProbe, rules: StreamRules, scheduled: int) -> None:
        self._probe = probe
        self._rules = rules
        self._scheduled = scheduled
        self._recorder = StreamRecorder(rules)
        self._sent = self._ended = probe.clock()
        self._headers_at: float | None = None
        self._status: int | None = None
        self._headers: Headers = ()
        self._content_type: str | None = None
        self._eof = False
        self._late_failure: Failure | None = None
        self.progress = Progress()
        self.failure: Failure | None = None

    async def follow(self, request: httpx.Request) -> None:
        self._sent = self._probe.clock()
        scope = asyncio.timeout(self._rules.timeout)
        try:
            async with scope, self._probe.opened(request) as response:
                connection = response.extensions.get("network_stream")
                if not isinstance(connection, RecordingStream):
                    connection = None  # a transport handed in by a test
                self._headers_at = self._since(
                    connection.last_read if connection else self._probe.clock()
                )
                self._status = response.status_code
                self._headers = capped_headers(response)
                self._content_type = response.headers.get("content-type")
                self.failure = await _refusal(response)
                if self.failure is None:
                    await self._read(response, connection, scope)
        except TROUBLE as error:
            self._note(error, late=scope.expired())
        self._ended = self._probe.clock()
        self.failure = self.failure or self._recorder.failure

    async def _read(
        self,
        response: httpx.Response,
        connection: RecordingStream | None,
        scope: asyncio.Timeout,
    ) -> None:
        recorder, number, draining = self._recorder, 0, False
        async for part in raw_parts(response):
            at = connection.last_read if connection else self._probe.clock()
            number = connection.reads if connection else number + 1
            recorder.take(part, self._since(at), number)
            if recorder.failure is not None:
                return
            if recorder.terminal_at is not None and not draining:
                draining = True
                soon = asyncio.get_running_loop().time() + self._rules.drain
                scope.reschedule(min(soon, scope.when() or soon))
        self._eof = True

    def _note(self, error: Exception, *, late: bool) -> None:
        done = self._recorder.terminal_at is not None
        if done and late:
            return  # not closing soon after the terminal event is no trouble
        failure = (
            overdue(self.progress, self._rules.timeout) if late else classify(error, self.progress)
        )
        if done:
            self._late_failure = failure
        else:
            # A refused status stays the reason even if its body then broke off.
            self.failure = self.failure or failure

    def trace(self, method: str, url: str) -> StreamTrace:
        recorder = self._recorder
        recorder.finish()
        return StreamTrace(
            method=method,
            url=url,
            scheduled=self._scheduled,
            sent=self._since(self._sent),
            headers_at=self._headers_at,
            first_byte_at=recorder.first_byte_at,
            first_comment_at=recorder.first_comment_at,
            first_event_at=recorder.first_event_at,
            first_content_at=recorder.first_content_at,
            last_content_at=recorder.last_content_at,
            terminal_at=recorder.terminal_at,
            ended_at=self._since(self._ended),
            ended=self._end(),
            failure=self.failure,
            late_failure=self._late_failure,
            status=self._status,
            headers=self._headers,
            content_type=self._content_type,
            connection_reused=self._status is not None and not self.progress.connected,
            total_bytes=recorder.total_bytes,
            events=recorder.events,
            content_events=recorder.content_events,
            events_after_terminal=recorder.events_after_terminal,
            malformed=recorder.malformed,
            heartbeats=recorder.heartbeats,
            retry_preamble=recorder.retry_preamble,
            terminal_seen=recorder.terminal_at is not None,
            closed_by_server=self._eof,
            unfinished=recorder.unfinished,
            last_event_id=recorder.last_event_id,
            event_types=recorder.event_types,
            reads=recorder.reads,
            read_count=recorder.read_count,
            events_in_shared_reads=recorder.events_in_shared_reads,
            content_in_shared_reads=recorder.content_in_shared_reads,
            content=recorder.content,
            content_truncated=recorder.content_truncated,
            content_sha256=recorder.content_sha256,
        )

    def _end(self) -> StreamEnd:
        if self.failure is not None:
            return StreamEnd.TIMEOUT if self.failure.kind.is_timeout else StreamEnd.FAILURE
        return StreamEnd.EOF if self._recorder.terminal_at is None else StreamEnd.TERMINAL

    def _since(self, at: int) -> float:
        return (at - self._scheduled) / 1e9


async def _refusal(response: httpx.Response) -> Failure | None:
    """Why the response is no event stream; quotes the beginning of what came instead."""
    status = response.status_code
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if 300 <= status < 400:
        place = clean(response.headers.get("location", "nowhere"), 120)
        return Failure(FailureKind.REDIRECT, f"HTTP {status} to {place}, not followed")
    if not 200 <= status < 300:
        return Failure(FailureKind.STATUS, f"HTTP {status}: {await _beginning(response)}")
    if kind != "text/event-stream":
        what = clean(kind, 80) or "no content type"
        begins = await _beginning(response)
        return Failure(
            FailureKind.PROTOCOL, f"{what} instead of text/event-stream, beginning: {begins}"
        )
    if encoding not in ("", "identity"):
        return Failure(
            FailureKind.PROTOCOL, f"{clean(encoding, 80)}-encoded although identity was asked"
        )
    return None


async def _beginning(response: httpx.Response) -> str:
    begun = bytearray()
    # The page that explains a refusal is welcome, not awaited: one second and half a KiB.
    with suppress(TimeoutError, *TROUBLE):
        async with asyncio.timeout(1):
            async for part in raw_parts(response):
                begun += part[:_SNIPPET]
                if len(begun) >= _SNIPPET:
                    break
    return clean(begun[:_SNIPPET].decode("utf-8", "replace"), 160) or "(empty body)"
