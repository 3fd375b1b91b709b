"""Exact binomial distribution and Clopper-Pearson bounds, in the standard library alone.

The regularised incomplete beta function is evaluated by the continued fraction of DiDonato
and Morris (ACM TOMS 18, 1992, algorithm 708: BFRAC). Its prefactor comes from the
saddle-point form of C. Loader, "Fast and accurate computation of binomial probabilities"
(2000): the exponential of a difference of log-gammas would lose nine digits at n = 10 million.
"""

from __future__ import annotations

import math

# ln(z!) - Stirling: coefficients of 1/z, -1/z^3, 1/z^5 ... (DLMF 5.11.1).
_STIRLING = (1 / 12, 1 / 360, 1 / 1260, 1 / 1680, 1 / 1188, 691 / 360360)
_TINY = 1e-290
_EPS = 1e-16
_MAX_TERMS = 200_000
# Fractional counts come from effective sample sizes; less than this is no sample at all.
_LEAST = 1e-6


def incomplete_beta(a: float, b: float, x: float) -> tuple[float, float]:
    """Regularised incomplete beta ``I_x(a, b)`` and its complement ``1 - I_x(a, b)``.

    Both are returned because each is accurate where the other has cancelled. *a* and *b* are
    at least 1e-6, *x* in 0..1. ``ValueError`` outside, ``ArithmeticError`` when the fraction
    does not converge (a and b of 1e11 and more).
    """
    if not (_LEAST <= a < math.inf and _LEAST <= b < math.inf):
        msg = f"shapes of a beta distribution must be positive, got {a} and {b}"
        raise ValueError(msg)
    if not 0 <= x <= 1:
        msg = f"x must lie in 0..1, got {x}"
        raise ValueError(msg)
    if x == 0:
        return 0.0, 1.0
    if x == 1:
        return 1.0, 0.0
    x = max(x, _TINY)  # products with a denormal x would vanish
    excess = _excess(a, b, x)
    # The fraction converges fast below the mean a / (a + b); above it, use the mirrored one.
    if excess >= 0:
        small = min(1.0, _front(a, b, x) / _fraction(a, b, x, excess))
        return small, 1 - small
    small = min(1.0, _front(a, b, x) / _fraction(b, a, 1 - x, -excess))
    return 1 - small, small


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The x with ``I_x(a, b) == probability``: safeguarded Newton steps inside a bracket.

    0 when x lies below 1e-290. Errors as ``incomplete_beta``.
    """
    _check_probability(probability)
    low, high = 0.0, 1.0
    x = a / (a + b)
    upper_half = probability > 0.5
    for _ in range(2000):
        if high < _TINY:
            return 0.0
        below, above = incomplete_beta(a, b, x)
        # Compare on the side that keeps its digits when the probability is near 1.
        error = (1 - probability) - above if upper_half else below - probability
        if error > 0:
            high = x
        else:
            low = x
        density = _front(a, b, x) / (x * (1 - x))
        step = x - error / density if density > 0 else math.nan
        # Far in a tail Newton crawls: halve geometrically there, as x spans many decades.
        guess = step if low < step < high else _middle(low, high)
        if error == 0 or abs(guess - x) <= 2 * _EPS * x or high - low <= 2 * _EPS * high:
            return guess if error else x
        x = guess
    msg = f"beta quantile of {probability} with {a}, {b} did not converge"
    raise ArithmeticError(msg)


def binomial_cdf(k: float, n: float, p: float) -> float:
    """``P(X <= k)`` for X ~ Binomial(n, p); *n* and *k* may be fractional (effective n)."""
    _check_trials(n, p)
    if k + 1 < _LEAST:
        return 0.0
    if n - k < _LEAST or p == 0:
        return 1.0
    return incomplete_beta(k + 1, n - k, p)[1]


def binomial_sf(k: float, n: float, p: float) -> float:
    """``P(X > k)`` for X ~ Binomial(n, p); accurate where ``1 - cdf`` has cancelled."""
    _check_trials(n, p)
    if k + 1 < _LEAST:
        return 1.0
    if n - k < _LEAST or p == 0:
        return 0.0
    return incomplete_beta(k + 1, n - k, p)[0]


def lower_bound(n: float, failures: float, confidence: float = 0.95) -> float:
    """One-sided Clopper-Pearson lower bound of the success ratio; 0 when ``n`` is 0."""
    check_sample(n, failures)
    check_confidence(confidence)
    if n - failures < _LEAST:
        return 0.0
    # Solved for the failure ratio, which is small and so keeps its digits.
    return 1 - beta_quantile(confidence, failures + 1, n - failures)


def upper_bound(n: float, failures: float, confidence: float = 0.95) -> float:
    """One-sided Clopper-Pearson upper bound of the success ratio; 1 when ``n`` is 0."""
    check_sample(n, failures)
    check_confidence(confidence)
    if failures < _LEAST:
        return 1.0
    return 1 - beta_quantile(1 - confidence, failures, n - failures + 1)


def interval(n: float, failures: float, confidence: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval of the success ratio; (0, 1) when ``n`` is 0."""
    check_confidence(confidence)
    each_side = 0.5 + confidence / 2
    return lower_bound(n, failures, each_side), upper_bound(n, failures, each_side)


