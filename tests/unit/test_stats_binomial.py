"""Exact binomial bounds against SciPy, exact decimals and closed forms."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from golive.stats import (
    beta_quantile,
    binomial_cdf,
    binomial_sf,
    incomplete_beta,
    interval,
    lower_bound,
    upper_bound,
)

SIZES = (1, 2, 3, 10, 59, 299, 1_000, 29_956, 1_000_000)
RATIOS = (1e-6, 1e-3, 0.01, 0.05, 0.3, 0.5, 0.77, 0.999)


def _counts(n: int, p: float) -> set[int]:
    spread = math.sqrt(n * p * (1 - p)) + 1
    around = {round(n * p + sigmas * spread) for sigmas in (-4, -2, -1, 0, 1, 2, 4)}
    return {k for k in around | {0, 1, n - 1, n} if 0 <= k <= n}


def _exact_cdf(k: int, n: int, p: float) -> Decimal:
    ratio, miss = Decimal(p), 1 - Decimal(p)
    term = total = miss**n
    for i in range(1, k + 1):
        term = term * (n - i + 1) / i * ratio / miss
        total += term
    return total


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("p", RATIOS)
def test_distribution_agrees_with_scipy(n: int, p: float) -> None:
    for k in _counts(n, p):
        assert binomial_cdf(k, n, p) == pytest.approx(binom.cdf(k, n, p), rel=1e-9, abs=1e-290)
        assert binomial_sf(k, n, p) == pytest.approx(binom.sf(k, n, p), rel=1e-9, abs=1e-290)


@pytest.mark.parametrize(
    ("n", "k", "p"),
    [
        (8, 1, 0.12138580697121434),
        (7_190_609, 17, 5.38834781987194e-06),  # SciPy itself is off by 3e-10 here
        (4_083_026, 462, 0.00015211583957866698),
        (36_404, 1_989, 0.053939335889324834),
        (300, 292, 0.95),
    ],
)
def test_distribution_agrees_with_sixty_digit_sums(n: int, k: int, p: float) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = _exact_cdf(k, n, p)
        assert binomial_cdf(k, n, p) == pytest.approx(float(exact), rel=1e-12)
        assert binomial_sf(k, n, p) == pytest.approx(float(1 - exact), rel=1e-12)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99, 0.999999])
def test_bounds_agree_with_scipy(n: int, confidence: float) -> None:
    for failures in {0, 1, n // 100, n // 3, n - 1, n}:
        low = beta.ppf(1 - confidence, n - failures, failures + 1) if failures < n else 0.0
        high = beta.ppf(confidence, n - failures + 1, failures) if failures else 1.0
        assert lower_bound(n, failures, confidence) == pytest.approx(low, rel=1e-9)
        assert upper_bound(n, failures, confidence) == pytest.approx(high, rel=1e-9)


@given(st.floats(0.5, 1e7), st.floats(0, 1), st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999999]))
def test_fractional_bounds_agree_with_scipy(n: float, ratio: float, confidence: float) -> None:
    failures = ratio * n
    if n - failures >= 1e-6:
        expected = beta.ppf(confidence, failures + 1, n - failures)
        assert 1 - lower_bound(n, failures, confidence) == pytest.approx(
            expected, rel=1e-8, abs=1e-15
        )
    if failures >= 1e-6:
        expected = beta.ppf(1 - confidence, failures, n - failures + 1)
        assert 1 - upper_bound(n, failures, confidence) == pytest.approx(
            expected, rel=1e-8, abs=1e-15
        )


@given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6), st.floats(1e-9, 1 - 1e-9))
def test_quantile_inverts_the_incomplete_beta(a: float, b: float, probability: float) -> None:
    x = beta_quantile(probability, a, b)
    if x == 0:  # too small for a float
        assert incomplete_beta(a, b, 1e-290)[0] >= probability
        return
    # The float beside x may already lie past the target, so bracket instead of comparing.
    before = incomplete_beta(a, b, max(0.0, x - 4e-15 * x))[0]
    after = incomplete_beta(a, b, min(1.0, math.nextafter(x + 4e-15 * x, 2)))[0]
    assert before <= probability * (1 + 1e-9)
    assert after >= probability * (1 - 1e-9)


@given(st.floats(0.01, 1e5), st.floats(0.01, 1e5), st.floats(0, 1))
def test_complement_and_mirror(a: float, b: float, x: float) -> None:
    below, above = incomplete_beta(a, b, x)
    assert below + above == pytest.approx(1)
    if 1 - (1 - x) == x:  # the mirror is only the same point if 1 - x is exact
        assert incomplete_beta(b, a, 1 - x)[1] == pytest.approx(below, rel=1e-9, abs=1e-290)


def test_closed_forms_with_no_failure() -> None:
    for n in (1, 30, 299, 29_956, 5_000_000):
        assert 1 - lower_bound(n, 0) == pytest.approx(-math.expm1(math.log(0.05) / n), abs=2e-16)
    assert lower_bound(30, 0) == pytest.approx(0.905, abs=5e-4)
    assert lower_bound(100, 0) == pytest.approx(0.9705, abs=5e-5)
    assert upper_bound(30, 30) == pytest.approx(1 - 0.05 ** (1 / 30))


def test_nothing_seen_bounds_nothing() -> None:
    assert lower_bound(0, 0) == 0
    assert upper_bound(0, 0) == 1
    assert interval(0, 0) == (0, 1)
    assert lower_bound(7, 7) == 0
    assert upper_bound(7, 0) == 1


@given(st.integers(1, 5_000), st.data())
def test_bounds_enclose_and_are_monotone(n: int, data: st.DataObject) -> None:
    failures = data.draw(st.integers(0, n))
    low, high = interval(n, failures)
    assert 0 <= low <= 1 - failures / n <= high <= 1
    assert low <= lower_bound(n, failures)
    assert upper_bound(n, failures) <= high
    if failures < n:
        assert lower_bound(n, failures + 1) < lower_bound(n, failures)
        assert lower_bound(n + 1, failures) > lower_bound(n, failures)
        assert lower_bound(n, failures, 0.99) < lower_bound(n, failures, 0.95)


@given(st.integers(2, 400), st.floats(0.001, 0.999))
def test_cdf_is_monotone_and_complementary(n: int, p: float) -> None:
    cdf = [binomial_cdf(k, n, p) for k in range(-1, n + 1)]
    assert cdf == sorted(cdf)
    assert cdf[0] == 0
    assert cdf[-1] == 1
    for k in range(-1, n + 1):
        assert cdf[k + 1] + binomial_sf(k, n, p) == pytest.approx(1)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_certain_ratios(p: float) -> None:
    assert [binomial_cdf(k, 3, p) for k in range(4)] == ([1] * 4 if p == 0 else [0, 0, 0, 1])
    assert [binomial_sf(k, 3, p) for k in range(4)] == ([0] * 4 if p == 0 else [1, 1, 1, 0])


@pytest.mark.parametrize(
    ("n", "failures"),
    [
        (math.nan, 0),
        (10, math.nan),
        (math.inf, 0),
        (10, -1),
        (10, 11),
        (-1, 0),
    ],
)
def test_impossible_samples_are_rejected(n: float, failures: float) -> None:
    for bound in (lower_bound, upper_bound, interval):
        with pytest.raises(ValueError, match="0 <= failures <= n"):
            bound(n, failures)


@pytest.mark.parametrize("confidence", [0.0, 0.49, 1.0, 1.5, -1.0, math.nan])
def test_impossible_confidences_are_rejected(confidence: float) -> None:
    for bound in (lower_bound, upper_bound, interval):
        with pytest.raises(ValueError, match="confidence must lie"):
            bound(10, 0, confidence)


def test_impossible_distributions_are_rejected() -> None:
    for bad in ((-1, 0.5), (10, 1.1), (10, math.nan), (math.nan, 0.5)):
        with pytest.raises(ValueError, match="binomial needs"):
            binomial_cdf(1, *bad)
        with pytest.raises(ValueError, match="binomial needs"):
            binomial_sf(1, *bad)
    for shapes in ((0, 1), (1, -1), (1e-300, 1), (math.nan, 1), (1, math.inf)):
        with pytest.raises(ValueError, match="must be positive"):
            incomplete_beta(*shapes, 0.5)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        incomplete_beta(1, 1, math.nan)
    with pytest.raises(ValueError, match="between 0 and 1"):
        beta_quantile(math.nan, 1, 1)
