"""One scheduler with two workers for all tests here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from golive.probe.load import Arrival, LoadPlan, Request, Schedule
from golive.probe.trace import StreamRules
from tests.unit.probe.load_cluster.programs import (
    Programs,
    Target,
    running,
    wait_for_workers,
)

SECRET = "Bearer planted-canary"
MakePlan = Callable[..., LoadPlan]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """A scheduler and two workers."""
    for programs in running(tmp_path_factory.mktemp("cluster")):
        programs.start_scheduler()
        for _ in range(2):
            programs.start_worker()
        asyncio.run(wait_for_workers(programs.scheduler, 2))
        yield programs


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Programs]:
    """A scheduler for one test, which may take it away; still without workers."""
    for programs in running(tmp_path):
        programs.start_scheduler()
        yield programs


@pytest.fixture
def target(programs: Programs) -> Target:
    return programs.start_target()


@pytest.fixture
def make_plan(target: Target) -> MakePlan:
    def make(count: int, rate: float, **options: object) -> LoadPlan:
        request = Request(
            "GET",
            f"http://127.0.0.1:{target.port}/s/{{unique}}",
            headers=(("Authorization", SECRET),),
            rules=StreamRules(),
        )
        return LoadPlan((request,), Schedule(Arrival.CONSTANT, count, rate=rate), **options)  # type: ignore[arg-type]

    return make
