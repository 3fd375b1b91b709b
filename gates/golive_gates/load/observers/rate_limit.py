"""What the target's rate limit does, tried with a client of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from golive.api import (
    Lane,
    Need,
    Permission,
    PlannedWork,
    RateLimit,
    Reason,
    RunContext,
    Scope,
    Unavailable,
    permit,
)
from golive.pacing import join
from golive.target_client import json_lines, target_probe, time_left
from golive_gates.load.limit_parts import DEADLINE, RateLimitSeen
from golive_gates.load.observers.limit_bursts import most_of_bursts, run_bursts
from golive_gates.load.observers.limit_client import LimitClient
from golive_gates.load.observers.limit_procedure import MOST_ROUNDS, Procedure, most_in_all, most_of
from golive_gates.load.observers.limit_variants import variants_of
from golive_gates.load.observers.routes import limited_route
from golive_gates.load.settings import Settings

NAME = "rate-limit"


class RateLimitObserver:
    """Uses up the allowance of client `limit`, tries ways around it, and waits for its reset."""

    part = RateLimitSeen
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The longest way: a second round, at the reset, if the first began inside a window."""
        ask = _ask(scope, settings)
        if isinstance(ask, Unavailable):
            return ()
        limit = ask.limit
        variants = len(variants_of(ask.url))
        requests = most_in_all(limit.requests, limit.window, variants)
        # Waiting for the first reset, then up to two windows, and a pause for a bucket's tokens.
        seconds = limit.window * (1 + 1.1 * MOST_ROUNDS) + 3.0 * MOST_ROUNDS
        note = f"declared: {limit.requests} in {limit.window:g} s; client `limit`, GET only"
        if settings.burst:
            requests += most_of_bursts(limit.requests)
            seconds += 3 * limit.window
            note += "; bursts chosen"
        note += f"; at most {MOST_ROUNDS} rounds, one as a rule"
        return (
            PlannedWork(
                NAME,
                self.lane,
                requests,
                seconds,
                f"GET {ask.url}",
                note,
                permission=Permission.RATE_LIMIT,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> RateLimitSeen | Unavailable:
        """The procedure; cut short by the gate's deadline, with what was found until then."""
        ask = _ask(ctx.scope, settings)
        if isinstance(ask, Unavailable):
            return ask
        grant = await permit(ctx, Permission.RATE_LIMIT, ask.url)
        if isinstance(grant, Unavailable):
            return grant
        headers, other = ctx.client_headers("limit"), ctx.client_headers("other")
        if headers is None:
            return Unavailable(Reason("no-limit-client"))
        async with target_probe(ctx, grant) as probe:
            timeout = min(settings.request_timeout, ask.limit.window)
            client = LimitClient(ctx, probe, ask.url, headers, timeout)
            client.interval = 1 / settings.max_rate
            bystander = (
                None if other is None else LimitClient(ctx, probe, ask.url, other, timeout, "other")
            )
            seen = RateLimitSeen(ask.limit.requests, ask.limit.window, ask.url)
            if bystander is not None:
                bystander.refusals = client.refusals
            procedure = Procedure(client, bystander, seen)
            try:
                async with asyncio.timeout(time_left(ctx)):
                    await procedure.run()
                    if settings.burst and procedure.seen.readmissions:
                        bursts = await run_bursts(client, ask.limit.requests, ask.limit.window)
                        procedure.seen = replace(procedure.seen, bursts=bursts)
            except TimeoutError:
                procedure.seen = replace(procedure.seen, stopped=DEADLINE)
        lines = [*client.lines, *(bystander.lines if bystander else ())]
        ref = ctx.evidence.add("rate-limit.jsonl", json_lines(lines), "application/jsonl")
        return replace(procedure.seen, evidence=(ref,))


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked, and the limit that is declared for it."""

    url: str
    limit: RateLimit


def _ask(scope: Scope, settings: Settings) -> Ask | Unavailable:
    target = scope.config.target
    limit = target.rate_limit if target else None
    if target is None or limit is None:
        return Unavailable(Reason("no-declared-limit"))
    route = limited_route(target, settings)
    if isinstance(route, Unavailable):
        return route
    if not any(route.path.startswith(prefix) for prefix in limit.paths):
        params = {"path": route.path, "paths": ", ".join(limit.paths)}
        return Unavailable(Reason("path-without-limit", params))
    if limit.window > settings.longest_window:
        bound = {"window": limit.window, "longest": settings.longest_window}
        return Unavailable(Reason("window-too-long", bound))
    if 4 * most_of(limit.requests) > settings.max_requests:
        most = {"requests": limit.requests, "most": settings.max_requests}
        return Unavailable(Reason("limit-too-large", most))
    return Ask(join(route.service.url, route.path), limit)
