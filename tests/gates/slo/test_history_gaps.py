"""Time without samples: a service that is down is not scraped, so it is no evidence of health."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Comparator, Objective, Observation, Status
from golive.texts import catalogue
from golive_gates.slo import GATE
from golive_gates.slo.settings import Settings
from golive_gates.slo.window import coverage_of
from tests.gates.slo import parts as p
from tests.gates.slo.test_history_judges import CHECKS, judge, raw, said


def without(*gone: int) -> tuple[float | None, ...]:
    """720 slices of a healthy history, some without a sample."""
    return tuple(None if i in gone else 1_000_000 / 720 for i in range(720))


OUTAGE = without(*range(300, 335))


@pytest.mark.parametrize("check_id", ["slo.availability", "slo.error-budget"])
def test_an_outage_of_35_hours_is_a_gap_and_no_availability(check_id: str) -> None:
    result = judge(check_id, p.history(0.0, slice_total=OUTAGE))
    assert said(result) == (Status.INCONCLUSIVE, "gaps")
    assert result.reason.params["count"] == 35
    assert result.reason.params["hours"] == pytest.approx(35)
    assert result.reason.params["budget"] == pytest.approx(43.2)
    assert result.reason.params["bound"] == pytest.approx(1 - 35 / 720, abs=1e-4)
    facts = {f.name: f.value for f in result.facts}
    assert facts["coverage"] == pytest.approx(685 / 720)


def test_one_missing_hour_is_more_than_the_budget_of_30_days() -> None:
    part = p.history(0.0, slice_total=without(300))
    assert said(judge("slo.availability", part)) == (Status.INCONCLUSIVE, "gaps")


def test_the_missing_start_of_a_history_is_its_youth() -> None:
    part = p.history(0.0, slice_total=without(*range(24)))
    result = judge("slo.availability", part)
    assert said(result) == (Status.INCONCLUSIVE, "young-history")
    assert result.reason.params["days"] == 1


def test_a_gap_that_its_objective_can_bear_is_borne() -> None:
    slo = replace(p.AVAILABILITY, objective=Objective(Comparator.GE, 0.99))
    seen = Observation(
        {"Definitions": p.definitions(slo), "History": p.history(0.0, slice_total=without(1, 2))}
    )
    result = CHECKS["slo.availability"].evaluate(seen, Settings())
    assert said(result) == (Status.PASS, "proven")
    assert result.measurement is not None
    assert (result.measurement.bound or 0) == pytest.approx(1 - 2 / 720, abs=1e-4)
    budget = CHECKS["slo.error-budget"].evaluate(seen, Settings())
    assert said(budget) == (Status.PASS, "left")
    assert budget.measurement is not None
    assert budget.measurement.value == 1
    assert budget.measurement.bound == pytest.approx(1 - 2 / 720 / 0.01)


def looks(*partly: tuple[int, float]) -> tuple[float | None, ...]:
    """12 looks into each slice, of which some found fewer samples."""
    return tuple(dict(partly).get(i, 12.0) for i in range(720))


@pytest.mark.parametrize(
    ("slice_seen", "status"),
    [
        (looks(), Status.PASS),
        (looks((719, 11.0)), Status.PASS),  # five minutes of 43 min of budget
        (looks((0, 11.0), (719, 11.0)), Status.PASS),
        (looks((719, 24.0)), Status.PASS),  # scraped more often of late
        (looks((300, 3.0)), Status.INCONCLUSIVE),  # 45 minutes
        (looks(*((i, 11.0) for i in range(0, 720, 60))), Status.INCONCLUSIVE),  # 12 x 5 minutes
    ],
)
def test_a_hole_inside_a_slice_counts_for_its_length(
    slice_seen: tuple[float | None, ...], status: Status
) -> None:
    result = judge("slo.availability", p.history(0.0, slice_seen=slice_seen))
    assert result.status is status
    if status is Status.INCONCLUSIVE:
        assert result.reason.code == "gaps"


@pytest.mark.parametrize("empty", [None, 0.0])
@pytest.mark.parametrize("check_id", ["slo.availability", "slo.error-budget"])
def test_looks_that_found_nothing_at_all_are_no_coverage(
    check_id: str, empty: float | None
) -> None:
    part = p.history(0.0, slice_seen=(empty,) * 720, look=300.0)
    assert said(judge(check_id, part)) == (Status.INCONCLUSIVE, "prom-empty")
    assert coverage_of(part).share == 0


@pytest.mark.parametrize(("found", "code"), [(8.0, "holes"), (11.5, "gaps"), (11.9, "proven")])
def test_an_outage_in_every_slice_is_one_though_it_is_the_rule(found: float, code: str) -> None:
    part = p.history(0.0, slice_seen=(*(found,) * 700, *(12.0,) * 20), look=300.0)
    assert said(judge("slo.availability", part))[1] == code


def test_few_looks_in_each_slice_name_the_scrape_interval() -> None:
    result = judge("slo.availability", p.history(0.0, slice_seen=(6.0,) * 720, look=300.0))
    assert said(result) == (Status.INCONCLUSIVE, "holes")
    assert result.reason.params["coverage"] == pytest.approx(0.5)
    remedy = catalogue(GATE.package, "en").remedy("slo.availability", result.reason)
    assert "prometheus.scrape_interval" in remedy


def test_bad_enough_to_fail_even_if_all_that_is_missing_were_good() -> None:
    part = p.history(20_000.0, slice_total=without(1, 2))
    assert said(judge("slo.availability", part)) == (Status.FAIL, "refuted")
    part = p.history(2_000.0, slice_total=without(*range(300, 335)))
    assert said(judge("slo.availability", part))[0] is Status.FAIL
    part = p.history(103_000.0, 1e8, slice_total=without(*range(300, 335)))
    assert said(judge("slo.availability", part)) == (Status.INCONCLUSIVE, "gaps")


def test_little_budget_is_left_if_the_gaps_failed() -> None:
    part = p.history(0.0, slice_seen=looks((300, 3.0 + 12 / 6)))
    result = judge("slo.error-budget", part)
    assert said(result) == (Status.WARN, "low-with-gaps")


@pytest.mark.parametrize(
    ("ratio", "gone", "expected"),
    [
        (1.0, range(300, 335), (Status.INCONCLUSIVE, "gaps")),
        (0.9985, range(1), (Status.FAIL, "refuted-raw")),
        (0.99897, range(300, 335), (Status.INCONCLUSIVE, "gaps")),
        (0.9, range(300, 335), (Status.FAIL, "refuted-raw")),
        (1.0, range(100), (Status.INCONCLUSIVE, "young-history")),
    ],
)
def test_a_ratio_with_gaps(ratio: float, gone: range, expected: tuple[Status, str]) -> None:
    slices = tuple(None if i in gone else ratio for i in range(720))
    part = replace(raw(ratio), slice_total=slices)
    assert said(judge("slo.availability", part)) == expected
