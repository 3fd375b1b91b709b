"""Worker processes: together they do the plan, and none is lost without a word."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TypeVar

import pytest
from load_doubles import RULES, Peer, answering, plain, serving, stream

from golive.probe.load import (
    Arrival,
    LoadPlan,
    LoadProgress,
    LoadResult,
    Request,
    RequestOutcome,
    Schedule,
    Shard,
    calibrate,
    run_load,
)
from golive.probe.load.children import Child

T = TypeVar("T")


@pytest.fixture(autouse=True)
def others() -> None:
    """Services that other tests started for the whole session are no workers of these runs."""
    OTHERS.clear()
    OTHERS.update(_all_children())


OTHERS: set[int] = set()


def alone(work: Coroutine[object, object, T]) -> T:
    """Run *work*, then make sure that no process was left behind."""
    result = asyncio.run(work)
    assert children() == set()
    return result


def children() -> set[int]:
    """The running children of this process that a test of this file started."""
    return _all_children() - OTHERS


def _all_children() -> set[int]:
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return {int(pid) for pid in text.split()}


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what other processes do, of which nothing else tells."""
    while not holds():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def plan_of(url: str, count: int = 12, **more: object) -> LoadPlan:
    schedule = Schedule(Arrival.CONSTANT, count, rate=200)
    return LoadPlan((Request("GET", url, rules=RULES),), schedule, **more)  # type: ignore[arg-type]


def silent(peer: Peer) -> None:
    peer.request()
    peer.over.wait()


def test_workers_share_one_plan() -> None:
    seen: list[LoadProgress] = []
    with serving(answering(stream("a"))) as url:
        result = alone(
            run_load(plan_of(url, warmup=2), workers=2, calibrate=False, on_progress=seen.append)
        )
    assert [r.index for r in result.records] == list(range(12))
    assert all(r.ok for r in result.records)
    assert (result.complete, result.instrument.workers) == (True, 2)
    assert result.instrument.events == 24
    assert len(result.judged) == 10
    assert seen[-1].done == 12
    problem = result.instrument.problem(1e6)
    assert problem is not None
    assert "not calibrated" in problem


def test_a_calibrated_run_knows_its_floor() -> None:
    with serving(answering(stream("a"))) as url:
        result = alone(run_load(plan_of(url, 4)))
    own = result.instrument
    assert own.calibration_problem == ""
    assert 0 < own.error_p50 <= own.error_p99 < math.inf
    assert own.floor_p50 <= own.floor_p99 < math.inf
    assert own.problem(1e6) is None


def test_calibration_alone() -> None:
    calibration = alone(calibrate())
    assert calibration.done
    assert calibration.samples == 375
    assert calibration.floor_p50 <= calibration.floor_p99


def test_there_are_never_more_workers_than_users() -> None:
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CLOSED, 9, concurrency=2))
        result = alone(run_load(plan, workers=3, calibrate=False))
    assert (len(result.records), result.instrument.workers) == (9, 2)


def test_a_shard_of_a_plan() -> None:
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CONSTANT, 10, rate=500))
        result = alone(run_load(plan, workers=2, calibrate=False, shard=Shard(1, 2)))
    assert [r.index for r in result.records] == [1, 3, 5, 7, 9]
    assert (result.planned, result.complete) == (5, True)


def test_a_worker_that_is_killed_is_lost_by_name() -> None:
    arrived: list[int] = []
    over = threading.Event()

    def script(peer: Peer) -> None:
        arrived.append(peer.number)
        peer.request()
        over.wait(20)
        peer.send(stream("a"))

    async def kill_one(url: str) -> LoadResult:
        task = asyncio.create_task(run_load(plan_of(url), workers=2, calibrate=False))
        await until(lambda: len(arrived) == 12)
        victim = min(children())
        os.kill(victim, signal.SIGKILL)
        await until(lambda: victim not in children())
        over.set()
        return await task

    with serving(script) as url:
        result = alone(kill_one(url))
    (lost,) = result.lost
    assert "SIGKILL" in lost
    assert "6 requests have no record" in lost
    assert (len(result.records), result.planned, result.complete) == (6, 12, False)
    assert len({r.index % 2 for r in result.records}) == 1


def test_an_abort_ends_the_run_and_says_so() -> None:
    async def run(url: str) -> LoadResult:
        abort = asyncio.Event()

        def watch(progress: LoadProgress) -> None:
            if progress.sent == 12:
                abort.set()

        return await run_load(
            plan_of(url, deadline=60), workers=2, calibrate=False, on_progress=watch, abort=abort
        )

    with serving(silent) as url:
        result = alone(run(url))
    assert result.aborted == "aborted"
    assert {r.outcome for r in result.records} == {RequestOutcome.UNFINISHED}
    assert len(result.records) == 12


@pytest.mark.parametrize("calibrate", [False, True])
def test_an_abort_before_the_start_sends_nothing(*, calibrate: bool) -> None:
    arrived: list[int] = []

    def script(peer: Peer) -> None:
        arrived.append(peer.number)

    async def run(url: str) -> LoadResult:
        abort = asyncio.Event()
        abort.set()
        return await run_load(plan_of(url), workers=2, calibrate=calibrate, abort=abort)

    with serving(script) as url:
        result = alone(run(url))
    assert arrived == []
    assert result.aborted == "aborted"
    assert [r.outcome for r in result.records] == [RequestOutcome.UNSENT] * 12
    assert result.lost == ()
    assert result.instrument.calibration_problem


def test_an_abort_is_heard_while_one_worker_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The start waits for the last worker; a stop before it does not."""
    arrived: list[int] = []
    ready: list[int] = []

    async def run(url: str) -> LoadResult:
        abort = asyncio.Event()
        lines = Child.lines

        async def told(child: Child) -> AsyncIterator[dict[str, object]]:
            async for line in lines(child):
                if "ready" in line:
                    ready.append(child.pid)
                    abort.set()
                    if len(ready) > 1:  # not before the other has ended
                        await until(lambda: len(children()) <= 1)
                yield line

        monkeypatch.setattr(Child, "lines", told)
        return await run_load(plan_of(url), workers=2, calibrate=False, abort=abort)

    with serving(lambda peer: arrived.append(peer.number)) as url:
        result = alone(run(url))
    assert arrived == []
    assert [r.outcome for r in result.records] == [RequestOutcome.UNSENT] * 12


def test_cancellation_leaves_no_process() -> None:
    async def run(url: str) -> None:
        task = asyncio.create_task(run_load(plan_of(url), workers=2, calibrate=False))
        await until(lambda: len(children()) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with serving(silent) as url:
        alone(run(url))


def test_cancelling_a_calibration_leaves_no_process() -> None:
    async def run() -> None:
        task = asyncio.create_task(calibrate())
        await until(lambda: bool(children()))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    alone(run())


def test_a_plan_that_workers_refuse_is_the_callers_error(tmp_path: Path) -> None:
    plan = LoadPlan(
        (Request("GET", "https://127.0.0.1:9/"),),
        Schedule(Arrival.CONSTANT, 1, rate=1),
        ca_file=str(tmp_path / "nothing.pem"),
    )
    with pytest.raises(ValueError, match=r"nothing\.pem"):
        alone(run_load(plan, calibrate=False))


def test_at_least_one_worker() -> None:
    with pytest.raises(ValueError, match="workers"):
        asyncio.run(run_load(plan_of("http://127.0.0.1:9/"), workers=0))
