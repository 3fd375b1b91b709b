"""What named people say of backups and fallbacks: taken from golive.yaml, nothing is looked at."""

from __future__ import annotations

import json

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.codec import encode
from golive.config.release import Attestation
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.settings import Settings


class PromisesObserver:
    """The attestations of the settings, and the day on which they are judged."""

    part = Promises
    lane = Lane.FILES
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Nothing is sent."""
        del scope, settings
        return ()

    async def observe(self, ctx: RunContext, settings: Settings) -> Promises | Unavailable:
        """What is said, by the check that it is about."""
        said: dict[str, Attestation] = {
            name: found
            for name, found in (
                ("encryption", settings.attested.encryption),
                ("off-site", settings.attested.off_site),
            )
            if found is not None
        }
        fallback = settings.attested.fallback
        if fallback is not None:
            told = Attestation(fallback.by, fallback.on, fallback.until, fallback.statement)
            said |= {f"provider-{name}": told for name in fallback.covers}
        if not said and not settings.stores:
            return Unavailable(Reason("no-stores"), kind="absent")
        content = json.dumps(encode(said), ensure_ascii=False, indent=1)
        kept = ctx.evidence.add("recovery-attested.json", content, "application/json")
        return Promises(ctx.clock.now().date(), said, (kept,))
