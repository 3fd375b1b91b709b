"""The sketch: within 1 %, mergeable, and failures stay infinite."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probe.load import Sketch

DURATIONS = st.lists(st.one_of(st.floats(0, 1e4), st.just(math.inf)), max_size=60)


@given(DURATIONS.filter(bool), st.floats(0, 1))
def test_a_quantile_is_within_one_percent_of_the_nearest_rank(
    values: list[float], q: float
) -> None:
    exact = sorted(values)[max(1, math.ceil(q * len(values) - 1e-9)) - 1]
    found = Sketch(values).quantile(q)
    assert found is not None
    if math.isinf(exact):
        assert found == math.inf
    else:
        assert found == pytest.approx(exact, rel=0.0101, abs=1.01e-9)


def test_every_rank_is_that_of_the_nearest() -> None:
    # Neighbours lie 5 % apart, so a neighbour's value is wrong.
    for n in range(1, 201):
        values = [1e-3 * 1.05**i for i in range(n)]
        sketch = Sketch(values)
        for rank in range(1, n + 1):
            exact = pytest.approx(values[rank - 1], rel=0.0101)
            assert sketch.quantile(rank / n) == exact, (rank, n)
            assert sketch.at_rank(rank) == exact, (rank, n)


def test_a_rank_among_equal_values() -> None:
    sketch = Sketch([0.01] * 15 + [10.0] * 8)
    assert sketch.quantile(15 / 23) == pytest.approx(0.01, rel=0.0101)
    assert sketch.quantile(16 / 23) == pytest.approx(10.0, rel=0.0101)


def test_ranks_pass_zeros_and_what_never_came() -> None:
    sketch = Sketch([0.0, 0.0, 0.5, math.inf])
    assert [sketch.at_rank(rank) for rank in (1, 2, 4)] == [0.0, 0.0, math.inf]
    assert sketch.at_rank(3) == pytest.approx(0.5, rel=0.0101)


@pytest.mark.parametrize("rank", [0, 3, -1])
def test_what_is_no_rank_is_refused(rank: int) -> None:
    with pytest.raises(ValueError, match="rank must be"):
        Sketch([1.0, 2.0]).at_rank(rank)


@given(DURATIONS, DURATIONS)
def test_merging_is_adding(first: list[float], second: list[float]) -> None:
    merged = Sketch(first)
    merged.merge(Sketch(second))
    assert merged == Sketch(first + second)
    assert merged.count == len(first) + len(second)


@given(DURATIONS)
def test_the_wire_keeps_it_all(values: list[float]) -> None:
    sketch = Sketch(values)
    wire = json.loads(json.dumps(sketch.to_wire(), allow_nan=False))
    assert Sketch.from_wire(wire) == sketch
    assert Sketch.from_wire(wire).quantile(0.95) == sketch.quantile(0.95)


def test_nothing_has_no_quantile() -> None:
    assert Sketch().quantile(0.5) is None
    assert Sketch().count == 0


@pytest.mark.parametrize("value", [-1.0, math.nan])
def test_what_is_no_duration_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="duration"):
        Sketch([value])


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan])
def test_what_is_no_quantile_is_refused(q: float) -> None:
    with pytest.raises(ValueError, match="q must be"):
        Sketch([1.0]).quantile(q)


@pytest.mark.parametrize(
    "wire",
    [
        None,
        {},
        {"bins": [[1]], "zeros": 0, "never": 0, "max": None},
        {"bins": [[1, -1]], "zeros": 0, "never": 0, "max": None},
        {"bins": [], "zeros": "x", "never": 0, "max": None},
    ],
)
def test_what_is_no_sketch_is_refused(wire: object) -> None:
    with pytest.raises(ValueError, match="no sketch"):
        Sketch.from_wire(wire)
