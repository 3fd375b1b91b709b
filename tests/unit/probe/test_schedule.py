"""The open-loop schedule and the monitor of our own lag."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from golive.probe.lag import LagMonitor
from golive.probe.schedule import OpenLoopRun, Slot, SlotState, run_open_loop
from golive.stats import Curtailed, Outcome, plan_of


def run(main: Coroutine[Any, Any, None]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(60):  # a hang of ours fails the test
            await main

    asyncio.run(guarded())


async def echo(slot: Slot) -> int:
    return slot.index


def test_every_slot_is_sent_on_a_fixed_grid() -> None:
    async def main() -> None:
        done = await run_open_loop(echo, rate=2_000, count=50)
        assert done.values == tuple(range(50))
        assert (done.planned, done.stopped, done.held_back) == (50, False, 0)
        first = done.samples[0].scheduled
        assert [s.scheduled - first for s in done.samples] == [500_000 * i for i in range(50)]
        for sample in done.samples:
            assert sample.state is SlotState.DONE
            assert sample.elapsed is not None
            assert 0 <= sample.lag <= sample.elapsed
        assert done.max_lag == max(s.lag for s in done.samples)

    run(main())


def test_a_slow_answer_delays_nobody() -> None:
    async def main() -> None:
        last = asyncio.Event()

        async def send(slot: Slot) -> int:
            if slot.index == 9:
                last.set()
            await last.wait()  # a closed loop would wait for ever
            return slot.index

        done = await run_open_loop(send, rate=1_000, count=10)
        assert done.values == tuple(range(10))
        assert done.max_in_flight == 10

    run(main())


def test_the_bound_on_concurrency_shows_as_lag_never_as_later_times() -> None:
    async def main() -> None:
        gates = [asyncio.Event() for _ in range(6)]
        began: list[int] = []

        async def send(slot: Slot) -> int:
            began.append(slot.index)
            if slot.index == 1:
                asyncio.get_running_loop().call_later(0.05, lambda: [g.set() for g in gates])
            await gates[slot.index].wait()
            return slot.index

        done = await run_open_loop(send, rate=1_000, count=6, max_in_flight=2)
        assert began == list(range(6))
        assert done.max_in_flight == 2
        assert done.held_back == 4
        grid = [s.scheduled - done.samples[0].scheduled for s in done.samples]
        assert grid == [1_000_000 * i for i in range(6)]
        held = done.samples[2]
        assert held.lag > 0.04  # the timer of 50 ms began after its slot was near due
        assert done.max_lag >= held.lag

    run(main())


def test_a_busy_process_lags_and_keeps_the_grid() -> None:
    async def main() -> None:
        async def send(slot: Slot) -> int:
            if slot.index == 0:
                until = time.monotonic() + 0.05
                while time.monotonic() < until:
                    pass
            return slot.index

        done = await run_open_loop(send, rate=1_000, count=10)
        assert done.samples[5].scheduled - done.samples[0].scheduled == 5_000_000
        assert done.samples[5].lag >= 0.04
        assert done.max_lag >= 0.04

    run(main())


def test_stop_ends_the_run_and_cancels_what_is_in_flight() -> None:
    async def main() -> None:
        cancelled: list[int] = []

        async def send(slot: Slot) -> int:
            if slot.index in (0, 1):
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancelled.append(slot.index)
                    raise
            return slot.index

        done = await run_open_loop(send, rate=5_000, count=1_000_000, stop=lambda v: v >= 5)
        assert done.stopped
        assert done.planned == 1_000_000
        assert sorted(cancelled) == [0, 1]
        states = [s.state for s in done.samples]
        assert states[:2] == [SlotState.CANCELLED] * 2
        assert done.values[:4] == (2, 3, 4, 5)
        assert done.samples[0].elapsed is None
        assert done.samples[0].value is None

    run(main())


def test_slots_held_back_at_the_stop_are_unsent() -> None:
    async def main() -> None:
        release = asyncio.Event()

        async def send(slot: Slot) -> int:
            asyncio.get_running_loop().call_later(0.02, release.set)
            await release.wait()
            return slot.index

        done = await run_open_loop(
            send, rate=10_000, count=5, max_in_flight=1, stop=lambda v: v == 0
        )
        assert [s.state for s in done.samples] == [SlotState.DONE] + [SlotState.UNSENT] * 4
        assert done.samples[4].lag > 0
        assert done.max_lag == max(s.lag for s in done.samples)

    run(main())


def test_curtailed_sampling_stops_at_the_decision() -> None:
    async def main() -> None:
        counter = Curtailed(plan_of(299, 0.99))

        async def fail(slot: Slot) -> bool:
            return False

        done: OpenLoopRun[bool] = await run_open_loop(
            fail,
            rate=10_000,
            count=299,
            stop=lambda ok: counter.add(success=ok) is not None,
        )
        assert done.stopped
        assert counter.outcome is Outcome.REFUTED
        assert counter.failures == counter.plan.reject

    run(main())


@pytest.mark.parametrize("where", ["send", "stop"])
def test_an_exception_cancels_the_rest_and_goes_through(where: str) -> None:
    async def main() -> None:
        cancelled = 0

        async def send(slot: Slot) -> int:
            nonlocal cancelled
            if slot.index == 3 and where == "send":
                raise PermissionError
            if slot.index < 3:
                try:
                    await asyncio.Event().wait()
                finally:
                    cancelled += 1
            return slot.index

        def stop(value: int) -> bool:
            if where == "stop":
                raise PermissionError
            return False

        with pytest.raises(PermissionError):
            await run_open_loop(send, rate=1_000, count=100_000, stop=stop)
        assert cancelled == 3

    run(main())


@pytest.mark.parametrize("count", [3, 100_000], ids=["waiting", "dispatching"])
def test_cancellation_leaves_nothing_behind(count: int) -> None:
    async def main() -> None:
        started, ended = asyncio.Event(), 0

        async def send(slot: Slot) -> None:
            nonlocal ended
            if slot.index == 2:
                started.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended += 1

        task = asyncio.create_task(run_open_loop(send, rate=1_000, count=count, max_in_flight=3))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == 3
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def alone() -> None:
        await main()

    asyncio.run(alone())


def test_nothing_to_send_has_no_lag_to_show() -> None:
    async def main() -> None:
        done = await run_open_loop(echo, rate=1, count=0)
        assert done.samples == ()
        assert done.max_lag == math.inf

    run(main())


@pytest.mark.parametrize(
    "bad",
    [
        {"rate": 0, "count": 1},
        {"rate": -1, "count": 1},
        {"rate": math.nan, "count": 1},
        {"rate": math.inf, "count": 1},
        {"rate": 1, "count": -1},
        {"rate": 1, "count": 1, "max_in_flight": 0},
    ],
)
def test_impossible_schedules_are_rejected(bad: dict[str, Any]) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match=r"rate must|need count"):
            await run_open_loop(echo, **bad)

    run(main())


def test_the_lag_monitor_sees_a_blocked_loop() -> None:
    async def main() -> None:
        async with LagMonitor(interval=0.001) as monitor:
            await asyncio.sleep(0)
            time.sleep(0.05)  # noqa: ASYNC251 - the block is what is measured
        assert monitor.report.samples >= 1
        assert monitor.report.max >= 0.045
        assert monitor.report.p99 <= monitor.report.max

    run(main())


def test_the_lag_monitor_samples_an_idle_loop() -> None:
    async def main() -> None:
        async with LagMonitor(interval=0.001) as monitor:
            while monitor.report.samples < 20:  # noqa: ASYNC110 - the monitor raises no event
                await asyncio.sleep(0.001)
        assert 0 <= monitor.report.p99 <= monitor.report.max < math.inf
        assert monitor.report.interval == 0.001

    run(main())


def test_a_monitor_that_sampled_nothing_says_infinity() -> None:
    report = LagMonitor().report
    assert (report.samples, report.max, report.p99) == (0, math.inf, math.inf)
    for interval in (0, -1, math.nan, math.inf):
        with pytest.raises(ValueError, match="interval must be positive"):
            LagMonitor(interval)
