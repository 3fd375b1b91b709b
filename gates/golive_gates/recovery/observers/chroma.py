"""The restore drills of Chroma stores, in a scratch folder that is gone afterwards."""

from __future__ import annotations

import json
from dataclasses import replace

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.codec import encode
from golive.target_client import target_probe
from golive_gates.recovery.chroma.drilling import carry_out
from golive_gates.recovery.chroma.live import MOST, PAGE, NotRead, look_at_server
from golive_gates.recovery.chroma.records import ChromaDrills, ChromaLive
from golive_gates.recovery.drills.planning import newest_bytes, seconds
from golive_gates.recovery.drills.records import PHASES
from golive_gates.recovery.settings import ChromaStore, Settings
from golive_gates.recovery.sqlite.drilling import Bench
from golive_gates.recovery.stopping import Stop, in_thread

NAME = "chroma-restore"
STEPS = (*PHASES, "live", "controls")
FIXED, RATE = 20.0, 20e6
"""Seconds of any drill, chromadb's starts among them, and bytes a second of copies and proof."""

WITHIN = 10.0
_WEB = ("http://", "https://")


class ChromaObserver:
    """Restores the newest snapshot of each Chroma store and proves it; live data is only read."""

    part = ChromaDrills
    # Alone on the machine, because its time is measured.
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """A drill for each store, and the counts of those that are served."""
        return tuple(
            PlannedWork(
                NAME,
                self.lane,
                MOST + MOST // PAGE + 2 if store.live.startswith(_WEB) else 0,
                seconds(newest_bytes(store, scope.base), FIXED, RATE),
                f"GET {store.live}" if store.live.startswith(_WEB) else store.name,
                "restored into a scratch folder",
            )
            for store in settings.chroma
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> ChromaDrills | Unavailable:
        """Carry them out, one after the other."""
        if not settings.chroma:
            return Unavailable(Reason("no-chroma-stores"), kind="absent")
        total = len(STEPS) * len(settings.chroma)
        served = {
            store.name: await _served(ctx, store)
            for store in settings.chroma
            if store.live.startswith(_WEB)
        }

        def work(stop: Stop) -> ChromaDrills:
            drills = []
            for number, store in enumerate(settings.chroma):

                def tell(step: str, before: int = number * len(STEPS)) -> None:
                    ctx.report(NAME, before + STEPS.index(step), total)

                bench = Bench(settings, ctx.scope.base, ctx.clock.now, ctx.clock.monotonic, tell)
                drills.append(carry_out(store, bench, stop, served))
            return ChromaDrills(tuple(drills))

        seen = await in_thread(work)
        listing = json.dumps(encode(seen.drills), ensure_ascii=False, indent=1)
        kept = ctx.evidence.add("chroma-restores.json", listing, "application/json")
        return replace(seen, evidence=(kept,))


async def _served(ctx: RunContext, store: ChromaStore) -> ChromaLive:
    root = store.live.rstrip("/")
    async with target_probe(ctx) as probe:

        async def get(path: str) -> object:
            answer = await probe.call("GET", f"{root}{path}", timeout=WITHIN)
            if not answer.ok:
                said = str(answer.failure) if answer.failure else f"HTTP {answer.status}"
                raise NotRead(said, None if answer.failure else answer.status)
            try:
                return answer.json()
            except ValueError as error:
                raise NotRead(str(error)) from None

        return await look_at_server(store.live, get)
