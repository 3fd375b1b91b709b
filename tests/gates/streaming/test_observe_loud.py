"""Observers of many streams and of drills, against services on loopback."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Reason, Status, Unavailable
from golive.config.model import Auth, CanaryStage, RateLimit
from golive_gates.streaming.observers import together
from golive_gates.streaming.observers.drain import DrainObserver
from golive_gates.streaming.observers.held import HeldObserver, stages_of
from golive_gates.streaming.observers.limit import LimitObserver
from golive_gates.streaming.observers.reload import ReloadObserver
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p
from tests.gates.streaming import run as r
from tests.gates.streaming.service import service
from tests.gates.streaming.wording import judged

pytestmark = pytest.mark.anyio

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE

# Few streams prove little; that is what the judges' own tests are about.
FEW = Settings(held=(4, 8), held_objective=0.7, slowest=5.0)


async def test_streams_are_held_together() -> None:
    async with service(gap=0.04) as one:
        ctx = r.context(r.config(one.url), p.observed(p.wire(p.seen(ended=1.2), direct=False)))
        part = await r.seen(HeldObserver(), ctx, FEW)
    assert [s.count for s in part.stages] == [4, 8]
    assert one.most == 8
    assert all(s.whole and s.matches for stage in part.stages for s in stage.streams)
    assert judged("held-streams", part, settings=FEW).status is PASS
    assert judged("content-intact", part, p.wire(), settings=FEW).status is PASS
    assert len({str(g.json["projectId"]) for g in one.streams}) == 12


async def test_starved_streams_are_seen() -> None:
    async with service(gap=0.005, starved=4) as one:
        part = await r.seen(HeldObserver(), r.context(r.config(one.url)), FEW)
    assert {s.outcome for stage in part.stages for s in stage.streams} == {"ok"}
    assert judged("fairness", part, settings=FEW).status is FAIL


async def test_content_that_is_mixed_under_concurrency_is_seen() -> None:
    async with service(gap=0.04, mixes=True) as one:
        part = await r.seen(HeldObserver(), r.context(r.config(one.url)), FEW)
    assert judged("content-intact", part, p.wire(), settings=FEW).status is FAIL
    assert judged("held-streams", part, settings=FEW).status is PASS


async def test_a_limit_met_by_golive_ends_the_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    async with service(limited_first=1) as one:
        part = await r.seen(HeldObserver(), r.context(r.config(one.url)), FEW)
    assert (len(part.stages), part.stopped) == (1, "limited")
    result = judged("held-streams", part, settings=FEW)
    assert (result.status, result.reason.code) == (OPEN, "rate-limited")


LIMIT = RateLimit(10, 5.0, ("/api/",))


async def test_stages_beyond_the_declared_limit_are_not_sent() -> None:
    ctx = r.context(r.config("http://127.0.0.1:1", limit=LIMIT))
    big = Settings(held=(10,))
    assert await HeldObserver().observe(ctx, big) == Unavailable(
        Reason("no-room", {"count": 10, "room": 9})
    )
    assert ctx.budget.sent == 0


async def test_the_main_client_lets_the_limits_window_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(together, "pause", note)
    async with service(gap=0.02) as one:
        settled = r.config(one.url, limit=LIMIT)
        await r.seen(HeldObserver(), r.context(settled), FEW)
        assert waits == [5.0, 5.0]
        assert settled.target is not None
        more = replace(settled.target, clients={"load": Auth("env:LOAD_TOKEN")})
        rich = r.context(
            replace(settled, target=more),
            clients={"load": (("Authorization", "Bearer load"),)},
        )
        await r.seen(HeldObserver(), rich, FEW)
    assert waits == [5.0, 5.0]
    assert one.streams[-1].headers["authorization"] == "Bearer load"
    assert one.streams[0].headers["authorization"] == "Bearer made-up"


async def test_loud_work_is_refused_beyond_loopback() -> None:
    ctx = r.context(r.config("http://192.0.2.1:9"))
    told = Settings(connection_limit=3, reload_command=("true",), drain_command=("true",))
    for observer in (HeldObserver(), LimitObserver(), ReloadObserver(), DrainObserver()):
        found = await observer.observe(ctx, told)
        assert isinstance(found, Unavailable)
        assert found.reason.code == "core.not-authorised"
    assert ctx.budget.sent == 0


def test_stages_come_from_the_canary_and_suffice_for_a_verdict() -> None:
    def stages(settings: Settings, *limits: int | None) -> tuple[int, ...]:
        canary = tuple(CanaryStage("c", 0.1, "1h", limit) for limit in limits)
        settled = r.config("http://127.0.0.1:1", canary=canary)
        return stages_of(r.context(settled).scope, settings)

    assert stages(Settings()) == (10, 50)
    assert stages(Settings(), 40, 20, None) == (20, 40)
    assert stages(Settings(), 10) == (10,) * 6
    assert stages(Settings(held=(30,)), 10) == (30, 30)


OVER = Settings(connection_limit=4, over_limit=3, idle_body=r.SILENT, idle_for=1.0)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ({"limit": 4}, (PASS, "refused")),
        ({"limit": 4, "retry_after": False}, (WARN, "refused-bare")),
        ({}, (FAIL, "not-enforced")),
        ({"limit": 5}, (FAIL, "not-enforced")),
        ({"limit": 1}, (FAIL, "too-strict")),
        ({"limit": 4, "refusal": 429}, (OPEN, "may-be-rate-limit")),
    ],
)
async def test_over_the_limit(behaviour: dict[str, object], expected: tuple[Status, str]) -> None:
    async with service(silence=2.0, **behaviour) as one:
        part = await r.seen(LimitObserver(), r.context(r.config(one.url)), OVER)
    result = judged("connection-limit", part, settings=OVER)
    assert (result.status, result.reason.code) == expected


async def test_no_declared_limit_sends_nothing() -> None:
    ctx = r.context(r.config("http://127.0.0.1:1"))
    assert await LimitObserver().observe(ctx, FEW) == Unavailable(Reason("not-declared"))


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ({"limit": 4, "refusal": 429}, (PASS, "refused")),
        ({"limited": frozenset(range(2, 99))}, (OPEN, "may-be-rate-limit")),
    ],
    ids=["streams", "requests"],
)
async def test_a_429_is_told_from_the_rate_limits(
    behaviour: dict[str, object], expected: tuple[Status, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_wait(_: float) -> None:
        return

    monkeypatch.setattr(together, "pause", no_wait)
    async with service(silence=2.0, **behaviour) as one:
        settled = r.config(one.url, limit=RateLimit(100, 60.0, ("/api/",)))
        part = await r.seen(LimitObserver(), r.context(settled), OVER)
    assert part.afterwards == (200 if expected[0] is PASS else 429)
    result = judged("connection-limit", part, settings=OVER)
    assert (result.status, result.reason.code) == expected
