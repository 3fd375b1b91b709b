"""Two workers against one process: the same requests, the same figures within their bounds."""

from __future__ import annotations

import asyncio
import math

import pytest

from golive.probe.load import LoadPlan, RequestOutcome, run_load
from golive.probe.load.cluster import ClusterResult, Limits, quantile_bounds, run_on_cluster
from golive.probe.load.sketch import RELATIVE_ERROR
from golive.stats import percentile, percentile_lower_bound, percentile_upper_bound
from tests.unit.probe.load_cluster.conftest import SECRET, MakePlan
from tests.unit.probe.load_cluster.programs import START_IN, Programs, Target
from tests.unit.probe.load_cluster.sse_target import PIECES, delay_of

COUNT, WARMUP = 120, 20


def test_two_workers_measure_what_one_process_measures(
    programs: Programs, target: Target, make_plan: MakePlan
) -> None:
    plan = make_plan(COUNT, 100.0, warmup=WARMUP)
    alone = asyncio.run(run_load(plan, calibrate=False))
    shared = asyncio.run(
        run_on_cluster(plan, programs.scheduler, workers=2, calibrate=False, start_in=START_IN)
    )

    assert shared.complete, shared.problem
    assert [r.index for r in shared.records] == [r.index for r in alone.records]
    for mine, theirs in zip(shared.records, alone.records, strict=True):
        assert (mine.outcome, mine.warmup) == (theirs.outcome, theirs.warmup)
        assert (mine.events, mine.content_events) == (theirs.events, theirs.content_events)
        assert mine.bytes == theirs.bytes
        assert mine.gap_count == theirs.gap_count
    gaps = sum(r.gap_count for r in shared.judged)
    assert shared.gap_sketch.count == alone.gap_sketch.count == gaps
    assert gaps >= (COUNT - WARMUP) * (PIECES - 1)

    # The delays are spread over 380 ms, so the bounds of a percentile lie some 50 ms apart.
    for q in (0.25, 0.5, 0.75):
        ours = [r.first_content_latency for r in shared.judged]
        other = [r.first_content_latency for r in alone.judged]
        assert percentile_lower_bound(ours, q) <= percentile_upper_bound(other, q)
        assert percentile_lower_bound(other, q) <= percentile_upper_bound(ours, q)
    # No answer can be seen before it was sent.
    assert all(r.first_content_latency >= delay_of(r.index) - 1e-3 for r in shared.records)
    # Each request went out once in each of the two runs.
    assert set(target.asked().values()) == {2}


def test_each_worker_has_its_shard_and_its_own_instrument(
    programs: Programs, make_plan: MakePlan
) -> None:
    result = asyncio.run(
        run_on_cluster(make_plan(41, 100.0), programs.scheduler, start_in=START_IN)
    )

    assert [w.planned for w in result.workers] == [21, 20]
    assert [w.received for w in result.workers] == [21, 20]
    assert sorted(w.pid for w in result.workers) == sorted(p.pid for p in programs.started[1:3])
    for worker in result.workers:
        assert worker.instrument is not None
        assert worker.instrument.calibration_problem == ""
        assert math.isfinite(worker.instrument.floor_p99)
        assert math.isfinite(worker.late)
        # One machine: its boot says that they share a clock, and the pings agreed.
        assert worker.clock is not None
        assert worker.clock.shared
    assert result.instrument.workers == 2
    assert math.isfinite(result.start_skew)
    assert result.start_uncertainty == 0.0
    assert result.worker_of(40) is result.workers[0]
    assert result.sent_apart(0, 40) > 0
    assert SECRET not in programs.logs()


def test_the_sums_are_those_of_the_records(programs: Programs, make_plan: MakePlan) -> None:
    plan = make_plan(COUNT, 100.0, warmup=WARMUP)
    limits = Limits(first_content=delay_of(9), gap=5.0)
    result = asyncio.run(
        run_on_cluster(plan, programs.scheduler, calibrate=False, start_in=START_IN, limits=limits)
    )

    total = result.total
    assert total.judged == len(result.judged) == COUNT - WARMUP
    assert total.warmup == WARMUP
    assert total.outcomes == {RequestOutcome.OK: COUNT - WARMUP}
    assert total.events == sum(r.events for r in result.judged)
    assert total.within == sum(map(limits.met_by, result.judged))
    assert 0 < total.within < total.judged
    latencies = [r.first_content_latency for r in result.judged]
    for q in (0.5, 0.95):
        exact, sketched = percentile(latencies, q), total.first_content.quantile(q)
        assert sketched == pytest.approx(exact, rel=RELATIVE_ERROR)
        bounds = quantile_bounds(total.first_content, q)
        assert bounds is not None
        assert bounds.low <= percentile_lower_bound(latencies, q)
        assert bounds.high >= percentile_upper_bound(latencies, q)
    assert result.goodput(first_content=delay_of(9), gap=5.0) == pytest.approx(
        _goodput(result, plan, limits)
    )


def _goodput(result: ClusterResult, plan: LoadPlan, limits: Limits) -> float:
    judged = result.judged
    end = max(r.scheduled + (r.ended or 0.0) for r in judged)
    return sum(map(limits.met_by, judged)) / (end - plan.schedule.offsets()[WARMUP])


def test_records_beyond_the_limit_stay_where_they_are(
    programs: Programs, make_plan: MakePlan
) -> None:
    plan = make_plan(40, 100.0, warmup=4)
    result = asyncio.run(
        run_on_cluster(
            plan,
            programs.scheduler,
            calibrate=False,
            start_in=START_IN,
            keep_records=19,
            limits=Limits(latency=30.0),
        )
    )

    assert result.complete, result.problem
    assert result.records == ()
    assert not result.records_kept
    assert result.total.outcomes == {RequestOutcome.OK: 36}
    assert result.total.within == 36
    assert result.gap_sketch.count >= 36 * (PIECES - 1)
    assert math.isfinite(result.instrument.slip_p99)
    assert result.goodput(latency=30.0) > 0
    with pytest.raises(ValueError, match="before the run"):
        result.goodput(latency=1.0)
