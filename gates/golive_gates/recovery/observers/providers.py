"""Lets the providers fail, one way at a time, and looks what the generator makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

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
from golive.finishing import to_the_end
from golive.objectives import FIRST_EVENT, goal_of
from golive.target_client import json_lines, target_probe, time_left
from golive_gates.recovery.providers.drill.direction import Direction, LocalTrouble
from golive_gates.recovery.providers.drill.reading import Known
from golive_gates.recovery.providers.drill.stub_client import StubClient, StubTrouble
from golive_gates.recovery.providers.drill.ways import POLLS, RETURNS, Way, trials_of, ways_of
from golive_gates.recovery.providers.parts import DEADLINE, Fallback, Leg
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.settings import Settings

NAME = "provider-fallback"


class ProvidersObserver:
    """The drill, in each direction; the stub is healthy again when it is over."""

    part = Fallback
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Requests to the generator, and those to the stub."""
        chosen = settings.providers
        ways = ways_of(scope, chosen)
        if isinstance(ways, Unavailable):
            return ()
        trials = trials_of(chosen)
        faults = len(chosen.drilled) + len(chosen.both_down) + 1
        works = [
            PlannedWork(
                NAME,
                self.lane,
                trials + RETURNS,
                trials * (1 / way.rate + 1.0),
                f"POST {way.url}",
                f"{way.primary} fails {faults} ways",
                permission=Permission.FAULT,
            )
            for way in ways
        ]
        stub = PlannedWork(
            NAME,
            self.lane,
            len(ways) * (POLLS * (trials + RETURNS) + 2 * trials) + 2,
            0.0,
            f"POST {chosen.stub}",
            "scenarios and journal of the provider stub",
            permission=Permission.FAULT,
        )
        return (*works, stub)

    async def observe(self, ctx: RunContext, settings: Settings) -> Fallback | Unavailable:
        """The drill; cut short by the gate's deadline, with what was seen until then."""
        chosen = settings.providers
        ways = ways_of(ctx.scope, chosen)
        if isinstance(ways, Unavailable):
            return ways
        grants: list[Grant] = []
        for url in (str(chosen.stub), *(way.url for way in ways)):
            grant = await permit(ctx, Permission.FAULT, url)
            if isinstance(grant, Unavailable):
                return grant
            grants.append(grant)
        stub = StubClient(ctx, str(chosen.stub), grants[0])
        try:
            return await self._drill(ctx, chosen, ways, stub, grants[1:])
        except StubTrouble as trouble:
            params = {"detail": str(trouble), "url": str(chosen.stub)}
            return Unavailable(Reason("stub-trouble", params))
        except LocalTrouble as trouble:
            return Unavailable(
                Reason("provider-drill-local", {"detail": str(trouble)}), kind="error"
            )
        finally:
            await stub.close()

    async def _drill(
        self,
        ctx: RunContext,
        chosen: ProviderSettings,
        ways: tuple[Way, ...],
        stub: StubClient,
        grants: list[Grant],
    ) -> Fallback:
        await stub.check()
        answers = {**await stub.answers(), **{str(k): v for k, v in chosen.expected.items()}}
        directions: list[Direction] = []
        clean: list[bool] = []
        stopped = ""

        async def roll_back() -> None:
            clean.append(await stub.roll_back())

        try:
            async with asyncio.timeout(time_left(ctx)), target_probe(ctx, *grants) as probe:
                for number, way in enumerate(ways):
                    ctx.report(NAME, number, len(ways))
                    leg = Leg(way.primary, way.secondary, way.service, planned=chosen.drilled)
                    known = _known(answers, way)
                    directions.append(Direction(ctx, probe, stub, way, chosen, known, leg))
                    await stub.roll_back()  # what somebody else left would be taken for health
                    await directions[-1].run()
        except TimeoutError:
            stopped = DEADLINE
        finally:
            await to_the_end(roll_back())
        legs = [d.leg for d in directions]
        if stopped and legs:
            legs[-1] = replace(legs[-1], stopped=stopped)
        goal = goal_of(ctx.config.slo(FIRST_EVENT), FIRST_EVENT)
        threshold = None if isinstance(goal, Unavailable) else goal.threshold
        lines = [line for d in directions for line in d.lines]
        ref = ctx.evidence.add(f"{NAME}.jsonl", json_lines(lines), "application/jsonl")
        return Fallback(tuple(legs), threshold, all(clean), (ref,))


def _known(answers: Mapping[str, str], way: Way) -> Known:
    try:
        known = Known(answers[way.primary], answers[way.secondary])
    except KeyError as missing:
        msg = f"the stub has no answer of {missing}"
        raise StubTrouble(msg) from None
    if known.primary == known.secondary:
        raise StubTrouble("both providers answer the same, so that nobody can tell who answered")
    return known
