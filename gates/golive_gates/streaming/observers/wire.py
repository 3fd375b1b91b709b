"""Streams one at a time, through the front and directly in turn, each read by read."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import asdict

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive.probe.http import HttpProbe
from golive.probe.lag import LagMonitor
from golive.probe.stream import StreamTrace, open_stream
from golive.target_client import api_headers, json_lines, target_probe, time_left
from golive_gates.streaming.observers.asking import PATIENCE, Ask, Patience, asked, unique_of
from golive_gates.streaming.parts import LIMITED, LOCAL, StreamSeen, Wire
from golive_gates.streaming.settings import Settings

NAME = "wire"
USUAL = 3.0
"""Seconds that a stream is expected to take, for plans."""
MOST_MOMENTS = 500
GIVE_UP = 3
"""Streams in a row that bring nothing; more of them would teach nothing."""

pause = asyncio.sleep


class WireObserver:
    """``wire_streams`` of each route in turn, so that a busy minute touches both alike."""

    part = Wire
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The streams of each route, and what may be repeated after 429."""
        ask = asked(scope)
        if isinstance(ask, Unavailable):
            return ()
        count = settings.wire_streams
        return tuple(
            PlannedWork(
                NAME,
                self.lane,
                count + PATIENCE,
                count * max(min(ask.api.timeout, USUAL), 1 / ask.rate(settings)),
                f"POST {url}",
                f"one at a time, {route}",
                count,
            )
            for route, url in ask.routes
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Wire | Unavailable:
        """Follow the streams to their ends."""
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        streams: list[StreamSeen] = []
        lines: list[dict[str, object]] = []
        stopped = ""
        async with target_probe(ctx) as probe, LagMonitor() as monitor:
            try:
                async with asyncio.timeout(time_left(ctx)):
                    stopped = await _all(ctx, probe, ask, settings, streams, lines)
            except TimeoutError:
                stopped = "deadline"
        text = json_lines(lines, ctx.redact)
        ref = ctx.evidence.add("wire.jsonl", text, "application/jsonl")
        return Wire(
            settings.wire_streams,
            tuple(streams),
            ask.direct is not None,
            monitor.report.p99,
            stopped,
            (ref,),
        )


async def _all(
    ctx: RunContext,
    probe: HttpProbe,
    ask: Ask,
    settings: Settings,
    streams: list[StreamSeen],
    lines: list[dict[str, object]],
) -> str:
    patience = Patience(ctx)
    total = settings.wire_streams * len(ask.routes)
    least = 1 / ask.rate(settings)
    for number in range(settings.wire_streams):
        for route, url in ask.routes:
            began = probe.clock()
            unique = unique_of(ctx, f"w{number}{route[0]}")
            while True:
                trace = await open_stream(
                    probe,
                    url,
                    ask.rules(),
                    json=ask.body(unique),
                    headers=api_headers(ctx),
                )
                if trace.status != 429 or not await patience.again(trace.header("retry-after")):
                    break
            seen = _seen(route, trace, ask.known(unique))
            streams.append(seen)
            lines.append(_line(trace, seen))
            ctx.report(NAME, len(streams), total, None)
            if seen.failure in (LIMITED, LOCAL):
                return seen.failure
            if len(streams) >= GIVE_UP and not any(s.content_events for s in streams):
                return "no-stream"
            await pause(max(0.0, least - (probe.clock() - began) / 1e9))
    return ""


def _seen(route: str, trace: StreamTrace, known: str | None) -> StreamSeen:
    first = trace.first_content_at
    failure, detail = failure_of(trace)
    matches: bool | None = None
    if known is not None and not failure:
        matches = hashlib.sha256(known.encode()).hexdigest() == trace.content_sha256
    content = [r for r in trace.reads if r.content]
    return StreamSeen(
        route,
        trace.status,
        failure,
        detail,
        None if first is None else first - trace.sent,
        None if trace.last_content_at is None else trace.last_content_at - trace.sent,
        trace.ended_at - trace.sent,
        trace.content_events,
        trace.content_events - trace.content_in_shared_reads,
        tuple(round(r.at - trace.sent, 6) for r in content[:MOST_MOMENTS]),
        matches,
    )


def failure_of(trace: StreamTrace) -> tuple[str, str]:
    """Kind and detail of what went wrong; ("", "") for a stream that ended as it should."""
    if trace.failure is not None:
        refused = trace.status is not None and not 200 <= trace.status < 300
        kind = f"status-{trace.status}" if refused else trace.failure.kind.value
        return kind, trace.failure.detail
    return ("", "") if trace.terminal_seen else ("truncated", f"{trace.events} events")


def _line(trace: StreamTrace, seen: StreamSeen) -> dict[str, object]:
    return {
        **asdict(seen),
        "events": trace.events,
        "reads": trace.read_count,
        "bytes": trace.total_bytes,
        "heartbeats": trace.heartbeats,
        "content_type": trace.content_type,
        "content_sha256": trace.content_sha256,
    }
