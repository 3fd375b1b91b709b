"""Plans and results survive the way between processes unchanged."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_doubles import RULES

from golive.probe.load import (
    Arrival,
    Calibration,
    Instrument,
    LoadPlan,
    LoadProgress,
    LoadResult,
    Request,
    RequestOutcome,
    RequestRecord,
    Schedule,
    Sketch,
)
from golive.probe.load import wire as w

PLAN = LoadPlan(
    (
        Request(
            "POST",
            "https://host/{unique}",
            headers=(("A", "b"),),
            json={"한국어": [1, None, "{unique}"]},
            rules=RULES,
            known_answer="x",
            address="::1",
            idle_timeout=2.0,
        ),
        Request("PUT", "http://host/", body=b"\x00\xff"),
    ),
    Schedule(Arrival.RAMP, 9, rate=3.0, start_rate=1.0),
    warmup=2,
    ca_file="/tmp/ca.pem",  # noqa: S108 - never opened
    source_addresses=("127.0.0.2",),
)


def through_json(value: object) -> object:
    back: object = json.loads(json.dumps(value, allow_nan=False))
    return back


def test_a_plan_comes_back_equal() -> None:
    assert w.plan_from_wire(through_json(w.plan_to_wire(PLAN))) == PLAN


@given(
    st.sampled_from(list(RequestOutcome)),
    st.text(max_size=20),
    st.lists(st.floats(0, 1e3), max_size=4),
    st.one_of(st.none(), st.floats(0, 1e3)),
)
def test_a_result_comes_back_equal(
    outcome: RequestOutcome, detail: str, gaps: list[float], at: float | None
) -> None:
    record = RequestRecord(
        3, 1, 0.5, outcome, detail=detail, gaps=tuple(gaps), ended=at, matches=True, status=200
    )
    result = LoadResult(
        records=(record,),
        planned=9,
        started_at=1e9,
        duration=2.5,
        instrument=Instrument(kernel_stamps=True, floor_p50=0.1, events=7),
        lost=("worker 2",),
        aborted="why",
        gap_sketch=Sketch([*gaps, math.inf]),
    )
    assert w.result_from_wire(through_json(w.result_to_wire(result))) == result


def test_progress_and_calibration_come_back_equal() -> None:
    progress = LoadProgress(1, 1, 0, 1, 0, 0.5, math.inf, None)
    assert w.progress_from_wire(through_json(w.progress_to_wire(progress))) == progress
    for calibration in (Calibration(), Calibration(0.1, 0.2, 0.3, 0.4, 5, True, "")):
        assert w.calibration_from_wire(through_json(w.finite(calibration))) == calibration


@pytest.mark.parametrize(
    "wire",
    [
        None,
        [],
        {},
        {"schedule": {}},
        {**w.plan_to_wire(PLAN), "more": 1},
        {**w.plan_to_wire(PLAN), "requests": []},
        {**w.plan_to_wire(PLAN), "requests": [{}]},
        {**w.plan_to_wire(PLAN), "requests": 3},
        {**w.plan_to_wire(PLAN), "warmup": 100},
    ],
)
def test_what_is_no_plan_is_refused(wire: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        w.plan_from_wire(wire)


@pytest.mark.parametrize("wire", [None, {}, {"records": [[1, 2]]}, {"records": 5}])
def test_what_is_no_result_is_refused(wire: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        w.result_from_wire(wire)
