"""More streams at once than the target says it admits."""

from __future__ import annotations

from golive.api import (
    Grant,
    Lane,
    Need,
    Permission,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
    permit,
)
from golive.target_client import json_lines, target_probe
from golive_gates.streaming.observers.asking import Ask, asked, loud_headers, unique_of
from golive_gates.streaming.observers.following import Followed, follow
from golive_gates.streaming.observers.idle import SLACK
from golive_gates.streaming.observers.together import (
    let_the_limit_forget,
    lines_of,
    pause_before,
    room_for,
    send_together,
    spread_of,
)
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.parts import Limit
from golive_gates.streaming.settings import Settings

NAME = "limit"


class LimitObserver:
    """The declared limit and ``over_limit`` more, started together.

    Streams of ``idle_body`` are used if there is one: their silence keeps them open together.
    """

    part = Limit
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """All streams, and one afterwards; none when no limit is declared."""
        ask = asked(scope)
        if isinstance(ask, Unavailable) or settings.connection_limit is None:
            return ()
        count = settings.connection_limit + settings.over_limit
        seconds = 1.0 + (USUAL if settings.idle_body is None else settings.idle_for + USUAL)
        return (
            PlannedWork(
                NAME,
                self.lane,
                count + 1,
                seconds + pause_before(ask, scope),
                f"POST {ask.front}",
                f"{settings.over_limit} above the declared limit",
                count,
                permission=Permission.LOAD,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Limit | Unavailable:
        """Send them, and see which are admitted and what the others are told."""
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        limit = settings.connection_limit
        if limit is None:
            return Unavailable(Reason("not-declared"))
        grant = await permit(ctx, Permission.LOAD, ask.front)
        if isinstance(grant, Unavailable):
            return grant
        count = limit + settings.over_limit
        room = room_for(ask, settings, ctx)
        if room is not None and count > room:
            return Unavailable(Reason("no-room", {"count": count, "room": room}))
        if not await let_the_limit_forget(ask, ctx):
            return Unavailable(Reason("no-time", {"step": NAME}))
        silent = settings.idle_body is not None
        run = await send_together(
            ctx,
            ask,
            grant,
            count=count,
            spread=spread_of(settings.idle_for if silent else None),
            what="x",
            template=settings.idle_body,
            timeout_s=max(ask.api.timeout, settings.idle_for + SLACK) if silent else None,
        )
        afterwards = None
        if any(s.status == 429 for s in run.streams):
            afterwards = await _afterwards(ctx, ask, grant)
        text = json_lines([*lines_of(run), {"afterwards": afterwards}], ctx.redact)
        ref = ctx.evidence.add("limit.jsonl", text, "application/jsonl")
        declared = ask.limit is not None
        return Limit(limit, settings.over_limit, run, declared, afterwards, (ref,))


async def _afterwards(ctx: RunContext, ask: Ask, grant: Grant) -> int | None:
    """Status of one stream by itself, cut at its first content."""
    async with target_probe(ctx, grant) as probe:
        stream = await follow(
            probe,
            ask.front,
            ask.rules(),
            Followed(),
            body=ask.body(unique_of(ctx, "y")),
            headers=loud_headers(ctx),
            cut_after=1,
        )
    return stream.status
