"""Measurements as text that claims no more than they do; ``golive.rounding`` does the digits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from golive.config.model import Slo
from golive.model import Comparator, Measurement
from golive.rounding import Toward, complement, exact, figure, rounded
from golive.sanitize import clean
from golive_reports.words import Words

SYMBOLS = {Comparator.GE: "≥", Comparator.GT: ">", Comparator.LE: "≤", Comparator.LT: "<"}
VIOLATED = {Comparator.GE: "<", Comparator.GT: "≤", Comparator.LE: ">", Comparator.LT: "≥"}
RATIO = "ratio"


def pessimistic(comparator: Comparator) -> Toward:
    """The rounding that never flatters."""
    return Toward.DOWN if comparator.wants_high else Toward.UP


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
        number = figure(value, toward, percent=unit == RATIO, marks=marks)
        return number if math.isinf(value) else number + self.suffix(unit)

    def exact(self, value: float, unit: str) -> str:
        """*value* unrounded: thresholds are printed as they were written."""
        number = exact(value, percent=unit == RATIO)
        return number if math.isinf(value) else number + self.suffix(unit)

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
        """The bound that decides whether the claim is proven, with its *confidence* or without."""
        if m.bound is None:
            return self.words.say("figures.exact")
        side = "≥" if m.comparator.wants_high else "≤"
        if math.isinf(m.bound):
            return self.words.say("figures.unbounded")
        text = self.quantity(m.bound, m.unit, pessimistic(m.comparator), (m.threshold,))
        named = f" ({self.confidence(m)})" if confidence and m.confidence is not None else ""
        return f"{side}{text}{named}"

    def opposite(self, m: Measurement) -> str | None:
        """The optimistic bound, which refutes a claim when even it misses the objective."""
        if m.opposite is None or math.isinf(m.opposite):
            return None
        side = "≤" if m.comparator.wants_high else "≥"
        text = self.quantity(m.opposite, m.unit, pessimistic(m.comparator), (m.threshold,))
        return f"{side}{text}"

    def confidence(self, m: Measurement) -> str:
        """``95%``; empty where the measurement does not say how sure its bound is."""
        return "" if m.confidence is None else self.exact(m.confidence, RATIO)

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
        share = ratio if comparator.wants_high else complement(ratio)
        limit = self.exact(slo.threshold, "s")
        return f"p{exact(share, percent=True)} > {limit}"


def allowance_used(m: Measurement) -> float | None:
    """How much of what the objective allows the measured value uses: 1.0 is the limit.

    A success ratio: the share of the error budget, ``(1 - value) / (1 - threshold)``. Where
    less is better: ``value / threshold``. Where more is better: ``threshold / value``.
    ``None`` where the objective allows nothing, so that there is no share of it.
    """
    if m.comparator.wants_high and m.unit == RATIO:
        top, bottom = complement(m.value), complement(m.threshold)
    elif m.comparator.wants_high:
        top, bottom = m.threshold, m.value
    else:
        top, bottom = m.value, m.threshold
    # Written so that a NaN ends up as "no share" too.
    if not (bottom > 0 and top >= 0) or math.isinf(bottom):
        return None
    return top / bottom
