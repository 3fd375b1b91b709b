"""When the instrument disowns a figure: by the share of time and of requests that it spoiled."""

from __future__ import annotations

import dataclasses
import json
import math
import threading

import pytest
from load_doubles import answering, plain, serving, times

from golive.probe.load import (
    Arrival,
    Instrument,
    LoadPlan,
    LoadResult,
    Request,
    Schedule,
    network,
    readiness,
    run_here,
)
from golive.probe.load.delays import SMALLEST, added, beyond, delays_of
from golive.probe.load.merge import merge_results
from golive.probe.load.wire import result_from_wire, result_to_wire

FIT = Instrument(
    kernel_stamps=True,
    floor_p50=1e-4,
    floor_p99=2e-4,
    error_p50=1e-5,
    error_p99=2e-5,
    loop_lag_p99=1e-4,
    loop_lag_max=1e-3,
    slip_p50=1e-4,
    slip_p99=4e-4,
    slip_max=1e-3,
    reads=100_000,
    requests=10_000,
    seconds=100.0,
    calibration_problem="",
)


def lagging(*stalls: tuple[float, int], **more: object) -> Instrument:
    """FIT, whose loop was held up for so many s, meeting so many requests, each time."""
    worst = max((s for s, _ in stalls), default=0.0)
    return dataclasses.replace(FIT, lags=delays_of(stalls), loop_lag_max=worst, **more)  # type: ignore[arg-type]


def test_a_fit_one_has_no_problem_at_any_objective() -> None:
    assert FIT.problem(1.0) is None
    assert FIT.problem(1.0, 0.1, quantile=0.9999) is None
    assert lagging((0.5, 10), (0.3, 20)).problem(1.0) is None


def test_one_stall_counts_by_its_time_and_not_as_one_turn_of_many() -> None:
    problem = lagging((5.0, 0)).problem(1.0)
    assert problem is not None
    assert "loop" in problem
    assert "5 s of 100 s" in problem
    assert lagging((5.0, 0), seconds=1000.0).problem(1.0) is None
    assert lagging((5.0, 0), seconds=1000.0).problem(1.0, quantile=0.999) is not None
    assert lagging((5.0, 0)).problem(100.0) is None


def test_a_stall_counts_by_the_requests_that_it_met() -> None:
    problem = lagging((0.5, 101)).problem(1.0)
    assert problem is not None
    assert "101 of 10,000 requests" in problem
    assert lagging((0.5, 99)).problem(1.0) is None
    assert lagging((0.5, 99)).problem(1.0, quantile=0.995) is not None


def test_slips_count_at_the_quantile_of_the_objective() -> None:
    late = dataclasses.replace(FIT, slips=delays_of([(30.0, 1)] * 20), slip_max=30.0)
    assert late.problem(1.0) is None
    problem = late.problem(1.0, quantile=0.999)
    assert problem is not None
    assert "schedule slip" in problem
    assert "20 of 10,000 requests" in problem


def test_a_modest_objective_does_not_excuse_more_than_one_in_a_hundred() -> None:
    late = dataclasses.replace(FIT, slips=delays_of([(30.0, 1)] * 200), slip_max=30.0)
    assert late.problem(1.0, quantile=0.5) is not None


@pytest.mark.parametrize("name", ["slip_max", "loop_lag_max"])
def test_without_a_distribution_the_worst_stands_for_a_higher_quantile(name: str) -> None:
    bare = dataclasses.replace(FIT, seconds=0.0, requests=0)
    assert bare.problem(1.0, quantile=0.999) is None
    assert dataclasses.replace(bare, **{name: 0.2}).problem(1.0, quantile=0.999) is not None  # type: ignore[arg-type]


def test_a_step_of_the_clock_voids_what_it_could_have_moved() -> None:
    stepped = dataclasses.replace(FIT, clock_steps=1, clock_step_max=0.2)
    problem = stepped.problem(1.0)
    assert problem is not None
    assert "clock" in problem
    assert "200 ms" in problem
    assert stepped.problem(10.0) is None
    assert dataclasses.replace(stepped, kernel_stamps=False).problem(1.0) is None
    unknown = dataclasses.replace(FIT, clock_steps=9)
    assert unknown.problem(1000.0) is not None


