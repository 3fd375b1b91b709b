"""Streams held at once, in stages of growing number."""

from __future__ import annotations

from golive.api import (
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
from golive.objectives import FIRST_EVENT
from golive.stats import percentile, required_n
from golive.target_client import json_lines, time_left
from golive_gates.streaming.observers.asking import Ask, asked
from golive_gates.streaming.observers.together import (
    END_SLACK,
    let_the_limit_forget,
    lines_of,
    pause_before,
    room_for,
    send_together,
    spread_of,
)
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.parts import FRONT, Held, Together, Wire
from golive_gates.streaming.settings import Settings

NAME = "held"
DEFAULT_STAGES = (10, 50)
MOST_STAGES = 20


class HeldObserver:
    """Each stage once, and the largest again until there are enough streams for a verdict."""

    part = Held
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Every stage."""
        ask = asked(scope)
        if isinstance(ask, Unavailable):
            return ()
        seconds = 1.0 + min(ask.api.timeout, USUAL) + pause_before(ask, scope)
        return tuple(
            PlannedWork(
                NAME,
                self.lane,
                n,
                seconds,
                f"POST {ask.front}",
                f"{n} at once",
                n,
                permission=Permission.LOAD,
            )
            for n in stages_of(scope, settings)
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Held | Unavailable:
        """Send the stages one after another; a stage that meets the rate limit is the last."""
        ask = asked(ctx.scope)
        if isinstance(ask, Unavailable):
            return ask
        grant = await permit(ctx, Permission.LOAD, ask.front)
        if isinstance(grant, Unavailable):
            return grant
        counts = stages_of(ctx.scope, settings)
        room = room_for(ask, settings, ctx)
        if room is not None and max(counts) > room:
            return Unavailable(Reason("no-room", {"count": max(counts), "room": room}))
        spread = spread_of(_usual(ctx))
        stages: list[Together] = []
        stopped = ""
        for number, count in enumerate(counts):
            if not await let_the_limit_forget(ask, ctx) or _out_of_time(ctx, ask):
                stopped = "deadline"
                break
            stage = await send_together(
                ctx, ask, grant, count=count, spread=spread, what=f"k{number}"
            )
            stages.append(stage)
            ctx.report(NAME, sum(s.count for s in stages), sum(counts), None)
            if any(s.status == 429 for s in stage.streams):
                stopped = "limited"
                break
        text = json_lines([line for s in stages for line in lines_of(s)], ctx.redact)
        ref = ctx.evidence.add("held.jsonl", text, "application/jsonl")
        slo = ctx.config.slo(FIRST_EVENT)
        return Held(tuple(stages), sum(counts), slo.threshold if slo else None, stopped, (ref,))


def stages_of(scope: Scope, settings: Settings) -> tuple[int, ...]:
    """Streams of each stage in turn.

    The largest is repeated until all together would prove the objective if none fails.
    """
    limits = [c.max_streams for c in scope.config.canary if c.max_streams is not None]
    declared = settings.held or tuple(dict.fromkeys(limits)) or DEFAULT_STAGES
    stages = sorted(declared)
    needed = required_n(settings.held_objective, 0, settings.confidence)
    while sum(stages) < needed and len(stages) < MOST_STAGES:
        stages.append(stages[-1])
    return tuple(stages)


def _usual(ctx: RunContext) -> float | None:
    """How long a stream takes from its head on, as the quiet look saw it."""
    wire = ctx.observed.find(Wire)
    if isinstance(wire, Unavailable):
        return None
    seen = [s.ended for s in wire.complete(FRONT) if s.ended is not None]
    return percentile(seen, 0.5) if seen else None


def _out_of_time(ctx: RunContext, ask: Ask) -> bool:
    left = time_left(ctx)
    return left is not None and left < min(ask.api.timeout, USUAL) + END_SLACK
