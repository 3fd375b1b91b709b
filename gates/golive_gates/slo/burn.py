"""Error budget and burn rates. Pure.

Windows and rates are those of Google's SRE workbook, chapter 5, "Alerting on SLOs", table 5-8:
14.4 over 1 h and 6 over 6 h call a person (2 % and 5 % of a 30 day budget), 1 over 3 d is a
ticket (10 %), each confirmed by a short window of a twelfth so that what is over does not
count. The rates are kept for other windows: scaled down to a short one, they would fall below
the rate at which the budget lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive_gates.slo.parts import Short

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A pair of windows and the burn rate that neither may reach."""

    name: str
    long: float
    short: float
    limit: float
    pages: bool


RULES = (
    Rule("1h", HOUR, 5 * MINUTE, 14.4, pages=True),
    Rule("6h", 6 * HOUR, 30 * MINUTE, 6.0, pages=True),
    Rule("3d", 3 * DAY, 6 * HOUR, 1.0, pages=False),
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
