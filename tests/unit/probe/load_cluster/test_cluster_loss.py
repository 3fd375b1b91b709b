"""What is lost, stopped or cancelled is said, sent once at most, and leaves nothing running."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from golive.probe.load import LoadProgress, RequestOutcome
from golive.probe.load.cluster import ClusterResult, run_on_cluster
from tests.unit.probe.load_cluster.conftest import MakePlan
from tests.unit.probe.load_cluster.programs import (
    START_IN,
    Programs,
    Target,
    children,
    gone,
    kill,
    until,
    wait_for_workers,
)


@pytest.fixture
def third(programs: Programs) -> Iterator[int]:
    """A worker more, for the test alone; its place in ``started``."""
    worker = programs.start_worker()
    asyncio.run(wait_for_workers(programs.scheduler, 3))
    yield programs.started.index(worker)
    worker.terminate()
    worker.wait(10)
    asyncio.run(wait_for_workers(programs.scheduler, 2))


def engines(programs: Programs) -> list[int]:
    return [pid for p in programs.started if p.poll() is None for pid in children(p.pid)]


def test_a_killed_worker_is_named_and_what_it_had_is_missing(
    programs: Programs, third: int, target: Target, make_plan: MakePlan
) -> None:
    worker = programs.started[third]
    its_engine: list[int] = []

    def halfway(progress: LoadProgress) -> None:
        if progress.done >= 40 and worker.poll() is None:
            its_engine.extend(children(worker.pid))
            kill(worker)

    plan = make_plan(150, 50.0)
    result = asyncio.run(
        run_on_cluster(
            plan, programs.scheduler, calibrate=False, start_in=START_IN, on_progress=halfway
        )
    )

    (lost,) = [w for w in result.workers if w.lost]
    assert lost.pid == worker.pid
    assert lost.missing == lost.planned
    assert 0 < lost.sent_at_least < lost.planned
    assert len(result.lost) == 1
    assert lost.address in result.lost[0]
    assert f"{lost.planned} of {lost.planned} requests missing" in result.lost[0]
    assert not result.complete
    assert f"{lost.planned} requests are missing" in result.problem
    # The others finished what was theirs, and nobody took over what was lost.
    assert {r.index % 3 for r in result.records} == {0, 1, 2} - {lost.shard}
    assert all(r.outcome is RequestOutcome.OK for r in result.records)
    assert len(result.records) == 150 - lost.planned
    assert its_engine
    asyncio.run(gone(its_engine))
    asked = target.asked()
    assert set(asked.values()) == {1}
    theirs = [path for path in asked if int(path.rpartition("-")[2]) % 3 == lost.shard]
    assert 0 < len(theirs) < lost.planned


def test_an_abort_reaches_every_worker(programs: Programs, make_plan: MakePlan) -> None:
    abort = asyncio.Event()

    def stop(progress: LoadProgress) -> None:
        if progress.done >= 20:
            abort.set()

    result = asyncio.run(
        run_on_cluster(
            make_plan(3000, 50.0),
            programs.scheduler,
            calibrate=False,
            start_in=START_IN,
            on_progress=stop,
            abort=abort,
        )
    )

    assert result.aborted == "stopped by the caller"
    assert "cut short" in result.problem
    assert result.lost == ()
    # Every request has its outcome, also those that were never sent.
    assert len(result.records) == 3000
    outcomes = result.total.outcomes
    assert outcomes[RequestOutcome.OK] >= 20
    assert outcomes[RequestOutcome.UNSENT] > 1500
    assert all(w.instrument is not None for w in result.workers)
    asyncio.run(gone(engines(programs)))


def test_an_abort_before_the_start_sends_nothing(
    programs: Programs, target: Target, make_plan: MakePlan
) -> None:
    abort = asyncio.Event()
    abort.set()
    result = asyncio.run(run_on_cluster(make_plan(10, 50.0), programs.scheduler, abort=abort))

    assert result.records == ()
    assert "10 requests are missing" in result.problem
    assert result.instrument.calibration_problem
    asyncio.run(gone(engines(programs)))
    assert target.asked() == {}


def test_a_cancelled_run_leaves_no_engine_behind(
    programs: Programs, target: Target, make_plan: MakePlan
) -> None:
    async def cancelled_halfway() -> list[int]:
        under_way = asyncio.Event()

        def note(progress: LoadProgress) -> None:
            if progress.sent > 10:
                under_way.set()

        async def run() -> ClusterResult:
            return await run_on_cluster(
                make_plan(3000, 50.0),
                programs.scheduler,
                calibrate=False,
                start_in=START_IN,
                on_progress=note,
            )

        task = asyncio.create_task(run())
        await until(lambda: under_way.is_set() or task.done())
        running = engines(programs)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return running

    were = asyncio.run(cancelled_halfway())
    assert len(were) == 2
    asyncio.run(gone(were))
    assert 10 < len(target.asked()) < 1500
