"""Drills: a command disturbs the target on purpose while streams are under way."""

from __future__ import annotations

from dataclasses import asdict

from golive.api import (
    BudgetExhausted,
    Grant,
    Lane,
    Permission,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
    permit,
)
from golive.target_client import json_lines, target_probe, time_left
from golive_gates.streaming.drill_parts import Drill
from golive_gates.streaming.observers.asking import Ask, asked
from golive_gates.streaming.observers.command import GRACE
from golive_gates.streaming.observers.drilling import (
    AFTER,
    BETWEEN,
    Drilling,
    looks_of,
    tries_of,
    under_way_for,
)
from golive_gates.streaming.observers.together import let_the_limit_forget, pause_before
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.settings import Settings


def plan_drill(
    scope: Scope, settings: Settings, name: str, command: tuple[str, ...]
) -> tuple[PlannedWork, ...]:
    """The streams before and after, the looks at readiness, and those of the witnesses."""
    ask = asked(scope)
    if isinstance(ask, Unavailable) or not command:
        return ()
    tries = tries_of(settings)
    looks = looks_of(settings)
    note = f"while `{command[0]}` ... runs, and after it"
    seconds = pause_before(ask, scope) + under_way_for(settings) + USUAL
    works = [
        (f"POST {ask.front}", settings.drill_streams + tries + 2 * AFTER, seconds, note),
        (f"GET {ask.ready}", tries + 2, 0.0, "until ready again"),
        *((f"GET {url}", looks, 0.0, "whether anything was disturbed") for url in ask.watched),
    ]
    return tuple(
        PlannedWork(name, Lane.LOUD, count, took, what, why, permission=Permission.FAULT)
        for what, count, took, why in works
    )


async def drill(
    ctx: RunContext, settings: Settings, name: str, command: tuple[str, ...]
) -> Drill | Unavailable:
    """Start streams, run *command* once all have content, and see what becomes of everything.

    Nothing is disturbed unless there are time and requests enough to see the end of it.
    """
    ask = asked(ctx.scope)
    if isinstance(ask, Unavailable):
        return ask
    if not command:
        return Unavailable(Reason("drill-not-allowed", {"setting": f"{name}_command"}))
    grants: list[Grant] = []
    for url in dict.fromkeys((ask.front, ask.direct or ask.front)):
        grant = await permit(ctx, Permission.FAULT, url)
        if isinstance(grant, Unavailable):
            return grant
        grants.append(grant)
    if not await let_the_limit_forget(ask, ctx):
        return Unavailable(Reason("no-time", {"step": name}))
    left = time_left(ctx)
    if left is not None and left < _needed(ask, settings):
        # Half a drill would leave the target in a state that nobody looked at.
        return Unavailable(Reason("no-time", {"step": name}))
    most = sum(w.requests for w in plan_drill(ctx.scope, settings, name, command))
    if ctx.budget.left < most:
        msg = f"the drill may need {most} requests, and {ctx.budget.left} are left"
        raise BudgetExhausted(msg)
    async with target_probe(ctx, *grants) as probe:
        ready = await probe.call("GET", ask.ready, headers=dict(ctx.auth_headers))
        if not ready.ok:
            status = "-" if ready.status is None else str(ready.status)
            return Unavailable(Reason("not-ready-before", {"status": status}))
        done = await Drilling(ctx, probe, ask, settings, name, tuple(grants)).run(command)
    lines: list[dict[str, object]] = []
    if done.command is not None:
        lines.append({"command": asdict(done.command)})
    lines += [{"running": asdict(s)} for s in done.running]
    lines += [{"after": asdict(s)} for s in done.after]
    lines.append(
        {
            "back_after": done.back_after,
            "ready_after": done.ready_after,
            "disturbed": done.disturbed,
            "witness": done.witness,
        }
    )
    text = json_lines(lines, ctx.redact)
    ref = ctx.evidence.add(f"{name}.jsonl", text, "application/jsonl")
    return Drill(
        done.command,
        done.running,
        done.after,
        done.back_after,
        done.ready_after,
        done.disturbed,
        done.witness,
        (ref,),
    )


def _needed(ask: Ask, settings: Settings) -> float:
    """Seconds from the first stream until the last look, when all goes badly."""
    first, last = USUAL, min(ask.api.timeout, settings.drain_within) + BETWEEN
    command = settings.drill_timeout + GRACE
    return first + max(command + settings.drain_within + last, under_way_for(settings))
