"""Kubernetes quantities, as ``250m``, ``1Gi`` and ``1e3``.

Source: Kubernetes API reference, "Quantity": a signed decimal with a binary (``Ki`` to ``Ei``)
or decimal (``n`` to ``E``) suffix or a decimal exponent.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,2}))?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_LONGEST = 40


def quantity(value: object) -> Fraction | None:
    """The number that *value* stands for; ``None`` for what is no quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _parsed(str(value))


def number(value: object) -> float | None:
    """The same as a plain number, where a ratio is all that is wanted of it."""
    found = quantity(value)
    return None if found is None else float(found)


@lru_cache(maxsize=2048)
def _parsed(text: str) -> Fraction | None:
    found = _FORM.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    number, suffix, exponent = Fraction(found[1]), found[2], found[3]
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    power = _DECIMAL[suffix] if suffix else int(exponent or 0)
    scale = Fraction("1" + "0" * abs(power))
    return number * scale if power >= 0 else number / scale
