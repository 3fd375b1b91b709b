"""Percentiles, their order-statistic bounds, and effective sample size."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from golive.stats import (
    effective_n,
    lag1_autocorrelation,
    percentile,
    percentile_lower_bound,
    percentile_lower_rank,
    percentile_upper_bound,
    percentile_upper_rank,
)


def test_percentile_is_nearest_rank() -> None:
    assert percentile([15, 20, 35, 40, 50], 0.3) == 20
    assert percentile([15, 20, 35, 40, 50], 0.4) == 20
    assert percentile([50, 15, 40, 20, 35], 1) == 50
    assert percentile([3, 1, 2], 0) == 1
    assert percentile(range(1, 101), 0.07) == 7  # 0.07 * 100 is more than 7 in floats
    assert percentile(range(1, 101), 0.95) == 95


def test_failures_count_as_infinity() -> None:
    assert percentile([0.1] * 94 + [math.inf] * 6, 0.95) == math.inf
    assert percentile([0.1] * 95 + [math.inf] * 5, 0.95) == 0.1
    assert percentile_upper_bound([0.1] * 58 + [math.inf], 0.95) == math.inf


@pytest.mark.parametrize(
    ("n", "rank"),
    [(58, None), (59, 59), (92, 92), (93, 92), (124, 122), (200, 196), (300, 292), (0, None)],
)
def test_ranks_of_the_upper_bound_of_p95(n: int, rank: int | None) -> None:
    assert percentile_upper_rank(n, 0.95) == rank


@given(
    st.integers(1, 800),
    st.floats(0.05, 0.99),
    st.sampled_from([0.6, 0.9, 0.95, 0.99]),
)
def test_ranks_are_the_tightest_that_hold(n: int, q: float, confidence: float) -> None:
    def holds_above(rank: int) -> bool:
        return bool(binom.cdf(rank - 1, n, q) >= confidence)

    def holds_below(rank: int) -> bool:
        return bool(binom.sf(rank - 1, n, q) >= confidence)

    ranks = range(1, n + 1)
    assert percentile_upper_rank(n, q, confidence) == next(filter(holds_above, ranks), None)
    assert percentile_lower_rank(n, q, confidence) == next(
        filter(holds_below, reversed(ranks)), None
    )


def test_bounds_take_the_values_at_their_ranks() -> None:
    values = [float(v) for v in range(200, 0, -1)]
    assert percentile_upper_bound(values, 0.95) == 196
    lower = percentile_lower_rank(200, 0.95)
    assert lower is not None
    assert percentile_lower_bound(values, 0.95) == lower
    assert lower < percentile(values, 0.95) < 196


def test_too_few_values_bound_nothing() -> None:
    assert percentile_upper_bound([], 0.95) == math.inf
    assert percentile_lower_bound([], 0.95) == -math.inf
    assert percentile_upper_bound([1.0] * 58, 0.95) == math.inf
    assert percentile_lower_bound([1.0], 0.5) == -math.inf


def test_the_naive_p95_of_twenty_passes_one_in_ten_slow() -> None:
    # 19 of 20 fast ones suffice: probability of at most one slow request of twenty at 10 %.
    assert binom.cdf(1, 20, 0.10) == pytest.approx(0.39, abs=0.005)
    assert percentile([0.1] * 19 + [9.0], 0.95) == 0.1
    assert percentile_upper_bound([0.1] * 19 + [9.0], 0.95) == math.inf


def test_nan_and_empty_are_rejected() -> None:
    for call in (percentile, percentile_upper_bound, percentile_lower_bound):
        with pytest.raises(ValueError, match="NaN"):
            call([1.0, math.nan], 0.5)
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
    for q in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"0\.\.1"):
            percentile([1.0], q)
    for q in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            percentile_upper_rank(10, q)
        with pytest.raises(ValueError, match="between 0 and 1"):
            percentile_lower_rank(10, q)
    with pytest.raises(ValueError, match="not be negative"):
        percentile_upper_rank(-1, 0.5)
    with pytest.raises(ValueError, match="confidence"):
        percentile_upper_rank(10, 0.5, 1.0)


def test_autocorrelation_of_known_sequences() -> None:
    assert lag1_autocorrelation([1, 0] * 50) == pytest.approx(-0.99)
    assert lag1_autocorrelation([0] * 50 + [1] * 50) == pytest.approx(0.97, abs=0.005)
    source = random.Random(7)  # noqa: S311 - reproducible noise
    noise = [source.random() for _ in range(4_000)]
    measured = lag1_autocorrelation(noise)
    assert measured is not None
    assert abs(measured) < 0.05
    walk, state = [], 0.0
    for value in noise:
        state = 0.8 * state + value - 0.5
        walk.append(state)
    assert lag1_autocorrelation(walk) == pytest.approx(0.8, abs=0.05)


def test_autocorrelation_of_a_constant_is_unknown() -> None:
    for values in ([], [1.0], [1.0, 2.0], [1.0] * 100, [0.0] * 100):
        assert lag1_autocorrelation(values) is None
    for bad in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            lag1_autocorrelation([1.0, bad, 2.0])


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60))
def test_autocorrelation_lies_in_range(values: list[float]) -> None:
    measured = lag1_autocorrelation(values)
    assert measured is None or -1 - 1e-9 <= measured <= 1 + 1e-9


def test_effective_n() -> None:
    assert effective_n(1_000, 0) == 1_000
    assert effective_n(1_000, -0.5) == 1_000
    assert effective_n(1_000, 0.5) == pytest.approx(1_000 / 3)
    assert effective_n(1_000, 1) == 1
    assert effective_n(0, 0.5) == 0
    for n, rho in ((math.nan, 0), (-1, 0), (10, math.nan), (10, 1.5), (10, -1.5), (math.inf, 0)):
        with pytest.raises(ValueError, match=r"must be finite|lies in"):
            effective_n(n, rho)


@given(st.floats(0, 1e9), st.floats(-1, 1), st.floats(-1, 1))
def test_effective_n_is_monotone(n: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= effective_n(n, high) <= effective_n(n, low) <= n
