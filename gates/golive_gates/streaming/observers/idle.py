"""Silence: a stream that says nothing for a while, beside a connection that is not used."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive.probe.http import HttpProbe
from golive.probe.stream import StreamTrace, open_stream
from golive.target_client import api_headers, json_lines, target_probe, time_left
from golive_gates.streaming.observers.asking import PATIENCE, Ask, Patience, asked, unique_of
from golive_gates.streaming.observers.connection import keep
from golive_gates.streaming.observers.wire import USUAL, failure_of
from golive_gates.streaming.parts import Idle, KeptConnection, SilentStream
from golive_gates.streaming.settings import Settings

NAME = "idle"
MOST_MOMENTS = 2_000
SLACK = 30.0
"""Seconds that a silent stream may take beyond its silence."""
MARGIN, MOST_MARGIN = 0.05, 2.0
"""A connection is used again this share of its idle time (and at most so many seconds) before
the end: a server that closes exactly at its limit is right to do so."""
RESERVE = 5.0


class IdleObserver:
    """Both wait at the same time, for waiting disturbs nothing."""

    part = Idle
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The silent stream, if its body is known, and two requests on one connection."""
        ask = asked(scope)
        if isinstance(ask, Unavailable):
            return ()
        wait = idle_before_reuse(settings.keepalive_idle)
        note = f"the same connection after {wait:g} s"
        seconds = 0.0 if settings.idle_body is None else settings.idle_for + USUAL
        # Both wait at the same time: what the connection adds is only what is longer.
        longer = max(0.0, wait - seconds)
        kept = PlannedWork(NAME, self.lane, 2, longer, f"GET {ask.ready}", note, 1)
        if settings.idle_body is None:
            return (kept,)
        note = f"silent for {settings.idle_for:g} s, beside the idle connection"
        stream = PlannedWork(NAME, self.lane, 1 + PATIENCE, seconds, f"POST {ask.front}", note, 1)
        return (stream, kept)

    async def observe(self, ctx: RunContext, settings: Settings) -> Idle | Unavailable:
        """Wait, and see what becomes of both."""
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        wanted = idle_before_reuse(settings.keepalive_idle)
        left = time_left(ctx)
        if left is not None:
            wanted = max(0.0, min(wanted, left - RESERVE))
        lines: list[dict[str, object]] = []
        try:
            async with target_probe(ctx) as probe, asyncio.TaskGroup() as group:
                connection = group.create_task(keep(ctx, probe, ask.ready, wanted))
                silent = (
                    None
                    if settings.idle_body is None
                    else group.create_task(_silent(ctx, probe, ask, settings))
                )
        except BaseExceptionGroup as several:
            # The runner knows a spent budget by its type.
            raise several.exceptions[0] from None
        kept: KeptConnection = connection.result()
        stream: SilentStream | None = None if silent is None else silent.result()
        lines.append({"connection": asdict(kept)})
        if stream is not None:
            lines.append({"stream": asdict(stream)})
        text = json_lines(lines, ctx.redact)
        ref = ctx.evidence.add("idle.jsonl", text, "application/jsonl")
        return Idle(kept, stream, (ref,))


def idle_before_reuse(keepalive_idle: float) -> float:
    """Seconds after which a connection that is kept for *keepalive_idle* is used again."""
    return keepalive_idle - min(MOST_MARGIN, MARGIN * keepalive_idle)


async def _silent(ctx: RunContext, probe: HttpProbe, ask: Ask, settings: Settings) -> SilentStream:
    patience = Patience(ctx)
    rules = ask.rules(max(ask.api.timeout, settings.idle_for + SLACK))
    while True:
        trace = await open_stream(
            probe,
            ask.front,
            rules,
            json=ask.body(unique_of(ctx, "idle"), settings.idle_body),
            headers=api_headers(ctx),
        )
        if trace.status != 429 or not await patience.again(trace.header("retry-after")):
            return silent_stream(trace)


def silent_stream(trace: StreamTrace) -> SilentStream:
    """The moments of one stream."""
    failure, detail = failure_of(trace)
    content = [r.at for r in trace.reads if r.content]
    if trace.terminal_at is not None:
        content.append(trace.terminal_at)
    return SilentStream(
        trace.status,
        failure,
        detail,
        tuple(round(r.at - trace.sent, 6) for r in trace.reads[:MOST_MOMENTS]),
        tuple(round(at - trace.sent, 6) for at in content[:MOST_MOMENTS]),
        trace.heartbeats,
        trace.ended_at - trace.sent,
    )
