"""Numbers as text that claims no more than the number does.

Figures are rounded towards the pessimistic side and carry as many digits as it takes to stand
on the same side of their threshold, of 0 and of 100 % as the exact value: 99.96 % never prints
as 100 %, and a value that misses its objective never prints as meeting it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum

from golive.config.model import Slo
from golive.model import Comparator, Measurement
from golive.sanitize import clean
from golive_reports.words import Words

SYMBOLS = {Comparator.GE: "≥", Comparator.GT: ">", Comparator.LE: "≤", Comparator.LT: "<"}
VIOLATED = {Comparator.GE: "<", Comparator.GT: "≤", Comparator.LE: ">", Comparator.LT: "≥"}
RATIO = "ratio"


class Toward(StrEnum):
    """Which way a figure is rounded."""

    DOWN = ROUND_FLOOR
    UP = ROUND_CEILING
    NEAREST = ROUND_HALF_EVEN


def pessimistic(comparator: Comparator) -> Toward:
    """The rounding that never flatters."""
    return Toward.DOWN if comparator.wants_high else Toward.UP


def rounded(
    value: float,
    toward: Toward,
    *,
    digits: int = 3,
    percent: bool = False,
    marks: Iterable[float] = (),
) -> str:
    """*value* with about *digits* digits, never rounded onto or past a mark.

    *value* must be finite; 0 is always a mark. ``percent``: the number is multiplied by 100,
    1.0 is a mark too, and the digits count from the gap to the nearer of the two (99.9967).
    """
    scale = 2 if percent else 0
    exact = Decimal(repr(float(value))).scaleb(scale)
    fixed = [Decimal(repr(float(mark))).scaleb(scale) for mark in marks if math.isfinite(mark)]
    fixed += [Decimal(0), Decimal(100)] if percent else [Decimal(0)]
    if exact in fixed:
        return _plain(exact)
    size = min(abs(exact), abs(100 - exact)) if percent else abs(exact)
    first = max(0, digits - 1 - size.adjusted())
    with localcontext() as context:
        context.prec = 700
        for decimals in range(first, first + 40):
            near = exact.quantize(Decimal(1).scaleb(-decimals), rounding=toward.value)
            if all(_side(near, mark) == _side(exact, mark) for mark in fixed):
                return _plain(near)
    return _plain(exact)


def _side(value: Decimal, mark: Decimal) -> int:
    return (value > mark) - (value < mark)


def _plain(value: Decimal) -> str:
    if value and not -12 < value.adjusted() < 16:
        return f"{value.normalize():E}"
    text = f"{value:,f}" if abs(value) >= 10_000 else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures with their units in one language."""

    words: Words

    def quantity(
        self,
        value: float,
        unit: str,
        toward: Toward = Toward.NEAREST,
        marks: Iterable[float] = (),
    ) -> str:
        """*value* with its unit; infinity as ∞."""
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        if unit == RATIO:
            number = rounded(value, toward, percent=True, marks=marks)
        else:
            number = rounded(value, toward, digits=3 if abs(value) < 1 else 4, marks=marks)
        return number + self.suffix(unit)

    def exact(self, value: float, unit: str) -> str:
        """*value* unrounded: thresholds are printed as they were written."""
        if math.isinf(value):
            return "∞" if value > 0 else "-∞"
        scale = 2 if unit == RATIO else 0
        return _plain(Decimal(repr(float(value))).scaleb(scale)) + self.suffix(unit)

    def suffix(self, unit: str) -> str:
        """What follows a number of *unit*; an unknown unit stands for itself."""
        if not unit:
            return ""
        known = self.words.find(f"units.{unit}")
        return f" {clean(unit, 40)}" if known is None else known

    def value(self, m: Measurement) -> str:
        """The measured value; a percentile that reached a time-out says so."""
        if m.value == math.inf:
            return self.words.say("figures.timed_out")
        return self.quantity(m.value, m.unit, pessimistic(m.comparator), (m.threshold,))

    def target(self, m: Measurement) -> str:
        """``≥99%``."""
        return SYMBOLS[m.comparator] + self.exact(m.threshold, m.unit)

    def bound(self, m: Measurement, *, confidence: bool = True) -> str:
        """The bound that decides whether the claim is proven, an unusual *confidence* beside."""
        if m.bound is None:
            return self.words.say("figures.exact")
        side = "≥" if m.comparator.wants_high else "≤"
        if math.isinf(m.bound):
            return self.words.say("figures.unbounded")
        text = self.quantity(m.bound, m.unit, pessimistic(m.comparator), (m.threshold,))
        return f"{side}{text}{self._confidence(m) if confidence else ''}"

    def opposite(self, m: Measurement) -> str | None:
        """The optimistic bound, which refutes a claim when even it misses the objective."""
        if m.opposite is None or math.isinf(m.opposite):
            return None
        side = "≤" if m.comparator.wants_high else "≥"
        text = self.quantity(m.opposite, m.unit, pessimistic(m.comparator), (m.threshold,))
        return f"{side}{text}"

    def _confidence(self, m: Measurement) -> str:
        if m.confidence is None or m.confidence == 0.95:
            return ""
        return f" ({self.exact(m.confidence, RATIO)})"

    def sample(self, m: Measurement) -> str:
        """``n = 299, 실패 0``."""
        if m.n is None:
            return self.words.say("figures.no_sample")
        if m.failures is None:
            return self.words.say("figures.sample_plain", n=f"{m.n:,}")
        return self.words.say("figures.sample", n=f"{m.n:,}", failures=f"{m.failures:,}")

    def against_target(self, m: Measurement) -> str:
        """The one figure for "compared with the target": see ``allowance_used``."""
        used = allowance_used(m)
        if used is None:
            return self.words.say("figures.no_ratio")
        if math.isinf(used):
            return self.words.say("figures.beyond")
        text = rounded(used, Toward.UP, percent=True) + "%"
        place = "figures.of_budget" if m.unit == RATIO else "figures.of_target"
        return self.words.say(place, share=text)

    def violation(self, slo: Slo) -> str | None:
        """The condition under which *slo* is violated; ``None``: it has no objective."""
        if slo.objective is None:
            return None
        comparator, ratio = slo.objective.comparator, slo.objective.ratio
        if slo.threshold is None:
            return f"{VIOLATED[comparator]} {self.exact(ratio, RATIO)}"
        share = Decimal(repr(float(ratio)))
        share = share if comparator.wants_high else 1 - share
        limit = self.exact(slo.threshold, "s")
        return f"p{_plain(share.scaleb(2))} > {limit}"


def allowance_used(m: Measurement) -> float | None:
    """How much of what the objective allows the measured value uses: 1.0 is the limit.

    A success ratio: the share of the error budget, ``(1 - value) / (1 - threshold)``. Where
    less is better: ``value / threshold``. Where more is better: ``threshold / value``.
    ``None`` where the objective allows nothing, so that there is no share of it.
    """
    if m.comparator.wants_high and m.unit == RATIO:
        top, bottom = _minus_from_one(m.value), _minus_from_one(m.threshold)
    elif m.comparator.wants_high:
        top, bottom = m.threshold, m.value
    else:
        top, bottom = m.value, m.threshold
    # Written so that a NaN ends up as "no share" too.
    if not (bottom > 0 and top >= 0) or math.isinf(bottom):
        return None
    return top / bottom


def _minus_from_one(value: float) -> float:
    # In decimals, as 1 - 0.99 is 0.010000000000000009 in binary.
    return float(1 - Decimal(repr(float(value)))) if math.isfinite(value) else math.nan
