"""The declared load on the target, its readiness beside it, and its recovery."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

from golive.api import (
    Grant,
    HttpProbe,
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
from golive.objectives import FIRST_EVENT, goal_of
from golive.probe.exchange import clean
from golive.probe.load import LoadPlan, LoadProgress, LoadResult, run_load
from golive.target_client import api_headers, target_probe, time_left
from golive_gates.load.observers.load_ask import (
    MARGIN,
    Ask,
    ask_of,
    load_plan,
    over_limit,
    readiness_count,
)
from golive_gates.load.observers.load_counts import CUT
from golive_gates.load.observers.load_part import Found, part_of
from golive_gates.load.observers.load_sent import Ledger
from golive_gates.load.observers.load_work import NAME, planned_work
from golive_gates.load.observers.watch import Comeback, Watch, look_before
from golive_gates.load.parts import DEADLINE, ENGINE, HEALTH, LoadSeen, Recovery
from golive_gates.load.settings import Settings


class LoadObserver:
    """Sends the declared load as client `load`, watches readiness, and waits for recovery."""

    part = LoadSeen
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The load, the probes beside it, and at most so many looks before and afterwards."""
        ask = ask_of(scope, settings)
        if isinstance(ask, Unavailable):
            return ()
        return planned_work(ask, scope, settings)

    async def observe(self, ctx: RunContext, settings: Settings) -> LoadSeen | Unavailable:
        """The load as a whole; sent only if every host may be loaded and no limit forbids it."""
        ask = ask_of(ctx.scope, settings)
        if isinstance(ask, Unavailable):
            return ask
        headers = ctx.client_headers("load")
        target = ctx.config.target
        if headers is None and target is not None:
            over = over_limit(ask, target)
            if over is not None:
                limit, wanted = over
                params = {"wanted": wanted, "requests": limit.requests, "window": limit.window}
                return Unavailable(Reason("no-load-client", params))
            headers = dict(api_headers(ctx))
        grants: dict[str, Grant] = {}
        for url in ask.urls:
            grant = await permit(ctx, Permission.LOAD, url)
            if isinstance(grant, Unavailable):
                return grant
            grants[url] = grant
        return await _Loading(ctx, settings, ask, headers or {}, grants).run()


@dataclass(slots=True)
class _Loading:
    """One load under way."""

    ctx: RunContext
    settings: Settings
    ask: Ask
    headers: Mapping[str, str]
    grants: Mapping[str, Grant]
    down: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: str = ""
    detail: str = ""

    async def run(self) -> LoadSeen | Unavailable:
        ctx, settings = self.ctx, self.settings
        tls = ctx.config.target.tls if ctx.config.target else None
        plan = load_plan(
            self.ask,
            settings,
            {**dict(ctx.headers), **self.headers},
            {url: grant.address for url, grant in self.grants.items()},
            f"golive-{ctx.run_id[-20:]}-l",
            verify=tls.verify if tls else True,
            ca_file=str(ctx.scope.base / tls.ca) if tls and tls.ca else None,
        )
        left = time_left(ctx)
        if left is not None and left < settings.warmup + settings.duration + MARGIN:
            needed = settings.warmup + settings.duration + MARGIN
            return Unavailable(Reason("no-time-for-load", {"left": left, "needed": needed}))
        async with AsyncExitStack() as stack:
            ledger = stack.enter_context(Ledger(ctx, plan))
            probe = await stack.enter_async_context(target_probe(ctx, *self.grants.values()))
            unready = await look_before(ctx, probe, self.ask, settings.readiness_timeout)
            if unready is not None:
                return unready
            watches = self._watches(probe)
            after = Comeback(
                ctx,
                probe,
                self.ask,
                self.headers,
                settings.recovery_within,
                settings.readiness_timeout,
                self._threshold(),
            )
            result, recovery = await self._loaded(plan, watches, after, ledger, left)
        found = Found(
            ask=self.ask,
            plan=plan,
            result=result,
            watches=watches,
            recovery=recovery,
            recovery_lines=after.lines,
            threshold=self._threshold(),
            stopped=self.stopped,
            detail=self.detail,
        )
        return part_of(ctx, settings, found)

    def _watches(self, probe: HttpProbe) -> list[Watch]:
        count, rate, _ = readiness_count(self.ctx.scope, self.settings)
        settings = self.settings
        return [
            Watch(
                self.ctx,
                probe,
                service,
                count,
                rate,
                settings.readiness_timeout,
                settings.abort_after,
                self.down,
            )
            for service in self.ask.services
        ]

    async def _loaded(
        self,
        plan: LoadPlan,
        watches: list[Watch],
        after: Comeback,
        ledger: Ledger,
        left: float | None,
    ) -> tuple[LoadResult | None, Recovery | None]:
        """The load with its watches, and the way back from the moment on at which it ended.

        The result is ``None`` when the engine could not carry it out.
        """
        if left is not None and plan.deadline > left - MARGIN:
            plan = replace(plan, deadline=left - MARGIN)
        result: LoadResult | None = None
        # A group, so that a spent budget or an interrupt ends all of it.
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._watched(watch)) for watch in watches]
            try:
                result = ledger.result = await self._engine(plan, ledger)
            except (OSError, ValueError) as error:
                self.stopped, self.detail = ENGINE, clean(str(error)) or type(error).__name__
            if result is not None and result.aborted:
                self.stopped = HEALTH if self.down.is_set() else ENGINE
                self.detail = clean(result.aborted)
            elif result is not None and any(r.outcome in CUT for r in result.records):
                self.stopped = DEADLINE
            # What is probed without the load is not readiness under load.
            for watch, task in zip(watches, tasks, strict=True):
                watch.over = not self.stopped
                task.cancel()
            recovery = await self._recovered(after)
        return result, recovery

    async def _watched(self, watch: Watch) -> None:
        # The engine calibrates itself first.
        await self.begun.wait()
        await watch.run()

    async def _engine(self, plan: LoadPlan, ledger: Ledger) -> LoadResult:
        total, seconds = plan.schedule.count, self.settings.warmup + self.settings.duration

        def progress(seen: LoadProgress) -> None:
            if seen.sent:
                self.begun.set()
            ledger.note(seen)
            self.ctx.report(NAME, seen.done, total, max(0.0, seconds - seen.seconds))

        settings = self.settings
        ledger.begin()
        if not settings.scheduler:
            return await run_load(
                plan, workers=settings.workers, on_progress=progress, abort=self.down
            )
        # Dask is an extra, and only a load spread over machines needs it.
        from golive.probe.load.cluster import ClusterError, run_on_cluster

        try:
            return await run_on_cluster(
                plan,
                settings.scheduler,
                on_progress=progress,
                abort=self.down,
                keep_records=settings.max_requests,
            )
        except (ClusterError, ImportError) as error:
            raise OSError(str(error)) from error

    def _threshold(self) -> float | None:
        goal = goal_of(self.ctx.config.slo(FIRST_EVENT), FIRST_EVENT)
        return None if isinstance(goal, Unavailable) else goal.threshold

    async def _recovered(self, after: Comeback) -> Recovery | None:
        if self.stopped == ENGINE:
            return None
        left = time_left(self.ctx)
        try:
            async with asyncio.timeout(left):
                return await after.run()
        except TimeoutError:
            return None
