"""Holes in what Prometheus holds, and short windows that it does not answer for."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import Status
from golive_gates.slo.slices import grid, short_from_slices
from tests.gates.slo import doubles as d
from tests.gates.slo.test_observe_history import (
    Answerer,
    history_of,
    prometheus,
    status,
    success,
    values,
)

pytestmark = pytest.mark.anyio


def outage(begin: int, end: int, *, only_looks: bool = False) -> Answerer:
    """A healthy week, without samples in some slices (or with none found when looked for)."""

    def answerer(query: str, ranged: bool, times: list[float]) -> object:
        if not ranged or (only_looks and "count_over_time" not in query):
            return values(100_000, 0)(query, ranged, times)
        points = [[t, "12"] for i, t in enumerate(times) if not begin <= i < end]
        return success([{"metric": {}, "values": points}])

    return answerer


async def test_an_outage_that_was_not_scraped_is_no_availability() -> None:
    part, _ = await history_of(prometheus(outage(300, 330)))
    assert status(part) == (Status.INCONCLUSIVE, "gaps")
    assert status(part, "slo.error-budget") == (Status.INCONCLUSIVE, "gaps")


async def test_each_slice_is_looked_into_for_samples() -> None:
    part, double = await history_of(prometheus(outage(300, 302, only_looks=True)))
    asked = [parse_qs(urlsplit(g.path).query)["query"][0] for g in double.requests]
    assert "count_over_time((count(http_requests_total))[840s:70s])" in asked
    assert None not in part.slice_total
    assert part.slice_seen.count(None) == 2
    assert status(part) == (Status.INCONCLUSIVE, "gaps")


@pytest.mark.parametrize("reply", [d.answer(200, success([])), d.answer(500, {"status": "error"})])
@pytest.mark.parametrize("windows", [("[300s]",), ("[300s]", "[1800s]", "[3600s]", "[259200s]")])
async def test_short_windows_without_an_answer_are_no_low_burn(
    reply: bytes, windows: tuple[str, ...]
) -> None:
    healthy = prometheus(values(100_000, 10))

    def handler(got: d.Got) -> d.Answer:
        query = parse_qs(urlsplit(got.path).query)["query"][0]
        lost = "query_range" not in got.path and any(w in query for w in windows)
        return reply if lost else healthy(got)

    part, _ = await history_of(handler)
    assert status(part) == (Status.PASS, "proven")
    assert status(part, "slo.error-budget") == (Status.INCONCLUSIVE, "burn-unknown")


async def test_looks_that_are_refused_leave_the_window_open() -> None:
    healthy = prometheus(values(100_000, 10))

    def handler(got: d.Got) -> d.Answer:
        return d.answer(422, {}) if "count_over_time" in got.path else healthy(got)

    part, _ = await history_of(handler)
    assert status(part) == (Status.INCONCLUSIVE, "prom-status")


def test_looks_fit_each_slice_alike() -> None:
    cut = grid(30 * 86_400.0, 15.0, 1_760_000_000.0)
    assert (cut.step, cut.look(15.0)) == (3600, 300)
    odd = grid(130 * 3600.0, 15.0, 1_760_000_000.0)
    assert (odd.step, odd.look(15.0)) == (660, 55)
    assert odd.look(60.0) == 60
    assert grid(6 * 3600.0, 15.0, 0.0).look(15.0) is None


def test_a_short_window_is_no_shorter_than_a_slice_and_no_slice_stands_for_a_far_shorter_one() -> (
    None
):
    total, bad = (1.0,) * 720, (*(0.0,) * 719, 1.0)
    five, hour = short_from_slices("q", total, bad, 3600.0, (300.0, 3600.0))
    assert (five.bad.value, five.total.value) == (hour.bad.value, hour.total.value) == (1, 1)
    (lost,) = short_from_slices("q", total, bad, 86_400.0, (3600.0,))
    assert lost.total.problem == "slices-too-long"
