"""Figures never flatter, and one ratio has one form."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import factory
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from golive.config.model import Objective, Slo
from golive.model import Comparator, Measurement
from golive.rendering import RenderOptions
from golive_reports.figures import RATIO, Figures, Toward, allowance_used, rounded
from golive_reports.markdown import render
from golive_reports.words import words

FIGURES = Figures(words("ko"))
COMPARATORS = st.sampled_from(Comparator)
RATIOS = st.floats(0, 1)
THRESHOLDS = st.sampled_from([0.95, 0.99, 0.999, 0.9999, 0.01, 0.001, 0.05, 0.5])


def number(text: str) -> float:
    found = re.search(r"[0-9][0-9,.]*(?:E[+-]?[0-9]+)?", text)
    assert found is not None, text
    return float(found[0].replace(",", ""))


def measurement(
    value: float, comparator: Comparator, threshold: float, unit: str = RATIO
) -> Measurement:
    return Measurement("m", value, unit, comparator, threshold)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.0, "100%"),
        (0.9996, "99.96%"),
        (0.99999, "99.999%"),
        (0.999999999, "99.9999999%"),
        (0.0, "0%"),
        (0.98999, "98.99%"),
        (0.9899999, "98.99%"),
        (472 / 473, "99.788%"),
    ],
)
def test_success_ratios(value: float, shown: str) -> None:
    assert FIGURES.value(measurement(value, Comparator.GE, 0.99)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.412, "0.412초"), (1.2341, "1.235초"), (2.00001, "2.001초"), (0.00294, "0.00294초")],
)
def test_latencies(value: float, shown: str) -> None:
    assert FIGURES.value(measurement(value, Comparator.LE, 2.0, "s")) == shown


def test_infinities_have_their_words() -> None:
    m = replace(factory.latency(math.inf, math.inf, 1.0, 20, 3))
    assert FIGURES.value(m) == "∞(시간 초과)"
    assert FIGURES.bound(m) == "∞(유한한 한계 없음)"
    assert FIGURES.against_target(m) == "목표를 벗어남"


@settings(max_examples=500)
@given(RATIOS, COMPARATORS, THRESHOLDS)
def test_a_shown_ratio_stands_on_its_own_side(
    value: float, comparator: Comparator, threshold: float
) -> None:
    shown = number(FIGURES.value(measurement(value, comparator, threshold))) / 100
    assert comparator.holds(shown, threshold) is comparator.holds(value, threshold)
    assert (shown == 1) is (value == 1)
    assert (shown == 0) is (value == 0)


@settings(max_examples=500)
@given(st.floats(0, 1e9), COMPARATORS, st.floats(1e-6, 1e6))
def test_a_shown_quantity_is_never_better_than_the_exact_one(
    value: float, comparator: Comparator, threshold: float
) -> None:
    shown = number(FIGURES.value(measurement(value, comparator, threshold, "s")))
    assert comparator.holds(shown, threshold) is comparator.holds(value, threshold)
    if comparator.wants_high:
        assert shown <= value
    else:
        assert shown >= value


@settings(max_examples=500)
@given(RATIOS, COMPARATORS, THRESHOLDS)
def test_the_share_used_agrees_with_the_verdict(
    value: float, comparator: Comparator, threshold: float
) -> None:
    assume(value == 0 or value > 1e-300)  # below, a float has too few digits to compare
    m = measurement(value, comparator, threshold)
    used = allowance_used(m)
    assert used is not None
    if value != threshold:
        shown = number(FIGURES.against_target(m))
        assert (shown < 100) is comparator.holds(value, threshold)
        assert shown >= used * 100 * (1 - 1e-9)


@pytest.mark.parametrize(
    ("m", "shown"),
    [
        (measurement(0.003, Comparator.LE, 2.0, "s"), "목표의 0.15%"),
        (measurement(3.02, Comparator.LE, 2.0, "s"), "목표의 151%"),
        (measurement(1.0, Comparator.GE, 0.99), "오류 예산의 0%"),
        (measurement(0.98, Comparator.GE, 0.99), "오류 예산의 200%"),
        (measurement(0.005, Comparator.LT, 0.01), "오류 예산의 50%"),
        (measurement(0.0, Comparator.LE, 0.0, "s"), "–"),
        (measurement(50.0, Comparator.GE, 100.0, ""), "목표의 200%"),
    ],
)
def test_against_target(m: Measurement, shown: str) -> None:
    assert FIGURES.against_target(m) == shown


def test_a_success_ratio_and_its_error_ratio_use_the_same_share() -> None:
    good = measurement(0.995, Comparator.GE, 0.99)
    bad = measurement(0.005, Comparator.LT, 0.01)
    assert FIGURES.against_target(good) == FIGURES.against_target(bad)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_report_states_each_ratio_once(lang: str) -> None:
    run = factory.go()
    text = render(run, RenderOptions(lang))
    figures = Figures(words(lang))
    shares = [figures.against_target(c.measurement) for c in run.checks() if c.measurement]
    found = re.findall(r"\| ([^|]*(?:의 [\d.]+%|% of the [a-z ]+)) \|", text)
    assert sorted(found) == sorted(shares)
    for word in ("배 빠", "초과 달성", "초과 성능", "times faster", "exceeded by"):
        assert word not in text


@pytest.mark.parametrize(
    ("slo", "shown"),
    [
        (Slo("a", objective=Objective(Comparator.GE, 0.99)), "< 99%"),
        (Slo("a", objective=Objective(Comparator.GT, 0.999)), "≤ 99.9%"),
        (Slo("a", objective=Objective(Comparator.LT, 0.01)), "≥ 1%"),
        (Slo("a", objective=Objective(Comparator.GE, 0.95), threshold=2.0), "p95 > 2초"),
        (Slo("a", objective=Objective(Comparator.GE, 0.999), threshold=0.5), "p99.9 > 0.5초"),
        (Slo("a", objective=Objective(Comparator.LT, 0.05), threshold=2.0), "p95 > 2초"),
        (Slo("a"), None),
    ],
)
def test_violation(slo: Slo, shown: str | None) -> None:
    assert FIGURES.violation(slo) == shown


def test_rounding_directions() -> None:
    assert rounded(0.12345, Toward.DOWN) == "0.123"
    assert rounded(0.12345, Toward.UP) == "0.124"
    assert rounded(123456.7, Toward.NEAREST) == "123,457"


def with_confidence(*levels: float) -> str:
    checks = [
        replace(
            factory.READINESS,
            id=f"slo.readiness-{number}",
            measurement=replace(factory.success_ratio(473, 1), confidence=level),
        )
        for number, level in enumerate(levels)
    ]
    return render(factory.run(factory.gate("slo", *checks)), RenderOptions("ko"))


def test_the_table_names_the_confidence_that_was_used() -> None:
    report = with_confidence(0.99, 0.99)
    assert "| 99% 신뢰 한계 |" in report
    assert "95%" not in report.partition("| 99% 신뢰 한계 |")[2].partition("\n\n")[0]
    assert "99% 신뢰 한계: ≥" in report


def test_different_confidences_stand_in_their_cells() -> None:
    report = with_confidence(0.95, 0.99)
    assert "| 신뢰 한계 |" in report
    for level in ("(95%)", "(99%)"):
        assert re.search(rf"\| ≥99\.\d+% {re.escape(level)} \|", report.replace("\\", "")), level
