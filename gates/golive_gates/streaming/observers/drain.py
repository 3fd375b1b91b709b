"""The service is told to end while streams are under way."""

from __future__ import annotations

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive_gates.streaming.drill_parts import Drain
from golive_gates.streaming.observers.drills import drill, plan_drill
from golive_gates.streaming.settings import Settings

NAME = "drain"


class DrainObserver:
    """The drill of ``drain_command``."""

    part = Drain
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The streams of the drill; none without a command."""
        return plan_drill(scope, settings, NAME, settings.drain_command)

    async def observe(self, ctx: RunContext, settings: Settings) -> Drain | Unavailable:
        """Carry it out."""
        found = await drill(ctx, settings, NAME, settings.drain_command)
        return found if isinstance(found, Unavailable) else Drain(found)
