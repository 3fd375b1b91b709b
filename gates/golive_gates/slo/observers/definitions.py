"""The SLOs as the configuration states them."""

from __future__ import annotations

import json

from golive.api import Lane, Need, PlannedWork, RunContext, Scope, Slo, Unavailable
from golive_gates.slo.parts import Definitions
from golive_gates.slo.settings import Settings


class DefinitionsObserver:
    """Copies the checked SLOs; reads nothing itself."""

    part = Definitions
    lane = Lane.FILES
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return (PlannedWork("definitions", self.lane, 0, 0.0),)

    async def observe(self, ctx: RunContext, settings: Settings) -> Definitions | Unavailable:
        """The SLOs, and a copy of them as evidence."""
        del settings
        slos = ctx.config.slos
        text = json.dumps([_shown(s) for s in slos], ensure_ascii=False, indent=1)
        return Definitions(slos, (ctx.evidence.add("slos.json", text, "application/json"),))


def _shown(slo: Slo) -> dict[str, object]:
    objective = slo.objective
    return {
        "id": slo.id,
        "sli": slo.sli,
        "objective": objective and f"{objective.comparator.value} {objective.ratio}",
        "window_seconds": slo.window,
        "threshold_seconds": slo.threshold,
        "budgeting": slo.budgeting.value,
        "source": slo.source,
    }
