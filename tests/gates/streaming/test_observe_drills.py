"""Observers of drills, against services on loopback that are disturbed, or are not."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from golive.api import BudgetExhausted, Grant, Permission, Reason, RunContext, Status, Unavailable
from golive.config.model import RateLimit
from golive.context import RequestBudget
from golive_gates.streaming.drill_parts import CONNECTION_CLOSED, NEW_STREAM, READINESS
from golive_gates.streaming.observers import drills, together, watching
from golive_gates.streaming.observers.drain import DrainObserver
from golive_gates.streaming.observers.drilling import AFTER
from golive_gates.streaming.observers.reload import ReloadObserver
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import run as r
from tests.gates.streaming.service import Service, service
from tests.gates.streaming.wording import judged

pytestmark = pytest.mark.anyio

PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INCONCLUSIVE

DRILL = Settings(
    drill_streams=2, drain_within=8.0, drill_timeout=10.0, idle_body=r.SILENT, idle_for=3.0
)
BOTH = [(ReloadObserver(), "reload"), (DrainObserver(), "drain")]
TRUE = replace(DRILL, drain_command=("true",), reload_command=("true",))


def told(word: str, path: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", f"open({str(path)!r}, 'w').write({word!r})")


def obeyed_by(path: Path, done: Path) -> tuple[str, ...]:
    """A command that writes into *path* and ends once somebody has made *done*."""
    wait = (
        f"import os, time\nopen({str(path)!r}, 'w').write('now')\n"
        f"while not os.path.exists({str(done)!r}): time.sleep(0.02)"
    )
    return (sys.executable, "-c", wait)


async def obeying(one: Service, path: Path, done: Path, word: str) -> None:
    """Do *word* to the service while the drill's command runs, and let that end.

    New streams meet a service that is back, and those in their silence go on only once the
    disturbance was seen: however slow the machine is, they span it.
    """
    await r.until(lambda: r.written(path))
    if word == "late-drain":
        one.does.speaks.set()
        await r.until(lambda: one.open == 0)
    if word == "unready":
        one.does.ready_status = 503
        await r.until(lambda: one.unready > 0)
        one.does.ready_status = 200
    elif word == "kill":
        for task in list(one.tasks):
            task.cancel()
    else:
        await one.drain()
    done.touch()  # noqa: ASYNC240 - an empty file
    # A witness looks every INTERVAL; between the new streams lie two pauses as long.
    await r.until(lambda: len(one.streams) >= DRILL.drill_streams + AFTER)
    one.does.speaks.set()


@pytest.mark.parametrize(
    ("word", "expected", "witness"),
    [
        ("drain", (PASS, "drained"), CONNECTION_CLOSED),
        ("kill", (FAIL, "cut"), CONNECTION_CLOSED),
        ("unready", (PASS, "drained"), READINESS),
        ("late-drain", (OPEN, "none-under-way"), CONNECTION_CLOSED),
    ],
)
async def test_a_drain(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    expected: tuple[Status, str],
    witness: str,
) -> None:
    # This service closes no idle connection, so a witness that a busy machine held up still is one.
    monkeypatch.setattr(watching, "MOST_IDLE", 60.0)
    path, done = tmp_path / "order", tmp_path / "done"
    command = obeyed_by(path, done)
    settings = replace(DRILL, drain_within=30.0, drill_timeout=30.0, drain_command=command)
    async with service(speaks=asyncio.Event()) as one:
        obeyed = asyncio.create_task(obeying(one, path, done, word))
        part = await r.seen(DrainObserver(), r.context(r.config(one.url)), settings)
        await obeyed
    assert all(s.begun for s in part.drill.running)
    assert part.drill.witness == witness
    result = judged("drain", part, settings=settings)
    assert (result.status, result.reason.code) == expected


async def test_a_service_that_is_gone_fails(tmp_path: Path) -> None:
    path = tmp_path / "order"
    settings = replace(DRILL, drain_command=told("end", path), drain_within=1.0)

    async def end(one: Service) -> None:
        await r.until(lambda: r.written(path))
        assert one.server is not None
        one.server.close()
        for task in list(one.tasks):
            task.cancel()

    async with service(silence=3.0) as one:
        obeyed = asyncio.create_task(end(one))
        part = await r.seen(DrainObserver(), r.context(r.config(one.url)), settings)
        await obeyed
    assert part.drill.witness in (CONNECTION_CLOSED, NEW_STREAM)
    result = judged("drain", part, settings=settings)
    assert (result.status, result.reason.code) == (FAIL, "not-back")


@pytest.mark.parametrize(("observer", "name"), BOTH)
@pytest.mark.parametrize("behaviour", [{}, {"keep_alive": 0.2}], ids=["kept", "never-kept"])
async def test_a_command_that_disturbs_nothing_proves_nothing(
    observer: DrainObserver | ReloadObserver, name: str, behaviour: dict[str, object]
) -> None:
    async with service(silence=3.0, **behaviour) as one:
        part = await r.seen(observer, r.context(r.config(one.url, one.url)), TRUE)
    assert (part.drill.disturbed, part.drill.witness) == (None, "")
    result = judged(name, part, settings=TRUE)
    assert (result.status, result.reason.code) == (OPEN, "no-effect-seen")


async def test_a_command_that_fails_decides_nothing() -> None:
    command = (sys.executable, "-c", "import sys; print('no such pid'); sys.exit(3)")
    settings = replace(DRILL, reload_command=command)
    async with service(silence=3.0) as one:
        part = await r.seen(ReloadObserver(), r.context(r.config(one.url)), settings)
    assert part.drill.command is not None
    assert (part.drill.command.status, part.drill.command.output) == (3, "no such pid")
    result = judged("reload", part, settings=settings)
    assert (result.status, result.reason.code) == (OPEN, "command-failed")


async def test_no_command_is_no_drill() -> None:
    ctx = r.context(r.config("http://127.0.0.1:1"))
    for observer, setting in BOTH:
        params = {"setting": f"{setting}_command"}
        assert await observer.observe(ctx, DRILL) == Unavailable(
            Reason("drill-not-allowed", params)
        )


@pytest.mark.parametrize(
    ("behaviour", "begun"),
    [({"ready_status": 503}, None), ({"status": 500}, False)],
    ids=["unready", "no-stream"],
)
async def test_nothing_is_disturbed_when_nothing_could_be_seen(
    tmp_path: Path, behaviour: dict[str, object], begun: bool | None
) -> None:
    path = tmp_path / "order"
    settings = replace(DRILL, drain_command=told("x", path))
    async with service(**behaviour) as one:
        part = await DrainObserver().observe(r.context(r.config(one.url)), settings)
    assert not path.exists()
    if isinstance(part, Unavailable):
        assert part.reason == Reason("not-ready-before", {"status": "503"})
    else:
        assert part.drill.command is None
        assert judged("drain", part, settings=settings).reason.code == "none-under-way"
    assert isinstance(part, Unavailable) is (begun is None)


async def test_nothing_is_disturbed_without_the_requests_to_see_its_end(tmp_path: Path) -> None:
    path = tmp_path / "order"
    settings = replace(DRILL, drain_command=told("x", path))
    async with service() as one:
        ctx = r.context(r.config(one.url))
        planned = sum(w.requests for w in DrainObserver().plan(ctx.scope, settings))
        poor = replace(ctx, budget=RequestBudget(planned - 1).child())
        with pytest.raises(BudgetExhausted):
            await DrainObserver().observe(poor, settings)
    assert (one.requests, path.exists()) == ([], False)


async def test_the_limits_window_passes_before_a_drill(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(together, "pause", note)
    async with service(ready_status=503) as one:
        settled = r.config(one.url, limit=RateLimit(10, 5.0, ("/api/",)))
        await DrainObserver().observe(r.context(settled), TRUE)
    assert waits == [5.0]


async def test_a_granted_host_is_reached_at_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async def permit(_: RunContext, permission: Permission, __: str) -> Grant:
        return Grant(permission, "generator.invalid", "127.0.0.1", loopback=False)

    monkeypatch.setattr(drills, "permit", permit)
    async with service(silence=3.0) as one:
        url = f"http://generator.invalid:{one.port}"
        part = await r.seen(ReloadObserver(), r.context(r.config(url, url)), TRUE)
    assert all(s.begun and not s.failure for s in part.drill.running)
    assert {g.headers["host"] for g in one.requests} == {f"generator.invalid:{one.port}"}


def test_a_plan_leaves_room_for_all_the_time_to_come_back() -> None:
    scope = r.context(r.config("http://127.0.0.1:1", "http://127.0.0.1:2")).scope
    short, long = (
        [w.requests for w in DrainObserver().plan(scope, replace(TRUE, drain_within=seconds))]
        for seconds in (30.0, 120.0)
    )
    # Two tries, or looks, a second: no number of them ends the waiting early.
    assert [b - a for a, b in zip(short, long, strict=True)] == [180] * 4


async def test_a_cancelled_drill_ends_its_command(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    script = f"import os, time; open({str(path)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    settings = replace(DRILL, reload_command=(sys.executable, "-c", script), drill_timeout=60.0)
    async with service(silence=30.0) as one:
        ctx = r.context(r.config(one.url))
        drilling = asyncio.create_task(ReloadObserver().observe(ctx, settings))
        await r.until(lambda: r.written(path))
        drilling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drilling
    await r.ended(path)
