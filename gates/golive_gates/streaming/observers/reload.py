"""The front is reloaded while streams are under way."""

from __future__ import annotations

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Unavailable
from golive_gates.streaming.drill_parts import Reload
from golive_gates.streaming.observers.drills import drill, plan_drill
from golive_gates.streaming.settings import Settings

NAME = "reload"


class ReloadObserver:
    """The drill of ``reload_command``."""

    part = Reload
    lane = Lane.LOUD
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The streams of the drill; none without a command."""
        return plan_drill(scope, settings, NAME, settings.reload_command)

    async def observe(self, ctx: RunContext, settings: Settings) -> Reload | Unavailable:
        """Carry it out."""
        found = await drill(ctx, settings, NAME, settings.reload_command)
        return found if isinstance(found, Unavailable) else Reload(found)
