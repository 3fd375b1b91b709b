"""What a result says: goodput, completeness, and whether the instrument may be believed."""

from __future__ import annotations

import dataclasses
import math

import pytest

from golive.probe.load import Instrument, LoadResult, RequestOutcome, RequestRecord, Sketch
from golive.probe.load.merge import merge_progress, merge_results
from golive.probe.load.result import Calibration, LoadProgress

FIT = Instrument(
    kernel_stamps=True,
    floor_p50=0.0001,
    floor_p99=0.0002,
    error_p50=0.00001,
    error_p99=0.00002,
    loop_lag_p99=0.0001,
    loop_lag_max=0.3,
    slip_p50=0.0001,
    slip_p99=0.0004,
    slip_max=0.5,
    calibration_problem="",
)


def record(index: int, **more: object) -> RequestRecord:
    fields: dict[str, object] = {
        "scheduled": float(index),
        "outcome": RequestOutcome.OK,
        "started": 0.0,
        "first_content": 0.2,
        "ended": 1.0,
        "max_gap": 0.1,
        **more,
    }
    return RequestRecord(index=index, request=0, **fields)  # type: ignore[arg-type]


def result(*records: RequestRecord, **more: object) -> LoadResult:
    fields: dict[str, object] = {
        "planned": len(records),
        "started_at": 1e9,
        "duration": 10.0,
        "instrument": FIT,
        **more,
    }
    return LoadResult(records=records, **fields)  # type: ignore[arg-type]


def test_goodput_counts_what_meets_every_limit() -> None:
    run = result(
        record(0, warmup=True, ended=100.0),
        record(1),
        record(2, first_content=3.0),
        record(3, max_gap=9.0),
        record(4, ended=1.5),
        record(5, outcome=RequestOutcome.TRUNCATED),
        record(6, max_gap=None),
    )
    assert run.judged_seconds == 6.0
    assert run.goodput() == pytest.approx(5 / 6)
    assert run.goodput(first_content=0.2) == pytest.approx(4 / 6)
    assert run.goodput(gap=0.1) == pytest.approx(4 / 6)
    assert run.goodput(latency=1.0) == pytest.approx(4 / 6)
    assert run.goodput(first_content=1, gap=1, latency=1) == pytest.approx(2 / 6)


def test_nothing_has_no_goodput() -> None:
    assert result().goodput() == 0.0


@pytest.mark.parametrize("more", [{"lost": ("worker 1",)}, {"aborted": "health"}, {"planned": 2}])
def test_what_is_missing_makes_a_run_incomplete(more: dict[str, object]) -> None:
    assert result(record(0)).complete
    assert not result(record(0), **more).complete


def test_a_fit_instrument_has_no_problem() -> None:
    assert FIT.problem(1.0) is None


@pytest.mark.parametrize("name", ["floor_p99", "error_p99", "loop_lag_p99", "slip_p99"])
@pytest.mark.parametrize("value", [0.1001, math.inf, math.nan])
def test_a_share_too_large_or_unknown_voids_the_figure(name: str, value: float) -> None:
    problem = dataclasses.replace(FIT, **{name: value}, held_back=3).problem(1.0)  # type: ignore[arg-type]
    assert problem is not None
    assert "10%" in problem
    assert "3 requests held back" in problem


def test_an_uncalibrated_instrument_is_never_fit() -> None:
    problem = Instrument(kernel_stamps=True).problem(1000.0)
    assert problem is not None
    assert "not calibrated" in problem


@pytest.mark.parametrize(("threshold", "share"), [(0, 0.1), (-1, 0.1), (1, 0), (1, 2)])
def test_a_threshold_must_be_one(threshold: float, share: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        FIT.problem(threshold, share)


def test_merging_takes_every_record_and_the_worst_figures() -> None:
    slower = dataclasses.replace(FIT, loop_lag_p99=0.3, kernel_stamps=False, cpu_seconds=2.0)
    one = result(record(0), record(2, started=0.25), gap_sketch=Sketch([0.1]))
    two = result(record(1), instrument=slower, aborted="why", gap_sketch=Sketch([0.2, math.inf]))
    merged = merge_results([two, one], planned=3)
    assert [r.index for r in merged.records] == [0, 1, 2]
    assert merged.instrument.loop_lag_p99 == 0.3
    assert merged.instrument.slip_max == 0.25
    assert not merged.instrument.kernel_stamps
    assert merged.instrument.workers == 2
    assert merged.aborted == "why"
    assert merged.gap_sketch.count == 3


def test_merging_nothing_is_no_result_and_no_fitness() -> None:
    merged = merge_results([], planned=5, lost=["worker 1 of 1"], calibration=Calibration())
    assert (merged.records, merged.planned, merged.complete) == ((), 5, False)
    assert merged.instrument.problem(1e9) is not None


def test_a_calibration_replaces_what_workers_say() -> None:
    calibration = Calibration(1e-4, 2e-4, 1e-5, 3e-5, 100, True, "")
    uncalibrated = dataclasses.replace(FIT, floor_p99=math.inf, calibration_problem="not yet")
    merged = merge_results(
        [result(record(0), instrument=uncalibrated)], planned=1, calibration=calibration
    )
    assert merged.instrument.floor_p99 == 2e-4
    assert merged.instrument.problem(1.0) is None


def test_progress_adds_up() -> None:
    both = merge_progress(
        [LoadProgress(1, 0, 2, 3, 4, 5.0, 0.1, math.inf), LoadProgress(1, 1, 1, 2, 3, 4.0)]
    )
    assert both == LoadProgress(2, 1, 3, 5, 7, 5.0, 0.1, math.inf)


def test_failures_are_infinite() -> None:
    failed = record(0, outcome=RequestOutcome.TIMEOUT)
    assert failed.latency == failed.first_content_latency == math.inf
    unsent = RequestRecord(0, 0, 1.0, RequestOutcome.UNSENT)
    assert unsent.slip == math.inf
