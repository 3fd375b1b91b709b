"""Open-loop probes of every service's ready path."""

from __future__ import annotations

import asyncio

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.objectives import READINESS, goal_of, plan_of_goal
from golive.pacing import allowed_rate, join
from golive.probe.exchange import Exchange
from golive.probe.http import HttpProbe
from golive.probe.lag import LagMonitor
from golive.stats import Plan, percentile
from golive.target_client import json_lines, target_probe
from golive_gates.slo.observers.series import (
    Kind,
    Pace,
    Request,
    Tally,
    lag_of,
    run_series,
    spare_of,
)
from golive_gates.slo.parts import Readiness, ReadinessSeries
from golive_gates.slo.settings import Settings

NAME = "readiness"


class ReadinessObserver:
    """One series a service, side by side; each ends with its plan, or once that is refuted."""

    part = Readiness
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The plan of each service, with what may be sent in place of 429 answers."""
        plan = _plan(scope, settings)
        if isinstance(plan, Unavailable):
            return ()
        return tuple(
            PlannedWork(
                NAME,
                self.lane,
                plan.n + spare_of(plan.n),
                plan.n / rate,
                f"GET {url}",
                f"{rate:g}/s",
                plan.n,
                plan.accept,
                plan.reject,
            )
            for _, url, rate in _services(scope, settings)
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Readiness | Unavailable:
        """Probe every service; whatever it answers is counted."""
        plan = _plan(ctx.scope, settings)
        if isinstance(plan, Unavailable):
            return plan
        services = _services(ctx.scope, settings)
        tallies = [Tally(plan.reject, spare_of(plan.n)) for _ in services]
        async with target_probe(ctx) as probe, LagMonitor() as monitor:
            try:
                async with asyncio.TaskGroup() as group:
                    for tally, (name, url, rate) in zip(tallies, services, strict=True):
                        pace = Pace(f"{NAME}: {name}", plan.n, rate, settings.readiness_timeout)
                        group.create_task(_probe(ctx, probe, tally, url, pace))
            except BaseExceptionGroup as several:
                # The runner knows a spent budget by its type.
                raise several.exceptions[0] from None
        lines = [
            {"service": name, **line}
            for tally, (name, _, _) in zip(tallies, services, strict=True)
            for line in tally.lines
        ]
        ref = ctx.evidence.add("readiness.jsonl", json_lines(lines), "application/jsonl")
        return Readiness(
            tuple(
                _series(tally, plan, name, url)
                for tally, (name, url, _) in zip(tallies, services, strict=True)
            ),
            settings.readiness_timeout,
            services[0][2] if services else 0.0,
            lag_of([lag for tally in tallies for lag in tally.lags], monitor.report),
            (ref,),
        )


async def _probe(ctx: RunContext, probe: HttpProbe, tally: Tally, url: str, pace: Pace) -> None:
    await run_series(ctx, probe, tally, lambda _: Request("GET", url), _judge, pace)


def _judge(exchange: Exchange) -> Kind:
    if exchange.status == 429:
        return Kind.LIMITED
    return Kind.GOOD if exchange.ok else Kind.BAD


def _plan(scope: Scope, settings: Settings) -> Plan | Unavailable:
    goal = goal_of(scope.config.slo(READINESS), READINESS)
    if isinstance(goal, Unavailable):
        return goal
    if scope.config.target is None or not scope.config.target.services:
        return Unavailable(Reason("core.needs-target"))
    return plan_of_goal(goal, settings.confidence, settings.power)


def _services(scope: Scope, settings: Settings) -> list[tuple[str, str, float]]:
    """Name, ready URL and rate of every service."""
    target = scope.config.target
    services = target.services if target else ()
    limit = target.rate_limit if target else None
    return [
        (
            s.name,
            join(s.url, s.ready),
            allowed_rate(
                settings.readiness_rate, limit, s.ready, settings.rate_limit_share, len(services)
            ),
        )
        for s in services
    ]


def _series(tally: Tally, plan: Plan, name: str, url: str) -> ReadinessSeries:
    seen = tally.latencies
    return ReadinessSeries(
        name,
        url,
        plan.n,
        tally.done,
        tally.failures,
        tally.answers,
        tally.failure_counts(),
        tally.limited,
        percentile(seen, 0.5) if seen else None,
        percentile(seen, 0.95) if seen else None,
        max(seen, default=None),
        tally.stopped,
        tally.cut_off,
    )
