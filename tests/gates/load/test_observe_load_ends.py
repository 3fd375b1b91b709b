"""How a load ends: by itself, by failing health, an interrupt or a lost engine; and recovery."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from golive.api import Status, Unavailable
from golive_gates.load.observers import load as module
from golive_gates.load.observers.load import LoadObserver
from golive_gates.load.parts import HEALTH
from tests.gates.load import parts as p
from tests.gates.load.run import CLIENTS, LOAD, READY, SHORT, SLOS, Service, loaded, seen_of, stream
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio


async def test_readiness_that_keeps_failing_ends_the_load() -> None:
    settings = replace(SHORT, duration=20.0, readiness_window=20.0, recovery_within=1.0)
    healthy = Service()

    def handler(got: d.Got) -> d.Answer:
        # Ready until the load comes.
        return d.answer(503, {}) if got.path == "/readyz" and healthy.posts else healthy(got)

    part, double, _ = await seen_of(handler, settings)
    seen = loaded(part)
    assert seen.stopped == HEALTH
    assert seen.readiness[0].in_a_row >= 5
    assert len(double.requests) < 300
    result = p.judge("load.availability", seen, settings=settings)
    assert (result.status, result.reason.code) == (Status.FAIL, "aborted-health")
    blocked = p.judge("load.readiness", seen, settings=settings)
    assert blocked.blocked_by == "load.availability"


async def test_recovery_is_watched_until_it_is_there() -> None:
    ended = 0

    def handler(got: d.Got) -> d.Answer:
        nonlocal ended
        if got.path == "/readyz":
            return READY
        if got.method == "POST":
            name = str(got.json["projectId"])
            ended += "-r" in name.rpartition("-")[2] or name.rpartition("-")[2].startswith("r")
            return d.answer(500, {}) if 0 < ended <= 2 else stream()
        return d.answer(200, [])

    part, _, _ = await seen_of(handler)
    recovery = loaded(part).recovery
    assert recovery is not None
    assert recovery.tried == 3
    assert recovery.seconds is not None
    assert recovery.ready is not None
    assert recovery.ready <= recovery.seconds


async def test_a_target_that_does_not_come_back_has_not_recovered() -> None:
    def handler(got: d.Got) -> d.Answer:
        if got.path == "/readyz" or got.method == "GET":
            return READY
        return d.hang if str(got.json["projectId"]).endswith("-r1") else stream()

    settings = replace(SHORT, recovery_within=1.0)
    part, _, _ = await seen_of(handler, settings)
    result = p.judge("load.recovery", loaded(part), settings=settings)
    assert (result.status, result.reason.code) == (Status.FAIL, "not-recovered")


async def test_no_load_begins_that_the_deadline_would_cut_off() -> None:
    part, double, _ = await seen_of(Service(), seconds=3.0)
    assert isinstance(part, Unavailable)
    assert part.reason.code == "no-time-for-load"
    assert double.requests == []


async def test_an_engine_that_cannot_start_proves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise OSError("no process could be started")

    monkeypatch.setattr(module, "run_load", broken)
    part, double, ctx = await seen_of(Service())
    seen = loaded(part)
    assert seen.stopped == "engine"
    assert double.count("GET", "/projects") == 0
    assert [s.url.rpartition("/")[2] for s in ctx.sent.requests] == ["readyz"]
    assert ctx.budget.sent == len(double.requests)
    statuses = {p.judge(c, seen).status for c in LOAD}
    assert statuses == {Status.INCONCLUSIVE}


async def test_a_lost_worker_leaves_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.run_load

    async def losing(*args: object, **more: object) -> object:
        result = await real(*args, **more)  # type: ignore[arg-type]
        return replace(result, records=result.records[::2], lost=("worker 2 of 2: killed",))

    monkeypatch.setattr(module, "run_load", losing)
    part, _, _ = await seen_of(Service())
    result = p.judge("load.availability", loaded(part))
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "lost-workers")


async def test_cancelling_stops_all_sending() -> None:
    under_way, healthy = asyncio.Event(), Service()

    def handler(got: d.Got) -> d.Answer:
        if got.path == "/projects":
            under_way.set()
        return healthy(got)

    async with d.target(handler) as double:
        config = d.config(double.url, slos=SLOS)
        ctx = replace(d.context(config, budget=10_000), clients=CLIENTS)
        settings = replace(SHORT, duration=30.0, readiness_window=30.0)
        task = asyncio.create_task(LoadObserver().observe(ctx, settings))
        async with asyncio.timeout(30.0):
            await under_way.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        reached = len(double.requests)
        await asyncio.sleep(0.3)  # nothing can be awaited that must not happen
        assert len(double.requests) - reached <= 2
        # What was under way when it was killed is listed, what never left is not.
        received = sum(g.path != "/readyz" for g in double.requests)
        listed = sum(s.count for s in ctx.sent.requests if not s.url.endswith("/readyz"))
        assert received <= listed <= received + 2 * 30
        assert sum(s.count for s in ctx.sent.requests) == ctx.budget.sent
