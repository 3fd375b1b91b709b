"""Where the configuration says that alerts arrive."""

from __future__ import annotations

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive_gates.observability.routing.asked import Asked, Channels
from golive_gates.observability.settings import Settings


class ChannelsObserver:
    """Takes ``channels`` out of ``golive.yaml``; sends nothing."""

    part = Channels
    lane = Lane.FILES
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return ()

    async def observe(self, ctx: RunContext, settings: Settings) -> Channels | Unavailable:
        """The channels, or that there are none."""
        del settings
        asked = tuple(Asked(c.kind, c.address, c.severities) for c in ctx.config.channels)
        return Channels(asked) if asked else Unavailable(Reason("no-channels"), kind="absent")
