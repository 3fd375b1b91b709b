"""Figures in sentences: their own specifications, one form with the tables."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.model import Reason
from golive.rounding import Toward, complement, exact, figure
from golive.texts import Catalogue, CatalogueError


def said(sentence: str, **params: float | str | bool) -> str:
    catalogue = Catalogue("any", "en", {"reasons": {"r": sentence}}, {})
    return catalogue.reason(Reason("r", params))


@pytest.mark.parametrize(
    ("sentence", "value", "shown"),
    [
        ("{x:pct-down}", 0.999769999, "99.9769%"),
        ("{x:pct-up}", 0.0099999, "1%"),
        ("{x:pct-up}", 0.0099897, "0.999%"),
        ("{x:pct-up}", 1e-9, "0.0000001%"),
        ("{x:pct-down}", 1 - 1e-9, "99.9999999%"),
        ("{x:pct-down}", -0.5, "-50%"),
        ("{x:pct}", 0.99, "99%"),
        ("{x:pct}", 0.999, "99.9%"),
        ("{x:pct}", 1, "100%"),
        ("{x:num-up}", 0.32701, "0.328"),
        ("{x:num-up}", 2.00001, "2.001"),
        ("{x:num-down}", 9876.5, "9876"),
        ("{x:num}", 2.0, "2"),
        ("{x:num}", 14.4, "14.4"),
        ("{x:num-up}", math.inf, "∞"),
        ("{x:pct-up}", -math.inf, "-∞"),
        ("{x:pct-up}", math.nan, "NaN"),
        ("{x:,d}", 3000.0, "3,000"),
        ("{x:.1f}", 2.25, "2.2"),
    ],
)
def test_specifications(sentence: str, value: float, shown: str) -> None:
    assert said(sentence, x=value) == shown


@pytest.mark.parametrize("mark", ["threshold", "objective", "limit"])
def test_a_figure_stays_on_its_side_of_the_mark(mark: str) -> None:
    sentence = f"{{bound:pct-up}} < {{{mark}:pct}}"
    assert said(sentence, bound=0.0099897, **{mark: 0.01}) == "0.999% < 1%"
    assert said(sentence, bound=0.00999997, **{mark: 0.01}) == "0.999997% < 1%"
    assert said(sentence, bound=0.01, **{mark: 0.01}) == "1% < 1%"


@given(st.floats(0, 1), st.sampled_from([0.01, 0.001, 0.95, 0.99, 0.999]), st.sampled_from(Toward))
def test_rounding_keeps_the_order(value: float, mark: float, toward: Toward) -> None:
    shown = float(figure(value, toward, percent=True, marks=(mark,)))
    wanted = float(exact(mark, percent=True))
    assert (shown > wanted, shown < wanted) == (value > mark, value < mark)


@pytest.mark.parametrize("sentence", ["{x:pct-dwn}", "{x:num-pct}", "{x:num-sideways}"])
def test_an_unknown_specification_does_not_fit(sentence: str) -> None:
    with pytest.raises(CatalogueError):
        said(sentence, x=0.5)


@pytest.mark.parametrize("value", ["0.5", True])
def test_only_numbers_are_figures(value: str | bool) -> None:
    with pytest.raises(CatalogueError):
        said("{x:pct}", x=value)


def test_the_complement_is_that_of_the_decimals_as_written() -> None:
    assert complement(0.99) == 0.01
    assert complement(0.001) == 0.999
    assert math.isnan(complement(math.inf))
