"""The SLOs of the configuration, followed to the metrics that measure them."""

from __future__ import annotations

import json
from dataclasses import asdict

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive_gates.observability.burn.parts import Objectives
from golive_gates.observability.burn.slis import Sli, sli_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.settings import Settings


class ObjectivesObserver:
    """Reads the configuration and what the services expose; sends nothing itself."""

    part = Objectives
    lane = Lane.QUIET  # after what the services expose was asked for
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("slo-expressions", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Objectives | Unavailable:
        """Every SLO with its expressions, or why it has none."""
        slos = ctx.config.slos
        if not slos:
            return Unavailable(Reason("no-slos"), kind="absent")
        exposed = ctx.observed.find(Exposed)
        inventory = None if isinstance(exposed, Unavailable) else exposed.inventory
        found = [sli_of(slo, inventory, settings.roles) for slo in slos]
        text = json.dumps([asdict(s) for s in found], ensure_ascii=False, indent=1)
        evidence = ctx.evidence.add("slo-expressions.json", text, "application/json")
        return Objectives(
            tuple(s for s in found if isinstance(s, Sli)),
            tuple(s for s in found if not isinstance(s, Sli)),
            (evidence,),
        )
