"""One worker's part without a cluster: when it ends, and what it will not do twice."""

from __future__ import annotations

import asyncio
import math
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.probe.load import Arrival, LoadPlan, Request, RequestOutcome, Schedule, Shard
from golive.probe.load.cluster_order import Order, Part, State
from golive.probe.load.cluster_task import control, once
from golive.probe.load.cluster_work import ORPHANED_AFTER, Held, carry_out
from golive.probe.trace import StreamRules
from tests.unit.probe.load_cluster.programs import (
    START_IN,
    Programs,
    Target,
    children,
    running,
    until,
)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Target]:
    for programs in running(tmp_path):
        assert isinstance(programs, Programs)
        yield programs.start_target()


def order(port: int) -> Order:
    request = Request("GET", f"http://127.0.0.1:{port}/s/{{unique}}", rules=StreamRules())
    plan = LoadPlan((request,), Schedule(Arrival.CONSTANT, 3000, rate=100.0), deadline=60.0)
    return Order(uuid.uuid4().hex, "w", Shard(1, 2), plan, calibrate=False)


async def started(held: Held) -> None:
    """Play the controller until the run is under way."""
    await until(lambda: held.state is State.READY)
    held.start = time.monotonic() + START_IN
    await until(lambda: held.progress is not None and held.progress.done > 0)


def carried_out(port: int, word: str) -> Part:
    held, closing = Held(), []
    were = children(os.getpid())

    async def conduct() -> Part:
        part = asyncio.create_task(carry_out(order(port), held, lambda: bool(closing)))
        await started(held)
        if word == "stop":
            held.stop = "enough"
        elif word == "orphan":
            held.heard = time.monotonic() - ORPHANED_AFTER - 1
        else:
            closing.append(True)
        return await part

    part = asyncio.run(conduct())
    assert children(os.getpid()) == were
    return part


@pytest.mark.parametrize(
    ("word", "reason"),
    [("stop", "enough"), ("orphan", "no word from the controller for 10 s")],
)
def test_a_part_that_is_stopped_still_comes_back(target: Target, word: str, reason: str) -> None:
    part = carried_out(target.port, word)
    assert part.failure == ""
    assert part.stopped == reason
    assert part.received == 1500
    assert part.templates[0].outcomes[RequestOutcome.UNSENT] > 500
    assert math.isfinite(part.late)
    assert len(target.asked()) < 1000


def test_a_worker_that_is_closed_takes_its_engine_along(target: Target) -> None:
    part = carried_out(target.port, "closing")
    assert part == Part(failure="the worker is being closed")


def test_a_start_that_comes_late_is_refused(target: Target) -> None:
    held = Held()
    held.start = time.monotonic() - 1.0
    part = asyncio.run(carry_out(order(target.port), held, lambda: False))
    assert "too late" in part.failure
    assert target.asked() == {}


def test_a_plan_that_the_engine_refuses(target: Target, tmp_path: Path) -> None:
    given = order(target.port)
    missing = str(tmp_path / "none.pem")
    request = Request("GET", "https://127.0.0.1:1/")
    plan = LoadPlan((request,), given.plan.schedule, ca_file=missing)
    part = asyncio.run(
        carry_out(Order("r", "w", Shard(), plan, calibrate=False), Held(), lambda: False)
    )
    assert part.failure
    assert target.asked() == {}


def test_no_run_is_here_twice() -> None:
    given = order(1)
    assert control(given.run).state is State.UNKNOWN
    # Told to stop before its task came, it does not begin.
    control(given.run, stop="given up")
    assert once(given, lambda: False) == Part(failure="given up")
    assert control(given.run).state is State.DONE

    again = order(1)
    assert once(again, lambda: True) == Part(failure="the worker is being closed")
    assert "not sent again" in once(again, lambda: False).failure
