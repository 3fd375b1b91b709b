"""Test objects that may be on the target: removed if that is possible, told if it is not.

An object is noted before the request that may create it, and forgotten only when the target
said that it does not exist. So what an interrupt, a time-out or a spent budget leaves behind is
known, and it is counted rather too often than too rarely.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from golive.api import BudgetExhausted, EvidenceRef, RunContext
from golive.finishing import CLEANUP_SECONDS, to_the_end
from golive.pacing import join
from golive.probe.http import HttpProbe
from golive.target_client import api_headers, json_lines, kind_of, line_of

FILE = "left-behind.jsonl"
GONE = frozenset({404, 410})


@dataclass(slots=True, eq=False)
class Remnant:
    """One object that may exist. *identity* and *path* are "" while nobody knows them.

    ``removable``: golive may delete it. ``answered``: the target answered its creation, so that
    "not found" means that it is gone rather than not there yet.
    """

    identity: str
    path: str
    removable: bool
    answered: bool = False
    why: str = "no answer to its creation"


@dataclass(slots=True)
class Leftovers:
    """Every object that may exist. ``lines``: the requests of the clean-up, for the evidence."""

    ctx: RunContext
    probe: HttpProbe
    base: str
    remnants: list[Remnant] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    evidence: tuple[EvidenceRef, ...] = ()

    def expect(self, identity: str, path: str, *, removable: bool) -> Remnant:
        """Note an object before the request that creates it is sent."""
        remnant = Remnant(identity, path, removable)
        self.remnants.append(remnant)
        return remnant

    def forget(self, remnant: Remnant) -> None:
        """It does not exist, as the target said or because nothing was sent."""
        if remnant in self.remnants:
            self.remnants.remove(remnant)

    async def clean_up(self) -> None:
        """Delete what may be deleted, and keep what may remain as evidence.

        Comes to its end also while the run is being cancelled, in ``CLEANUP_SECONDS``.
        """
        if self.remnants:
            await to_the_end(self._clean_up())

    async def _clean_up(self) -> None:
        removable = [r for r in self.remnants if r.removable and r.path]
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds()):
                    # Side by side, so that one deletion that hangs does not cost the others.
                    await asyncio.gather(*(self._remove(r) for r in removable))
        finally:
            lines = [
                {"id": r.identity or None, "path": r.path or None, "may_remain": r.why}
                for r in self.remnants
            ]
            if lines:
                text = json_lines(lines)
                self.evidence = (self.ctx.evidence.add(FILE, text, "application/jsonl"),)

    def _seconds(self) -> float:
        # Near the deadline a shorter clean-up saves the whole observation.
        left = self.ctx.seconds_left()
        return min(CLEANUP_SECONDS, max(1.0, left - 0.5)) if left else CLEANUP_SECONDS

    async def _remove(self, remnant: Remnant) -> None:
        unanswered, remnant.why = remnant.why, "its deletion was not answered in time"
        try:
            exchange = await self.probe.call(
                "DELETE",
                join(self.base, remnant.path),
                headers=api_headers(self.ctx),
                timeout=CLEANUP_SECONDS,
            )
        except BudgetExhausted:
            remnant.why = "not deleted: no request was left for it"
            return
        self.lines.append({"cleanup": True, **line_of(exchange)})
        absent = exchange.failure is None and exchange.status in GONE
        if exchange.ok or (absent and remnant.answered):
            self.forget(remnant)
        elif absent:
            remnant.why = f"{unanswered}, and not there yet when it was to be deleted"
        else:
            remnant.why = f"its deletion failed: {kind_of(exchange)}"
