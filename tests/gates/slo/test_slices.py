"""Time slices: odd ones, slices with holes, slices of ratios, and too few of them."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import Budgeting, Comparator, Indicator, Slo, Status
from golive_gates.slo.parts import Reading
from tests.gates.slo import parts as p
from tests.gates.slo.test_history_judges import judge, said
from tests.gates.slo.test_observe_history import (
    WEEK,
    Answerer,
    history_of,
    prometheus,
    status,
    success,
    values,
)

pytestmark = pytest.mark.anyio

SLICED = replace(WEEK, budgeting=Budgeting.TIMESLICES, slice_window=60.0, slice_target=0.95)
GOOD = Indicator("ratio", good="x_5..", total="x")
BAD = Indicator("ratio", bad="x_5..", total="x")
RAW = Indicator("raw", query="x")
RATES = Indicator("ratio", good="a", total="b", counter=False)
VALUE = Indicator("value", query="latency", op=Comparator.LE)


def by(indicator: Indicator, **changed: object) -> Slo:
    return replace(SLICED, indicator=indicator, **changed)  # type: ignore[arg-type]


def odd_at(index: int, total: float, usual: float, odd: float) -> Answerer:
    """One slice of a selector, or of a ratio, differs from the others."""

    def answerer(query: str, ranged: bool, times: list[float]) -> object:
        if not ranged or ("5.." not in query and total):
            return values(total, usual)(query, ranged, times)
        points = [[t, str(odd if i == index else usual)] for i, t in enumerate(times)]
        return success([{"metric": {}, "values": points}])

    return answerer


@pytest.mark.parametrize(
    ("indicator", "total", "usual", "odd", "code"),
    [
        (GOOD, 100.0, 100.0, 150.0, "slice-contradictory"),
        (BAD, 100.0, 0.0, 150.0, "slice-contradictory"),
        (GOOD, 100.0, 100.0, 101.0, ""),
        (RAW, 0.0, 1.0, 50.0, "slice-out-of-range"),
        (RATES, 0.0, 1.0, 1.01, "slice-out-of-range"),
        (RAW, 0.0, 0.9999, 1.0, ""),
    ],
)
async def test_one_odd_slice_is_no_good_one(
    indicator: Indicator, total: float, usual: float, odd: float, code: str
) -> None:
    slo = by(indicator)
    part, _ = await history_of(prometheus(odd_at(77, total, usual, odd)), slo)
    assert part.slice_problem == code
    if code:
        assert status(part, slo=slo) == (Status.INCONCLUSIVE, code)
        assert status(part, "slo.error-budget", slo) == (Status.INCONCLUSIVE, code)
        assert said(judge("slo.availability", part)) == (Status.INCONCLUSIVE, code)


@pytest.mark.parametrize(
    ("indicator", "answered", "expected"),
    [
        (BAD, (100.0, 0.0), (Status.PASS, "proven-slices")),
        (GOOD, (100.0, 100.0), (Status.PASS, "proven-slices")),
        (VALUE, (0.4, 0.4), (Status.PASS, "proven-slices")),
        (RAW, (1.0, 1.0), (Status.WARN, "unweighed")),
        (Indicator("raw", query="x", raw_type="failure"), (0.0, 0.0), (Status.WARN, "unweighed")),
        (RATES, (1.0, 1.0), (Status.WARN, "unweighed")),
        (RAW, (0.5, 0.5), (Status.FAIL, "refuted-slices")),
    ],
)
async def test_slices_of_a_ratio_without_counts_prove_nothing(
    indicator: Indicator, answered: tuple[float, float], expected: tuple[Status, str]
) -> None:
    slo = by(indicator, threshold=0.5)
    part, _ = await history_of(prometheus(values(*answered)), slo)
    assert status(part, slo=slo) == expected
    if expected[0] is Status.WARN:
        assert status(part, "slo.error-budget", slo) == (Status.WARN, "unweighed")


@pytest.mark.parametrize("indicator", [BAD, VALUE, RAW])
async def test_a_slice_that_was_scraped_for_ten_minutes_is_no_whole_one(
    indicator: Indicator,
) -> None:
    def brief(query: str, ranged: bool, times: list[float]) -> object:
        if "count_over_time" in query:
            return success([{"metric": {}, "values": [[t, "2"] for t in times]}])
        return values(1.0, 0.0)(query, ranged, times)

    slo = by(indicator, slice_window=3600.0, threshold=2.0)
    part, double = await history_of(prometheus(brief), slo)
    asked = [parse_qs(urlsplit(g.path).query)["query"][0] for g in double.requests]
    assert sum("[3600s:300s]" in q and "count(" in q for q in asked) == 1
    assert part.look == 300
    assert status(part, slo=slo) == (Status.INCONCLUSIVE, "holes")


@pytest.mark.parametrize("slo", [WEEK, by(BAD, slice_window=3600.0)])
async def test_looks_that_find_nothing_name_the_query(slo: Slo) -> None:
    def unseen(query: str, ranged: bool, times: list[float]) -> object:
        return success([]) if "count_over_time" in query else values(1e5, 0)(query, ranged, times)

    part, _ = await history_of(prometheus(unseen), slo)
    assert status(part, slo=slo) == (Status.INCONCLUSIVE, "prom-empty")
    assert part.slice_query.startswith("count_over_time(")


def test_slices_that_can_never_be_enough_say_so() -> None:
    slices, clean = (1.0,) * 8640, (0.0,) * 8640
    total, bad = Reading("q", 8640.0), Reading("q", 0.0)
    part = replace(p.history(slice_total=slices, slice_bad=clean), kind="slices", step=300.0)
    result = judge("slo.availability", replace(part, total=total, bad=bad))
    assert said(result) == (Status.INCONCLUSIVE, "too-few-slices")
    assert result.reason.params["most"] == pytest.approx(2880)
    assert result.reason.params["needed"] == 2995
