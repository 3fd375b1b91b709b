"""Lengths of time in the units that people use: 1 day 5 minutes rather than 86,700 seconds. Pure.

Rounded as figures are (``golive.rounding``): towards the pessimistic side, to the two largest
units, and further where a mark demands it, so that what exceeds 6 hours never reads "6 hours".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

from golive.rounding import Toward, exact

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
"""Names of units, as in the table ``spans`` of the core's catalogue, and their seconds."""

Amounts = tuple[tuple[str, str], ...]
"""Numbers as text, each with its unit, the largest unit first."""


def amounts(
    seconds: float, toward: Toward | None = None, *, marks: Iterable[float] = ()
) -> Amounts:
    """*seconds* in days, hours, minutes and seconds; what is zero is left out.

    ``None``: exactly as written, as limits are printed. *marks*: other lengths in s, none of
    which is reached or passed by rounding. *seconds* must be finite and not negative; raises
    ``ValueError``.
    """
    if not math.isfinite(seconds) or seconds < 0:
        msg = f"{seconds!r} is no length of time"
        raise ValueError(msg)
    true = Decimal(repr(float(seconds)))
    fixed = [Decimal(repr(float(m))) for m in marks if math.isfinite(m)]
    with localcontext() as context:
        context.prec = 700
        left = true if toward is None else _rounded(true, toward, fixed)
        found: list[tuple[str, str]] = []
        for unit, length in UNITS[:-1]:
            count, left = divmod(left, length)
            if count:
                found.append((exact(float(count)), unit))
        if left or not found:
            found.append((exact(float(left)), "s"))
    return tuple(found)


def _rounded(true: Decimal, toward: Toward, marks: list[Decimal]) -> Decimal:
    for step in _steps(true):
        near = (true / step).to_integral_value(rounding=toward.value) * step
        if all(_side(near, mark) == _side(true, mark) for mark in marks):
            return near
    return true


def _steps(true: Decimal) -> Iterator[Decimal]:
    """What *true* may be rounded to, in s: the second of its units, and ever less."""
    if not true:
        return
    lengths = [length for _, length in UNITS if length < true]
    yield from (Decimal(length) for length in lengths[1:])
    first = 0 if true >= 60 else 2 - true.adjusted()
    yield from (Decimal(1).scaleb(-digits) for digits in range(first, first + 40))


def _side(value: Decimal, mark: Decimal) -> int:
    return (value > mark) - (value < mark)
