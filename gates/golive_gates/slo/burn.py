"""Error budget and burn rates. Pure.

Windows and rates are those of Google's SRE workbook, chapter 5, "Alerting on SLOs", table 5-8:
14.4 over 1 h and 6 over 6 h call a person (2 % and 5 % of a 30 day budget), 1 over 3 d is a
ticket (10 %), each confirmed by a short window of a twelfth so that what is over does not
count. The rates are kept for other windows: scaled down to a short one, they would fall below
the rate at which the budget lasts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from golive.api import Reason
from golive_gates.slo.parts import Short
from golive_gates.slo.window import DAY, EPS, HOUR, MINUTE, contradiction


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


def name_of(seconds: float) -> str:
    """``5m``, ``6h``, ``3d``."""
    for unit, length in (("d", DAY), ("h", HOUR)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g}{unit}"
    return f"{seconds / MINUTE:g}m"


def burn_rate(short: Short | None, objective: float, *, raw: bool = False) -> float | None:
    """Share of failures over the share allowed; ``None``: no traffic or no data, not 0."""
    if short is None or unknown(short, raw=raw) is not None or not short.total.value:
        return None
    bad = min(max(short.bad.value or 0.0, 0.0), short.total.value)
    return (bad / short.total.value) / (1 - objective)


def unknown(short: Short, *, raw: bool = False) -> Reason | None:
    """Why a short window says nothing; no traffic is something, if it is known. *raw*: a ratio."""
    for reading in (short.total, short.bad):
        if reading.value is None or reading.problem:
            params: dict[str, str | int | float] = {"query": reading.query}
            return Reason(reading.problem or "prom-empty", params | {"detail": reading.detail})
    bad, total = short.bad.value or 0.0, short.total.value or 0.0
    if not 0 <= total < math.inf:
        return contradiction(bad, total) or Reason("out-of-range", {"value": total})
    if raw and not -EPS <= bad <= 1 + EPS:
        return Reason("out-of-range", {"value": 1 - bad})
    return contradiction(bad, total)


def quiet(short: Short) -> bool:
    """Whether it is known that a short window had no traffic."""
    return unknown(short) is None and short.total.value == 0


def budget_left(total: float, bad: float, objective: float) -> float:
    """Share of the error budget that is left; negative when it is overspent."""
    return 1 - (bad / total) / (1 - objective)