@pytest.mark.parametrize(
    ("unstamped", "reads", "void"),
    [(49, 100, True), (4, 100, True), (3, 100, False), (3, 4, False), (2999, 100_000, False)],
)
def test_stamps_that_are_claimed_must_be_there(unstamped: int, reads: int, *, void: bool) -> None:
    rough = dataclasses.replace(FIT, reads=reads, unstamped_reads=unstamped)
    assert (rough.problem(1.0) is not None) == void
    assert dataclasses.replace(rough, kernel_stamps=False).problem(1.0) is None


@pytest.mark.parametrize("quantile", [0.0, 1.0, -1.0, math.nan])
def test_an_objective_is_below_one(quantile: float) -> None:
    with pytest.raises(ValueError, match="quantile"):
        FIT.problem(1.0, quantile=quantile)


def test_delays_are_never_understated() -> None:
    values = [SMALLEST * 1.3**i for i in range(60)]
    delays = delays_of((v, 1) for v in values)
    for limit in (SMALLEST, 0.01, 0.1, 1.0, 10.0, 1e6):
        seconds, requests = beyond(delays, limit)
        above = [v for v in values if v > limit]
        near = [v for v in values if v > limit / 1.1]
        assert len(above) <= requests <= len(near)
        assert sum(above) <= seconds * (1 + 1e-9)
    assert delays_of([(SMALLEST / 2, 1)]) == ()
    assert beyond(added(delays, delays), 0.1)[1] == 2 * beyond(delays, 0.1)[1]


def test_workers_add_up_their_shares_and_keep_the_worst_step() -> None:
    def part(own: Instrument) -> LoadResult:
        return LoadResult((), 0, 0.0, 1.0, own)

    stalled = lagging((3.0, 5), slips=delays_of([(1.0, 1)]), clock_steps=1, clock_step_max=0.5)
    merged = merge_results([part(stalled), part(FIT)], planned=0).instrument
    assert (merged.seconds, merged.requests) == (200.0, 20_000)
    assert beyond(merged.lags, 0.1) == (3.0, 5)
    assert beyond(merged.slips, 0.1)[1] == 1
    assert (merged.clock_steps, merged.clock_step_max) == (1, 0.5)
    back = result_from_wire(json.loads(json.dumps(result_to_wire(part(stalled)))))
    assert back.instrument == stalled


def test_a_loop_that_was_held_up_knows_for_how_long_and_whom() -> None:
    """The caller's own callback holds it up; nobody else could do it on demand."""
    asleep = threading.Event()
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CONSTANT, 1, rate=1.0))
        own = run_here(plan, on_head=lambda *_: asleep.wait(0.3) and None).instrument
    assert beyond(own.lags, 0.25)[0] >= 0.3
    assert own.seconds >= 0.3
    assert own.requests == 1
    fit = dataclasses.replace(FIT, lags=own.lags, seconds=own.seconds, requests=own.requests)
    assert fit.problem(1.0) is not None


class SleepyEpoll:
    """An epoll whose first wait takes 0.3 s too long."""

    def __init__(self) -> None:
        self._epoll = readiness.new_epoll()
        self._naps = [0.3]

    def poll(self, *given: float) -> list[tuple[int, int]]:
        if self._naps:
            threading.Event().wait(self._naps.pop())
        return self._epoll.poll(*given)

    def __getattr__(self, name: str) -> object:
        return getattr(self._epoll, name)


def test_a_loop_that_was_not_woken_in_time_was_held_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one that is stopped, or gets no processor."""
    monkeypatch.setattr(network, "new_epoll", SleepyEpoll)
    with serving(answering(plain())) as url:
        schedule = Schedule(Arrival.CONSTANT, 1, rate=1.0)
        own = run_here(LoadPlan((Request("GET", url),), schedule)).instrument
    assert beyond(own.lags, 0.2)[0] >= 0.2
    assert own.loop_lag_max >= 0.2


def test_a_worker_that_died_leaves_a_number_missing() -> None:
    with serving(answering(plain())) as url:
        records = tuple(times(url, 3))
    result = LoadResult(records, 5, 0.0, 1.0, FIT, lost=("worker 2 of 2",))
    assert result.missing == 2
    assert dataclasses.replace(result, planned=3).missing == 0