def check_sample(n: float, failures: float) -> None:
    """Raise ``ValueError`` unless 0 <= failures <= n, both finite (NaN is not a sample)."""
    if not (math.isfinite(n) and math.isfinite(failures)) or not 0 <= failures <= n:
        msg = f"a sample needs 0 <= failures <= n, got failures={failures}, n={n}"
        raise ValueError(msg)


def check_confidence(confidence: float) -> None:
    """Raise ``ValueError`` unless 0.5 <= confidence < 1.

    Below one half a claim could be proven and refuted by the same sample.
    """
    if not 0.5 <= confidence < 1:
        msg = f"confidence must lie in 0.5..1 (1 excluded), got {confidence}"
        raise ValueError(msg)


def _check_probability(probability: float) -> None:
    if not 0 < probability < 1:
        msg = f"probability must lie between 0 and 1, got {probability}"
        raise ValueError(msg)


def _check_trials(n: float, p: float) -> None:
    if not (math.isfinite(n) and n >= 0 and 0 <= p <= 1):
        msg = f"a binomial needs n >= 0 and p in 0..1, got n={n}, p={p}"
        raise ValueError(msg)


def _middle(low: float, high: float) -> float:
    if low == 0.0:
        return high / 16
    if high > 4 * low:
        return math.sqrt(low) * math.sqrt(high)
    return (low + high) / 2


def _excess(a: float, b: float, x: float) -> float:
    """``a (1 - x) - b x``: how far x lies below the mean, scaled by a + b."""
    return a - (a + b) * x if x <= 0.5 else (a + b) * (1 - x) - b


def _fraction(a: float, b: float, x: float, excess: float) -> float:
    value = a * (excess + 1) / (a + 1)
    c, d = value, 0.0
    for m in range(1, _MAX_TERMS):
        odd = a + 2 * m - 1
        upper = (a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x / (odd * odd)
        lower = m + m * (b - m) * x / odd
        lower += (a + m) * (excess + 1 + m * (2 - x)) / (odd + 2)
        d = lower + upper * d
        d = 1 / (d if abs(d) > _TINY else _TINY)
        c = lower + upper / c
        c = c if abs(c) > _TINY else _TINY
        value *= c * d
        if abs(c * d - 1) < 3 * _EPS:
            return value
    msg = f"incomplete beta of {a}, {b} at {x} did not converge"
    raise ArithmeticError(msg)


def _front(a: float, b: float, x: float) -> float:
    """``x**a * (1-x)**b / B(a, b)`` without cancellation."""
    n, excess = a + b, _excess(a, b, x)
    log = _stirling_error(n) - _stirling_error(a) - _stirling_error(b)
    log -= _deviance(a, n * x, excess) + _deviance(b, n * (1 - x), -excess)
    return math.exp(log) * math.sqrt(a / n * b / (2 * math.pi))


def _stirling_error(z: float) -> float:
    if z < 16:
        stirling = (z + 0.5) * math.log(z) - z + 0.5 * math.log(2 * math.pi)
        return math.lgamma(z + 1) - stirling
    square, total = z * z, 0.0
    for sign, coefficient in zip((-1, 1, -1, 1, -1, 1), reversed(_STIRLING), strict=True):
        total = total / square + sign * coefficient
    return total / z


def _deviance(value: float, mean: float, difference: float) -> float:
    """``value * ln(value / mean) + mean - value``, by series where the terms cancel.

    *difference* is ``value - mean``, handed in because the caller knows it to more digits.
    """
    if abs(difference) >= 0.1 * (value + mean):
        return value * math.log(value / mean) - difference
    ratio = difference / (value + mean)
    total = difference * ratio
    term, square = 2 * value * ratio, ratio * ratio
    for odd in range(3, 2000, 2):
        term *= square
        further = total + term / odd
        if further == total:
            break
        total = further
    return total
