"""How much less a sequence of correlated samples says than independent ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence


def lag1_autocorrelation(values: Sequence[float]) -> float | None:
    """Lag-1 autocorrelation in -1..1, or ``None`` where it is undefined.

    Undefined: fewer than three values, or all alike (an uninterrupted run of successes has
    no variance and so says nothing about its own correlation; assuming 0 would flatter).
    ``ValueError`` on NaN or infinity.
    """
    if not all(map(math.isfinite, values)):
        raise ValueError("autocorrelation needs finite values")
    if len(values) < 3 or min(values) == max(values):
        return None
    mean = math.fsum(values) / len(values)
    centred = [value - mean for value in values]
    variance = math.fsum(value * value for value in centred)
    if variance == 0:  # differences below the resolution of a float
        return None
    return math.fsum(a * b for a, b in itertools.pairwise(centred)) / variance


def effective_n(n: float, rho: float) -> float:
    """Effective sample size ``n (1 - rho) / (1 + rho)`` of a first-order process.

    A negative *rho* is taken as 0, so the result never exceeds *n*; it is never below
    ``min(n, 1)``, for one full sample was seen. ``ValueError`` when *n* is negative or not
    finite, or *rho* outside -1..1.
    """
    if not (math.isfinite(n) and n >= 0):
        msg = f"n must be finite and not negative, got {n}"
        raise ValueError(msg)
    if not -1 <= rho <= 1:
        msg = f"an autocorrelation lies in -1..1, got {rho}"
        raise ValueError(msg)
    rho = max(rho, 0.0)
    return max(n * (1 - rho) / (1 + rho), min(n, 1.0))
