"""Sums that stay true when they are added up, and results that do not say too much."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probe.load import LoadProgress, RequestOutcome, RequestRecord
from golive.probe.load.cluster import ClocksDifferError, ClusterResult, Limits, WorkerReport
from golive.probe.load.cluster_clock import ClockOffset
from golive.probe.load.cluster_summary import Summary, quantile_bounds
from golive.probe.load.result import Instrument
from golive.probe.load.sketch import RELATIVE_ERROR, Sketch
from golive.stats import percentile_lower_bound, percentile_upper_bound

OK, STATUS = RequestOutcome.OK, RequestOutcome.STATUS
times = st.floats(min_value=1e-4, max_value=100.0)


def record(index: int = 0, outcome: RequestOutcome = OK, **fields: Any) -> RequestRecord:
    given = {"first_content": 0.1, "ended": 0.3, "sent": 0.0, "started": 0.0, **fields}
    return RequestRecord(index, 0, given.pop("scheduled", 0.0), outcome, **given)


records = st.builds(
    record,
    outcome=st.sampled_from([OK, OK, STATUS, RequestOutcome.TIMEOUT]),
    first_content=times,
    ended=times,
    max_gap=st.none() | times,
    scheduled=times,
    events=st.integers(0, 9),
    warmup=st.booleans(),
    matches=st.sampled_from([None, True, False]),
)


def summary(of: list[RequestRecord], limits: Limits | None = None) -> Summary:
    made = Summary()
    made.add(of, limits or Limits())
    return made


@given(st.lists(records, max_size=40), st.integers(0, 40))
def test_the_sum_of_the_parts_is_the_whole(all_of_them: list[RequestRecord], cut: int) -> None:
    limits = Limits(first_content=1.0, gap=2.0, latency=3.0)
    parts = summary(all_of_them[:cut], limits)
    parts.merge(summary(all_of_them[cut:], limits))
    assert parts == summary(all_of_them, limits)
    judged = [r for r in all_of_them if not r.warmup]
    assert parts.judged == len(judged) == sum(parts.outcomes.values())
    assert parts.within == sum(map(limits.met_by, judged))
    assert parts.failed == sum(not r.ok for r in judged)
    assert parts.mismatches == sum(r.matches is False for r in judged)


@given(st.lists(times, min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.95]))
def test_bounds_from_a_sketch_hold_those_of_the_values(values: list[float], q: float) -> None:
    bounds = quantile_bounds(Sketch(values), q)
    assert bounds is not None
    slack = 1 + 1e-9
    assert bounds.low <= max(0.0, percentile_lower_bound(values, q)) * slack
    assert bounds.high * slack >= percentile_upper_bound(values, q)
    assert bounds.low <= bounds.value * slack
    assert bounds.value <= bounds.high * slack


@pytest.mark.parametrize("q", [0.5, 0.9, 0.95])
def test_bounds_lie_at_the_very_ranks(q: float) -> None:
    for n in range(1, 201):
        values = [1e-3 * 1.05**i for i in range(n)]  # so that a neighbour's value is wrong
        bounds = quantile_bounds(Sketch(values), q)
        assert bounds is not None
        low, high = percentile_lower_bound(values, q), percentile_upper_bound(values, q)
        assert bounds.low == (0.0 if low == -math.inf else pytest.approx(low, rel=0.0202)), n
        assert bounds.high == pytest.approx(high, rel=0.0202), n


def test_bounds_of_nothing_and_of_failures() -> None:
    assert quantile_bounds(Sketch(), 0.5) is None
    failed = quantile_bounds(Sketch([0.1] * 10 + [math.inf] * 10), 0.5)
    assert failed is not None
    assert failed.value == pytest.approx(0.1, rel=RELATIVE_ERROR)
    assert failed.high == math.inf


def test_a_failure_is_never_within_limits() -> None:
    assert Limits().met_by(record())
    assert not Limits().met_by(record(outcome=STATUS))
    assert Limits(first_content=0.1).met_by(record())
    assert not Limits(first_content=0.09).met_by(record())
    assert not Limits(latency=0.29).met_by(record())
    assert not Limits(gap=0.5).met_by(record(max_gap=0.51))
    assert Limits(gap=0.5).met_by(record(max_gap=None))


@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_a_limit_is_positive(value: float) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        Limits(latency=value)


def worker(shard: int, received: int = 2, **fields: Any) -> WorkerReport:
    return WorkerReport(
        f"tcp://w:{shard}", "far", 10 + shard, shard, planned=2, received=received, **fields
    )


def result(*workers: WorkerReport, **fields: Any) -> ClusterResult:
    every = [record(i, scheduled=float(i)) for i in range(4)]
    given = {
        "records": tuple(every),
        "planned": 4,
        "started_at": 0.0,
        "duration": 4.0,
        "instrument": Instrument(kernel_stamps=True),
        "templates": (summary(every),),
        **fields,
    }
    return ClusterResult(workers=workers or (worker(0), worker(1)), **given)


def test_a_whole_result_has_no_problem() -> None:
    whole = result()
    assert whole.problem == ""
    assert whole.complete
    assert whole.goodput() == pytest.approx(4 / 3.3)
    assert whole.goodput(latency=0.2) == 0.0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lost": ("tcp://w:1: gone",), "workers": 1}, "2 requests are missing: tcp://w:1: gone"),
        ({"aborted": "stopped"}, "cut short: stopped"),
        ({"workers": 1}, "2 requests are missing"),
    ],
)
def test_a_result_that_is_not_whole_says_so(fields: dict[str, Any], said: str) -> None:
    workers = (worker(0), worker(1, received=0)) if fields.pop("workers", 0) else ()
    part = result(*workers, **fields)
    assert said in part.problem
    assert not part.complete


def test_moments_of_different_clocks_are_not_compared() -> None:
    shared = ClockOffset(0.0, 0.0, 0.0, shared=True)
    apart = ClockOffset(0.0, 1e-6, 0.0)
    far = result(worker(0, clock=shared), worker(1, clock=apart))
    assert far.sent_apart(0, 2) == 2.0
    with pytest.raises(ClocksDifferError, match="far:10 and far:11"):
        far.sent_apart(0, 1)
    near = result(worker(0, clock=shared), worker(1, clock=shared))
    assert near.sent_apart(3, 0) == -3.0


def test_what_was_not_sent_has_no_moment() -> None:
    unsent = (record(0), record(1), record(2, sent=None), record(3))
    with pytest.raises(ValueError, match="not sent"):
        result(records=unsent).sent_apart(0, 2)
    with pytest.raises(IndexError, match="not in the plan"):
        result().worker_of(4)
    assert LoadProgress(0, 0, 0, 0, 0, 0.0).first_content_p50 is None
