"""The restore drills of SQLite stores, in a scratch folder that is gone afterwards."""

from __future__ import annotations

import json
from dataclasses import replace

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.codec import encode
from golive_gates.recovery.drills.planning import newest_bytes, seconds
from golive_gates.recovery.drills.records import PHASES
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.drilling import Bench, carry_out
from golive_gates.recovery.sqlite.records import SqliteDrills
from golive_gates.recovery.stopping import Stop, in_thread

NAME = "sqlite-restore"
STEPS = (*PHASES, "live", "controls")
FIXED, RATE = 2.0, 30e6
"""Seconds of any drill, and bytes a second of its restoration and proof: half of what was measured,
with all controls, on two cores."""


class SqliteObserver:
    """Restores the newest backup of each SQLite store and proves it; live data is only read."""

    part = SqliteDrills
    # Alone on the machine, because its time is measured; it sends nothing.
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """A drill for each store, as long as its newest backup is big."""
        return tuple(
            PlannedWork(
                NAME,
                self.lane,
                0,
                seconds(newest_bytes(store, scope.base), FIXED, RATE),
                store.name,
                "restored into a scratch folder",
            )
            for store in settings.sqlite
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> SqliteDrills | Unavailable:
        """Carry them out, one after the other."""
        if not settings.sqlite:
            return Unavailable(Reason("no-sqlite-stores"), kind="absent")
        total = len(STEPS) * len(settings.sqlite)

        def work(stop: Stop) -> SqliteDrills:
            drills = []
            for number, store in enumerate(settings.sqlite):

                def tell(step: str, before: int = number * len(STEPS)) -> None:
                    ctx.report(NAME, before + STEPS.index(step), total)

                bench = Bench(settings, ctx.scope.base, ctx.clock.now, ctx.clock.monotonic, tell)
                drills.append(carry_out(store, bench, stop))
            return SqliteDrills(tuple(drills))

        seen = await in_thread(work)
        listing = json.dumps(encode(seen.drills), ensure_ascii=False, indent=1)
        kept = ctx.evidence.add("sqlite-restores.json", listing, "application/json")
        return replace(seen, evidence=(kept,))
