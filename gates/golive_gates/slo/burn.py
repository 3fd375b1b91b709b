"""Error budget and burn rates. Pure.

Windows and shares of the budget are those of Google's SRE workbook, chapter 5, "Alerting on
SLOs", table 5-8: 2 % of the budget in 1 h and 5 % in 6 h call a person, 10 % in 3 d is a
ticket, each confirmed by a short window of a twelfth so that what is over does not count. For
a window of 30 days these are the burn rates 14.4, 6 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive_gates.slo.parts import Short

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A pair of windows and the share of the budget that may not burn in the longer one."""

    name: str
    long: float
    short: float
    share: float
    pages: bool

    def limit(self, window: float) -> float:
        """Burn rate at which *share* of the budget of *window* is gone after ``long``."""
        return self.share * window / self.long


RULES = (
    Rule("1h", HOUR, 5 * MINUTE, 0.02, pages=True),
    Rule("6h", 6 * HOUR, 30 * MINUTE, 0.05, pages=True),
    Rule("3d", 3 * DAY, 6 * HOUR, 0.10, pages=False),
)

SHORT_WINDOWS = tuple(sorted({w for r in RULES for w in (r.long, r.short)}))


def burn_rate(short: Short | None, objective: float) -> float | None:
    """Share of failures over the share allowed; ``None``: no traffic or no data, not 0."""
    if short is None or short.bad.value is None or not short.total.value:
        return None
    return (short.bad.value / short.total.value) / (1 - objective)


def budget_left(total: float, bad: float, objective: float) -> float:
    """Share of the error budget that is left; negative when it is overspent."""
    return 1 - (bad / total) / (1 - objective)
