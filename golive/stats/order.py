"""Percentiles by nearest rank, and their confidence bounds by order statistics.

``+inf`` stands for a request that failed or timed out: it counts, it is never dropped.
Source of the bounds: H. A. David, "Order Statistics", 7.1 (distribution-free).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from golive.stats.binomial import binomial_cdf, binomial_sf, check_confidence


def percentile(values: Iterable[float], q: float) -> float:
    """The nearest-rank *q*-quantile (0 <= q <= 1): always one of the values, +inf allowed.

    ``ValueError`` on an empty input, NaN or a *q* outside 0..1.
    """
    if not 0 <= q <= 1:
        msg = f"q must lie in 0..1, got {q}"
        raise ValueError(msg)
    ordered = _ordered(values)
    if not ordered:
        raise ValueError("a percentile of no values is undefined")
    # The subtraction undoes products such as 0.07 * 100 == 7.000000000000001.
    rank = math.ceil(q * len(ordered) - 1e-9)
    return ordered[max(rank, 1) - 1]


def percentile_upper_rank(n: int, q: float, confidence: float = 0.95) -> int | None:
    """Rank (1 = smallest of *n*) of the upper confidence bound; ``None``: *n* too small."""
    _check(n, q, confidence)
    if n == 0 or binomial_cdf(n - 1, n, q) < confidence:
        return None
    low, high = 1, n  # the smallest rank r with P(Bin(n, q) <= r - 1) >= confidence
    while low < high:
        middle = (low + high) // 2
        if binomial_cdf(middle - 1, n, q) >= confidence:
            high = middle
        else:
            low = middle + 1
    return low


def percentile_lower_rank(n: int, q: float, confidence: float = 0.95) -> int | None:
    """Rank (1 = smallest of *n*) of the lower confidence bound; ``None``: *n* too small."""
    _check(n, q, confidence)
    if n == 0 or binomial_sf(0, n, q) < confidence:
        return None
    low, high = 1, n  # the largest rank r with P(Bin(n, q) >= r) >= confidence
    while low < high:
        middle = (low + high + 1) // 2
        if binomial_sf(middle - 1, n, q) >= confidence:
            low = middle
        else:
            high = middle - 1
    return low


def percentile_upper_bound(values: Iterable[float], q: float, confidence: float = 0.95) -> float:
    """The smallest order statistic not below the true *q*-quantile, with *confidence*.

    ``+inf`` when there are too few values to bound it (none included). Same unit as the
    values. ``ValueError`` on NaN.
    """
    ordered = _ordered(values)
    rank = percentile_upper_rank(len(ordered), q, confidence)
    return math.inf if rank is None else ordered[rank - 1]


def percentile_lower_bound(values: Iterable[float], q: float, confidence: float = 0.95) -> float:
    """The largest order statistic not above the true *q*-quantile; ``-inf``: too few values."""
    ordered = _ordered(values)
    rank = percentile_lower_rank(len(ordered), q, confidence)
    return -math.inf if rank is None else ordered[rank - 1]


def _ordered(values: Iterable[float]) -> list[float]:
    ordered = list(values)
    if any(math.isnan(value) for value in ordered):
        raise ValueError("NaN is not a measurement")
    ordered.sort()
    return ordered


def _check(n: int, q: float, confidence: float) -> None:
    check_confidence(confidence)
    if not 0 < q < 1:
        msg = f"a quantile that can be bounded lies between 0 and 1, got {q}"
        raise ValueError(msg)
    if n < 0:
        msg = f"n must not be negative, got {n}"
        raise ValueError(msg)
