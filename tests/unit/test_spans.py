"""Lengths of time: readable, pessimistic, never on the other side of their limit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.model import Reason
from golive.rounding import Toward
from golive.spans import UNITS, amounts
from golive.texts import Catalogue, CatalogueError, core_catalogue

UP, DOWN = Toward.UP, Toward.DOWN
LENGTHS = dict(UNITS)


def said(sentence: str, lang: str = "en", **params: float | str | bool) -> str:
    texts = Catalogue("some_gate", lang, {"reasons": {"x": sentence}}, core_catalogue(lang).tables)
    return texts.reason(Reason("x", params))


@pytest.mark.parametrize(
    ("seconds", "spec", "english", "korean"),
    [
        (86_700.0, "span", "1 d 5 min", "1일 5분"),
        (90_061.5, "span", "1 d 1 h 1 min 1.5 s", "1일 1시간 1분 1.5초"),
        (90_061.5, "span-up", "1 d 2 h", "1일 2시간"),
        (90_061.5, "span-down", "1 d 1 h", "1일 1시간"),
        (21_600.0, "span", "6 h", "6시간"),
        (86_399.5, "span-up", "1 d", "1일"),
        (3_599.2, "span-up", "1 h", "1시간"),
        (59.99, "span-up", "1 min", "1분"),
        (12.3456, "span-up", "12.4 s", "12.4초"),
        (0.015123, "span-up", "0.0152 s", "0.0152초"),
        (0.0, "span-up", "0 s", "0초"),
        (0, "span", "0 s", "0초"),
        (-61.0, "span-up", "-1 min 1 s", "-1분 1초"),
        (math.inf, "span-up", "∞", "∞"),
        (-math.inf, "span", "-∞", "-∞"),
        (math.nan, "span-up", "NaN", "NaN"),
        (86_400e4, "span", "10,000 d", "10,000일"),
    ],
)
def test_a_length_of_time_is_said(seconds: float, spec: str, english: str, korean: str) -> None:
    assert said(f"{{x:{spec}}}", x=seconds) == english
    assert said(f"{{x:{spec}}}", "ko", x=seconds) == korean


@pytest.mark.parametrize("mark", ["limit", "threshold", "objective"])
def test_what_exceeds_its_limit_reads_so(mark: str) -> None:
    sentence = f"{{x:span-up}} / {{x:span-down}} / {{{mark}:span}}"
    over = said(sentence, x=21_600.25, **{mark: 21_600.0})
    assert over == "6 h 1 min / 6 h 0.2 s / 6 h"
    under = said(sentence, x=21_599.75, **{mark: 21_600.0})
    assert under == "5 h 59 min 59.8 s / 5 h 59 min / 6 h"
    assert said(sentence, x=21_600.0, **{mark: 21_600.0}) == "6 h / 6 h / 6 h"


@pytest.mark.parametrize(("value", "spec"), [("6h", "span"), (True, "span"), (1.0, "span-off")])
def test_what_is_no_length_of_time_does_not_fit(value: str | float, spec: str) -> None:
    with pytest.raises(CatalogueError, match="does not fit"):
        said(f"{{x:{spec}}}", x=value)


@pytest.mark.parametrize("seconds", [-1.0, math.inf, math.nan])
def test_only_lengths_have_amounts(seconds: float) -> None:
    with pytest.raises(ValueError, match="no length of time"):
        amounts(seconds)


@given(
    st.floats(0, 1e15),
    st.sampled_from((UP, DOWN, Toward.NEAREST)),
    st.floats(0, 1e15),
)
def test_rounding_keeps_its_direction_and_its_side(s: float, toward: Toward, mark: float) -> None:
    found = amounts(s, toward, marks=(mark,))
    total = math.fsum(float(n.replace(",", "")) * LENGTHS[unit] for n, unit in found)
    slack = abs(s) * 1e-12
    assert toward is not UP or total >= s - slack
    assert toward is not DOWN or total <= s + slack
    if abs(s - mark) > 1e-9 * max(s, mark):
        assert (total > mark, total < mark) == (s > mark, s < mark)
    assert [unit for _, unit in found] == [u for u, _ in UNITS if u in dict(map(reversed, found))]
