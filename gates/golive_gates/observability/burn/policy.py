"""How fast a budget may burn before somebody is told. Pure.

Source of the method and of its figures: Google SRE workbook, chapter 5, "Alerting on SLOs",
multiwindow, multi-burn-rate alerts: tell when 2 % of the budget is spent in 1 h or 5 % in 6 h
(page), or 10 % in 3 d (ticket), as long as a window of a twelfth of that says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HOUR, DAY = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Tier:
    """One speed of burning. ``share``: of the budget, spent within ``long_s`` seconds.

    ``pages``: whether it is worth waking somebody. ``for_s``: how long it has to hold.
    """

    name: Literal["Fast", "Medium", "Slow"]
    share: float
    long_s: float
    pages: bool
    for_s: float

    @property
    def short_s(self) -> float:
        """Seconds of the window that tells whether it is still going on."""
        return self.long_s / 12

    def factor(self, window_s: float) -> float:
        """Burn rate of an SLO over *window_s* seconds from which on it is told."""
        return round(self.share * window_s / self.long_s, 9)


TIERS = (
    Tier("Fast", 0.02, HOUR, pages=True, for_s=120.0),
    Tier("Medium", 0.05, 6 * HOUR, pages=True, for_s=900.0),
    Tier("Slow", 0.10, 3 * DAY, pages=False, for_s=HOUR),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tier that an SLO cannot have. ``at``: the error share, or burn rate, that says why.

    ``beyond``: more errors than there are requests. ``lasting``: it would tell of a budget that
    lasts. ``longer``: its window is longer than the SLO's.
    """

    tier: Tier
    why: Literal["beyond", "lasting", "longer"]
    at: float


def tiers_for(objective: float, window_s: float) -> tuple[tuple[Tier, ...], tuple[LeftOut, ...]]:
    """The tiers of an SLO with that share of successes over *window_s*, and those it lacks."""
    kept: list[Tier] = []
    without: list[LeftOut] = []
    for tier in TIERS:
        factor = tier.factor(window_s)
        threshold = factor * (1 - objective)
        if tier.long_s >= window_s:
            without.append(LeftOut(tier, "longer", tier.long_s))
        elif factor < 1:
            without.append(LeftOut(tier, "lasting", factor))
        elif threshold >= 1:
            without.append(LeftOut(tier, "beyond", threshold))
        else:
            kept.append(tier)
    return tuple(kept), tuple(without)
