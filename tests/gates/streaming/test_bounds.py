"""What bounds the observers: the request budget, the gate's time, and the plan."""

from __future__ import annotations

import time

import pytest

from golive.api import BudgetExhausted, EvidenceLevel, Reason, Scope, Status, Unavailable
from golive.context import RequestBudget
from golive.gate import Lane
from golive_gates.streaming import GATE
from golive_gates.streaming.observers.drain import DrainObserver
from golive_gates.streaming.observers.held import HeldObserver
from golive_gates.streaming.observers.idle import IdleObserver
from golive_gates.streaming.observers.limit import LimitObserver
from golive_gates.streaming.observers.wire import WireObserver
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import run as r
from tests.gates.streaming.service import service
from tests.gates.streaming.wording import judged

pytestmark = pytest.mark.anyio

WIRE = tuple(o for o in GATE.observers if o.lane is not Lane.FILES)
ALL = Settings(
    idle_body=r.SILENT,
    idle_for=1.0,
    keepalive_idle=2.0,
    held=(4,),
    connection_limit=4,
    resume="continue",
    reload_command=("true",),
    drain_command=("true",),
    stream_rate=100.0,
)


@pytest.mark.parametrize(
    "observer",
    [WireObserver(), IdleObserver(), HeldObserver(), LimitObserver(), DrainObserver()],
    ids=lambda o: type(o).__name__,
)
async def test_a_spent_budget_goes_through_as_such(observer: object) -> None:
    async with service(silence=0.2) as one:
        ctx = r.context(r.config(one.url), budget=RequestBudget(1))
        with pytest.raises(BudgetExhausted):
            await observer.observe(ctx, ALL)  # type: ignore[attr-defined]
    assert len(one.requests) <= 1


async def test_streams_that_hang_are_cut_off_with_the_gates_time() -> None:
    async with service(gap=60.0) as one:
        ctx = r.context(r.config(one.url), deadline=time.monotonic() + 3.5)
        part = await r.seen(WireObserver(), ctx, ALL)
    assert (part.streams, part.stopped) == ((), "deadline")
    assert judged("effective-buffering", part).status is Status.INCONCLUSIVE


async def test_loud_work_does_not_begin_without_time() -> None:
    async with service() as one:
        ctx = r.context(r.config(one.url), deadline=time.monotonic() + 3.0)
        held = await HeldObserver().observe(ctx, ALL)
        drained = await DrainObserver().observe(ctx, ALL)
    assert not isinstance(held, Unavailable)
    assert (held.stages, held.stopped) == ((), "deadline")
    assert drained == Unavailable(Reason("no-time", {"step": "drain"}))
    assert one.requests == []


async def test_an_idle_time_cut_short_by_the_gates_time_is_said() -> None:
    async with service() as one:
        ctx = r.context(r.config(one.url), deadline=time.monotonic() + 8.0)
        part = await r.seen(IdleObserver(), ctx, Settings(keepalive_idle=75.0))
    assert part.connection.waited < 8.0
    result = judged("keep-alive", part)
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "waited-too-short")


def test_every_request_and_wait_is_planned_and_drills_come_last() -> None:
    scope = Scope(r.config("http://127.0.0.1:1", "http://127.0.0.1:2"), r.Path())
    works = [w for o in WIRE for w in o.plan(scope, ALL)]
    assert {w.observer for w in works} == {
        "wire", "heads", "idle", "resume", "held", "limit", "reload", "drain",
    }  # fmt: skip
    assert all(w.requests > 0 and w.endpoint for w in works)
    lanes = [o.lane for o in WIRE]
    assert lanes == [Lane.QUIET] * 4 + [Lane.LOUD] * 4
    assert [o.part.__name__ for o in WIRE[-2:]] == ["Reload", "Drain"]


def test_what_is_not_declared_is_not_planned() -> None:
    scope = Scope(r.config("http://127.0.0.1:1"), r.Path())
    planned = {w.observer for o in WIRE for w in o.plan(scope, Settings())}
    assert planned == {"wire", "heads", "idle", "held"}
    measured = [c.spec for c in GATE.checks if c.spec.needs is EvidenceLevel.MEASURED]
    optional = {s.name for s in measured if not s.required}
    assert optional == {"resume", "connection-limit", "reload", "drain"}
