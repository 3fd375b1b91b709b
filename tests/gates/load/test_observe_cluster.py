"""The load spread over the workers of a real Dask scheduler."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from golive.api import Status
from golive_gates.load.parts import ENGINE
from tests.gates.load import parts as p
from tests.gates.load.run import SHORT, Service, loaded, seen_of
from tests.unit.probe.load_cluster.programs import Programs, running, wait_for_workers

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    for programs in running(tmp_path_factory.mktemp("cluster")):
        programs.start_scheduler()
        for _ in range(2):
            programs.start_worker()
        asyncio.run(wait_for_workers(programs.scheduler, 2))
        yield programs


async def test_a_cluster_sends_the_same_load(cluster: Programs) -> None:
    part, double, _ = await seen_of(Service(), replace(SHORT, scheduler=cluster.scheduler))
    seen = loaded(part)
    assert seen.stopped == ""
    assert seen.api is not None
    assert seen.streams is not None
    assert (seen.api.ok, seen.streams.ok) == (20, 10)
    assert double.count("GET", "/projects") == 24
    assert seen.instrument.workers == 2


async def test_a_scheduler_that_is_not_there_proves_nothing() -> None:
    part, double, _ = await seen_of(Service(), replace(SHORT, scheduler="tcp://127.0.0.1:9"))
    seen = loaded(part)
    assert seen.stopped == ENGINE
    assert {g.path for g in double.requests} == {"/readyz"}  # the look before the load
    result = p.judge("load.availability", seen)
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "load-broke-off")
