"""Further user requests, until all user traffic together reaches the error-rate plan."""

from __future__ import annotations

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.objectives import ERROR_RATE, goal_of, plan_of_goal
from golive.pacing import allowed_rate, join
from golive.probe.exchange import Exchange
from golive.stats import Plan
from golive.target_client import api_headers, json_lines, target_probe
from golive_gates.slo.observers.series import (
    Kind,
    Pace,
    Request,
    Tally,
    run_series,
    spare_of,
)
from golive_gates.slo.parts import ProjectFlows, Streams, Traffic
from golive_gates.slo.settings import Settings, TrafficItem
from golive_gates.slo.user_traffic import of_flows, of_streams

NAME = "traffic"


class TrafficObserver:
    """Runs after flows and streams, whose requests it counts towards the plan."""

    part = Traffic
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """At most the whole plan and what may be sent in place of 429 and 4xx answers."""
        plan, items = _plan(scope, settings), _items(scope, settings)
        if isinstance(plan, Unavailable) or not items:
            return ()
        rate = _rate(scope, settings, items)
        shown = ", ".join(f"{i.method} {i.path}" for i in items)
        return (
            PlannedWork(
                NAME,
                self.lane,
                plan.n + spare_of(plan.n),
                plan.n / rate,
                shown,
                f"{rate:g}/s",
                plan.n,
                plan.accept,
                plan.reject,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Traffic | Unavailable:
        """The rest of the plan. Failures elsewhere do not end it: the rest is to be seen too."""
        plan = _plan(ctx.scope, settings)
        if isinstance(plan, Unavailable):
            return plan
        items = _items(ctx.scope, settings)
        carried = _carried(ctx, settings)
        wanted = max(0, plan.n - carried) if items else 0
        tally = Tally(plan.reject, spare_of(wanted))
        target = ctx.config.target
        if items and target is not None:
            headers = api_headers(ctx)
            requests = [
                Request(i.method, join(target.service(i.service).url, i.path), headers)
                for i in items
            ]
            async with target_probe(ctx) as probe:
                await run_series(
                    ctx,
                    probe,
                    tally,
                    lambda index: requests[index % len(requests)],
                    _judge,
                    Pace(NAME, wanted, _rate(ctx.scope, settings, items), settings.request_timeout),
                )
        ref = ctx.evidence.add("traffic.jsonl", json_lines(tally.lines), "application/jsonl")
        return Traffic(
            max(plan.n, carried),
            tally.done,
            tally.failures,
            tally.answers,
            tally.client_errors,
            tally.limited,
            tally.failure_counts(),
            tuple(f"{i.method} {i.path}" for i in items),
            tally.stopped,
            tally.cut_off,
            (ref,),
        )


def _judge(exchange: Exchange) -> Kind:
    status = exchange.status
    if status == 429:
        return Kind.LIMITED
    if status is not None and 400 <= status < 500:
        return Kind.CLIENT_ERROR
    failed = exchange.failure is not None or status is None or status >= 500
    return Kind.BAD if failed else Kind.GOOD


def _plan(scope: Scope, settings: Settings) -> Plan | Unavailable:
    goal = goal_of(scope.config.slo(ERROR_RATE), ERROR_RATE)
    if isinstance(goal, Unavailable):
        return goal
    if scope.config.target is None:
        return Unavailable(Reason("core.needs-target"))
    return plan_of_goal(goal, settings.confidence, settings.power)


def _items(scope: Scope, settings: Settings) -> tuple[TrafficItem, ...]:
    target = scope.config.target
    if settings.traffic or target is None or target.project_api is None:
        return settings.traffic
    return (TrafficItem(target.project_api.service, target.project_api.path),)


def _rate(scope: Scope, settings: Settings, items: tuple[TrafficItem, ...]) -> float:
    limit = scope.config.target.rate_limit if scope.config.target else None
    share = settings.rate_limit_share
    return min(allowed_rate(settings.traffic_rate, limit, i.path, share) for i in items)


def _carried(ctx: RunContext, settings: Settings) -> int:
    """Requests of the plan that others sent; a stream that was cut off keeps its place."""
    flows, found = ctx.observed.find(ProjectFlows), ctx.observed.find(Streams)
    streams = None if isinstance(found, Unavailable) else found
    return (
        of_flows(None if isinstance(flows, Unavailable) else flows).n
        + of_streams(streams, None, settings).n
        + (streams.cut_off if streams else 0)
    )
