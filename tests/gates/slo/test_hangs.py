"""Requests that hang belong to the sample: quick answers must not take their place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from golive.api import Comparator, Objective, Observer, RunContext, Status
from golive_gates.slo import GATE
from golive_gates.slo.observers.readiness import ReadinessObserver
from golive_gates.slo.observers.streams import StreamsObserver
from golive_gates.slo.observers.traffic import TrafficObserver
from golive_gates.slo.parts import Readiness, Streams, StreamSample, Traffic
from golive_gates.slo.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio

LOOSE = (
    replace(p.READINESS, objective=Objective(Comparator.GE, 0.9)),
    replace(p.ERROR_RATE, objective=Objective(Comparator.LT, 0.1)),
    p.AVAILABILITY,
    replace(p.FIRST_EVENT, objective=Objective(Comparator.GE, 0.8), threshold=0.6),
)
# At 400 a second the whole series is sent long before the first hung request times out.
FAST = Settings(
    readiness_rate=400.0,
    readiness_timeout=1.5,
    traffic_rate=400.0,
    request_timeout=1.5,
    stream_rate=200.0,
    completion_objective=0.8,
)
STREAM = d.sse(
    b'event: content\ndata: {"delta": "hello world"}\n\n', b"event: done\ndata: {}\n\n"
)  # fmt: skip


def each(number: int, reply: d.Answer, otherwise: d.Answer | None = None) -> d.Handler:
    """Every *number*-th request gets *reply*."""
    state = {"count": 0}

    def handler(_: d.Got) -> d.Answer:
        state["count"] += 1
        odd = state["count"] % number == 0
        return reply if odd else otherwise or d.answer(200, [])

    return handler


async def observed(
    observer: Observer[Settings, object],
    handler: d.Handler,
    settings: Settings = FAST,
    seconds: float | None = None,
    **changes: object,
) -> tuple[object, RunContext, d.TargetDouble]:
    async with d.target(handler) as double:
        settled = d.config(double.url, slos=LOOSE, target_changes=changes)
        ctx = d.context(settled, seconds=seconds)
        part = await observer.observe(ctx, settings)
        planned = sum(w.requests for w in observer.plan(ctx.scope, settings))
    assert ctx.budget.sent <= planned
    return part, ctx, double


def lines(ctx: RunContext, name: str) -> list[dict[str, object]]:
    kept: dict[str, bytes] = ctx.evidence.kept  # type: ignore[attr-defined]
    return [json.loads(line) for line in kept[name].splitlines()]


def status(check_id: str, *parts: object) -> tuple[Status, str]:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    result = check.evaluate(p.observed(p.Definitions(LOOSE, (p.REF,)), *parts), FAST)
    return result.status, result.reason.code


async def test_traffic_waits_for_every_hung_request() -> None:
    part, ctx, double = await observed(TrafficObserver(), each(10, d.hang))
    assert isinstance(part, Traffic)
    assert status("slo.error-rate", part)[0] is not Status.PASS
    # Exactly the plan was sent, and each request of it is accounted for.
    assert part.done == len(double.requests) == part.planned
    assert part.failures == part.planned // 10
    kept = lines(ctx, "traffic.jsonl")
    assert sum(str(k["failure"]).startswith("total-timeout") for k in kept) == part.failures


async def test_readiness_waits_for_every_hung_probe() -> None:
    part, ctx, double = await observed(ReadinessObserver(), each(10, d.hang))
    assert isinstance(part, Readiness)
    (series,) = part.series
    assert status("slo.readiness", replace(part, lag=p.Lag()))[0] is not Status.PASS
    assert series.done == len(double.requests) == series.planned
    assert series.failures == series.planned // 10
    assert len(lines(ctx, "readiness.jsonl")) == series.planned


async def test_streams_wait_for_every_hung_stream() -> None:
    api = replace(d.GENERATE, timeout=1.5)
    part, _, double = await observed(
        StreamsObserver(), each(20, d.hang, STREAM), generate_api=api
    )  # fmt: skip
    assert isinstance(part, Streams)
    assert len(part.samples) == len(double.requests) == part.planned
    assert sum(s.failure != "" for s in part.samples) == part.planned // 20
    assert part.cut_off == 0


async def test_refusal_needs_no_waiting_but_tells_what_it_cut_off() -> None:
    part, ctx, _ = await observed(
        TrafficObserver(), each(2, d.hang, d.answer(500, {})), replace(FAST, request_timeout=60.0)
    )
    assert isinstance(part, Traffic)
    assert status("slo.error-rate", part) == (Status.FAIL, "refuted")
    assert part.cut_off > 0
    assert part.done + part.cut_off == ctx.budget.sent
    kept = lines(ctx, "traffic.jsonl")
    assert len(kept) == ctx.budget.sent
    # An answer that came together with the one that ended the series was too late to count.
    early = [k for k in kept if k.get("counted", True)]
    cancelled = [k for k in early if str(k["failure"]).startswith("cancelled")]
    assert cancelled
    assert len(early) - len(cancelled) == part.done


@pytest.mark.parametrize(
    ("observer", "check_id", "file"),
    [
        (TrafficObserver(), "slo.error-rate", "traffic.jsonl"),
        (ReadinessObserver(), "slo.readiness", "readiness.jsonl"),
    ],
)
async def test_a_slot_cut_off_by_the_deadline_leaves_the_plan_open(
    observer: Observer[Settings, object], check_id: str, file: str
) -> None:
    patient = replace(FAST, request_timeout=60.0, readiness_timeout=60.0)
    part, ctx, _ = await observed(observer, each(8, d.hang), patient, seconds=4.0)
    assert isinstance(part, Traffic | Readiness)
    seen = part if isinstance(part, Traffic) else part.series[0]
    judged = part if isinstance(part, Traffic) else replace(part, lag=p.Lag())
    assert status(check_id, judged) == (Status.INCONCLUSIVE, "stopped")
    assert seen.stopped == "deadline"
    # A machine that stands still for a moment cuts off more.
    assert seen.cut_off >= seen.planned // 8
    assert seen.done + seen.cut_off == seen.planned
    kept = lines(ctx, file)
    assert sum(str(k["failure"]).startswith("cancelled") for k in kept) == seen.cut_off


async def test_streams_that_were_cut_off_keep_their_place_in_the_error_rate() -> None:
    healthy = StreamSample(200, first_content=0.1, terminal=0.2, matches=True)
    cut = Streams(20, (healthy,) * 12, 2.0, cut_off=8, known_answer=True, stopped="deadline")
    async with d.target(lambda _: d.answer(200, [])) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE), observed=p.observed(cut))
        part = await TrafficObserver().observe(ctx, FAST)
    assert isinstance(part, Traffic)
    assert part.done + 12 + 8 == part.planned
    assert status("slo.error-rate", part, cut) == (Status.INCONCLUSIVE, "stopped")


async def test_a_spare_is_sent_only_after_a_slot_came_back_excluded() -> None:
    state = {"limited": 0}

    def handler(_: d.Got) -> d.Answer:
        state["limited"] += 1
        return d.answer(429 if state["limited"] <= 3 else 200, {}, Retry_After="0")

    for observer in (TrafficObserver(), ReadinessObserver()):
        state["limited"] = 0
        part, _, double = await observed(observer, handler)
        assert isinstance(part, Traffic | Readiness)
        seen = part if isinstance(part, Traffic) else part.series[0]
        assert (seen.limited, seen.done) == (3, seen.planned)
        assert len(double.requests) == seen.planned + 3


@pytest.mark.parametrize(
    ("reply", "stopped", "code"),
    [
        (d.answer(429, {}, Retry_After="0"), "limited", "rate-limited"),
        (d.answer(404, {}), "client-errors", "client-errors"),
    ],
)
async def test_a_spare_that_is_used_up_is_why_the_plan_stays_open(
    reply: d.Answer, stopped: str, code: str
) -> None:
    state = {"count": 0, "spare": 0}

    def handler(_: d.Got) -> d.Answer:
        # As many as may be sent again, and one more among those: the plan falls one short.
        state["count"] += 1
        return reply if 10 < state["count"] <= 10 + state["spare"] + 1 else d.answer(200, [])

    async with d.target(handler) as double:
        ctx = d.context(d.config(double.url, slos=LOOSE))
        (work,) = TrafficObserver().plan(ctx.scope, FAST)
        assert work.samples is not None
        state["spare"] = work.requests - work.samples
        part = await TrafficObserver().observe(ctx, FAST)
    assert isinstance(part, Traffic)
    assert (part.stopped, part.done < part.planned) == (stopped, True)
    assert status("slo.error-rate", part) == (Status.INCONCLUSIVE, code)


@pytest.mark.parametrize("make", [TrafficObserver, ReadinessObserver], ids=["traffic", "readiness"])
async def test_a_429_is_waited_for(
    make: Callable[[], Observer[Settings, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def quick(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("golive_gates.slo.observers.series.pause", quick)
    state = {"first": True}

    def handler(_: d.Got) -> d.Answer:
        first, state["first"] = state["first"], False
        return d.answer(429 if first else 200, {}, Retry_After="30")

    await observed(make(), handler)
    (wait,) = waits
    assert 20 < wait <= 30


async def test_a_429_that_asks_for_too_long_a_wait_ends_the_series() -> None:
    part, _, _ = await observed(ReadinessObserver(), each(5, d.answer(429, {}, Retry_After="9999")))
    assert isinstance(part, Readiness)
    assert part.series[0].stopped == "limited"
    assert status("slo.readiness", replace(part, lag=p.Lag()))[0] is Status.INCONCLUSIVE
