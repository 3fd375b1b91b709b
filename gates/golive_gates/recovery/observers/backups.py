"""The declared backups: names, first bytes and manifests; nothing is sent or restored."""

from __future__ import annotations

import json
from dataclasses import replace

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.codec import encode
from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Backups, Kind
from golive_gates.recovery.settings import ChromaStore, Settings
from golive_gates.recovery.stopping import Stop, in_thread


class BackupsObserver:
    """Lists the backups of every declared store."""

    part = Backups
    lane = Lane.FILES
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope
        return (PlannedWork("backups", self.lane, 0, 0.0),) if settings.stores else ()

    async def observe(self, ctx: RunContext, settings: Settings) -> Backups | Unavailable:
        """What is there, by store."""
        if not settings.stores:
            return Unavailable(Reason("no-stores"), kind="absent")
        now = ctx.clock.now().timestamp()

        def look(stop: Stop) -> Backups:
            found = []
            for store in settings.stores:
                stop.check()
                kind: Kind = "chroma" if isinstance(store, ChromaStore) else "sqlite"
                base = ctx.scope.base
                found.append(find_store(store.name, kind, store.backups, base, store.live))
            return Backups(now, tuple(found))

        seen = await in_thread(look)
        listing = json.dumps(encode(seen.stores), ensure_ascii=False, indent=1)
        kept = ctx.evidence.add("backups.json", listing, "application/json")
        return replace(seen, evidence=(kept,))
