"""Numbers as text that claims no more than the number does. Pure.

Figures are rounded towards the pessimistic side and carry as many digits as it takes to stand
on the same side of their threshold, of 0 and of 100 % as the exact value: 99.96 % never prints
as 100 %, and a value that misses its objective never prints as meeting it. Sentences and
reports share these functions, so that one number has one form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum

INFINITE = "∞"


class Toward(StrEnum):
    """Which way a figure is rounded."""

    DOWN = ROUND_FLOOR
    UP = ROUND_CEILING
    NEAREST = ROUND_HALF_EVEN


def figure(
    value: float,
    toward: Toward = Toward.NEAREST,
    *,
    percent: bool = False,
    marks: Iterable[float] = (),
) -> str:
    """*value* as every sentence and table shows it, without a unit; infinity as ∞.

    A percentage with three digits of its gap to 0 or 100 %, another number with four digits
    (three below 1), more where a mark demands it. *value* must not be NaN.
    """
    if math.isinf(value):
        return INFINITE if value > 0 else f"-{INFINITE}"
    if percent:
        return rounded(value, toward, percent=True, marks=marks)
    return rounded(value, toward, digits=3 if abs(value) < 1 else 4, marks=marks)


def exact(value: float, *, percent: bool = False) -> str:
    """*value* unrounded, as thresholds are printed; infinity as ∞. Must not be NaN."""
    if math.isinf(value):
        return INFINITE if value > 0 else f"-{INFINITE}"
    return _plain(Decimal(repr(float(value))).scaleb(2 if percent else 0))


def complement(ratio: float) -> float:
    """``1 - ratio`` of the decimals as written: 1 - 0.99 is 0.010000000000000009 in binary.

    NaN for a *ratio* that is not finite.
    """
    return float(1 - Decimal(repr(float(ratio)))) if math.isfinite(ratio) else math.nan


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
    true = Decimal(repr(float(value))).scaleb(scale)
    fixed = [Decimal(repr(float(mark))).scaleb(scale) for mark in marks if math.isfinite(mark)]
    fixed += [Decimal(0), Decimal(100)] if percent else [Decimal(0)]
    if true in fixed:
        return _plain(true)
    size = min(abs(true), abs(100 - true)) if percent else abs(true)
    first = max(0, digits - 1 - size.adjusted())
    with localcontext() as context:
        context.prec = 700
        for decimals in range(first, first + 40):
            near = true.quantize(Decimal(1).scaleb(-decimals), rounding=toward.value)
            if all(_side(near, mark) == _side(true, mark) for mark in fixed):
                return _plain(near)
    return _plain(true)


def _side(value: Decimal, mark: Decimal) -> int:
    return (value > mark) - (value < mark)


def _plain(value: Decimal) -> str:
    if value and not -12 < value.adjusted() < 16:
        return f"{value.normalize():E}"
    text = f"{value:,f}" if abs(value) >= 10_000 else f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
