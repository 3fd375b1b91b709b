"""Streams against a target double: every way in which a stream can go wrong."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from golive.api import Comparator, Objective, Observation, Status, Unavailable
from golive.codec import decode, encode
from golive_gates.slo import GATE
from golive_gates.slo.observers.streams import StreamsObserver
from golive_gates.slo.parts import Contract, Operation, Streams
from golive_gates.slo.settings import Settings
from tests.gates.slo import doubles as d
from tests.gates.slo import parts as p

pytestmark = pytest.mark.anyio

FAST = Settings(stream_rate=200.0, completion_objective=0.8)
FIRST = replace(p.FIRST_EVENT, objective=Objective(Comparator.GE, 0.8), threshold=0.6)
SLOS = (p.READINESS, p.ERROR_RATE, p.AVAILABILITY, FIRST)


def content(text: str) -> bytes:
    return f"event: content\ndata: {json.dumps({'delta': text})}\n\n".encode()


STATUS = b"event: status\ndata: {}\n\n"
DONE = b"event: done\ndata: {}\n\n"
WHOLE = (STATUS, content("hello "), content("world"), DONE)


async def streams_of(
    reply: d.Answer, *, seconds: float | None = None, **changes: object
) -> tuple[Streams, d.TargetDouble]:
    return await streams_from(lambda _: reply, seconds=seconds, **changes)


async def streams_from(
    handler: d.Handler, *, seconds: float | None = None, **changes: object
) -> tuple[Streams, d.TargetDouble]:
    api = replace(d.GENERATE, **{"timeout": 1.5, **changes})  # type: ignore[arg-type]
    async with d.target(handler) as double:
        settled = d.config(double.url, slos=SLOS, target_changes={"generate_api": api})
        ctx = d.context(settled, seconds=seconds)
        part = await StreamsObserver().observe(ctx, FAST)
        (work,) = StreamsObserver().plan(ctx.scope, FAST)
    assert isinstance(part, Streams)
    assert ctx.budget.sent <= work.requests
    assert decode(Streams, encode(part)) == part
    lines = ctx.evidence.kept["streams.jsonl"].splitlines()  # type: ignore[attr-defined]
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert len(lines) >= len(part.samples)
    # How busy this machine is while testing is not what these tests are about.
    return replace(part, lag=p.Lag()), double


def status(check_id: str, part: Streams) -> tuple[Status, str]:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    result = check.evaluate(p.observed(p.Definitions(SLOS, (p.REF,)), part), FAST)
    return result.status, result.reason.code


async def test_healthy_streams() -> None:
    part, double = await streams_of(d.sse(*WHOLE))
    assert status("slo.sse-complete", part) == (Status.PASS, "proven")
    assert status("slo.sse-first-event", part)[0] is Status.PASS
    assert all(s.matches for s in part.samples)
    assert double.requests[0].headers["authorization"] == "Bearer made-up"
    assert len({str(g.json["projectId"]) for g in double.requests}) == len(double.requests)


def late(*events: bytes, after: float) -> d.Answer:
    """The status at once, the rest later."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        )
        writer.write(b": hi\nretry: 1000\n" + STATUS)
        await writer.drain()
        await asyncio.sleep(after)
        for event in events:
            writer.write(event)
        await writer.drain()
        writer.close()

    return write


async def test_an_early_preamble_does_not_count_as_content() -> None:
    part, _ = await streams_of(late(*WHOLE[1:], after=0.9))
    assert status("slo.sse-first-event", part) == (Status.FAIL, "refuted-preamble")
    assert status("slo.sse-complete", part)[0] is Status.PASS


async def buffered(writer: asyncio.StreamWriter) -> None:
    """A proxy double that holds everything back until the end."""
    await asyncio.sleep(0.9)
    body = b"".join((STATUS, *(content("x") for _ in range(20)), DONE))
    head = (
        f"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    writer.close()


async def test_a_buffering_proxy_is_named() -> None:
    part, _ = await streams_of(buffered, known_answer="x" * 20)
    assert status("slo.sse-first-event", part) == (Status.FAIL, "refuted-buffered")
    assert status("slo.sse-complete", part)[0] is Status.PASS


PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INCONCLUSIVE


@pytest.mark.parametrize(
    ("reply", "first", "complete"),
    [
        pytest.param(d.sse(*WHOLE[:-1]), (PASS, "proven"), (FAIL, "truncated"), id="truncated"),
        pytest.param(d.sse(STATUS, content("hello"), DONE), (PASS, "proven"),
                     (FAIL, "wrong-content"), id="wrong-content"),
        pytest.param(d.sse(STATUS, DONE), (FAIL, "refuted-failures"), (OPEN, "never-began"),
                     id="empty"),
        pytest.param(d.hang, (FAIL, "refuted-failures"), (OPEN, "never-began"), id="hanging"),
        pytest.param(d.sse(STATUS, end=False), (FAIL, "refuted-failures"), (OPEN, "never-began"),
                     id="silent"),
        pytest.param(d.answer(200, b"<html>sorry</html>", "text/html"), (FAIL, "refuted-failures"),
                     (OPEN, "never-began"), id="html"),
        pytest.param(d.answer(200, {"text": "hello world"}), (FAIL, "refuted-failures"),
                     (OPEN, "never-began"), id="json"),
        pytest.param(d.answer(500, {}), (FAIL, "refuted-failures"), (OPEN, "never-began"),
                     id="500"),
        pytest.param(d.answer(302, {}, Location="/generate"), (FAIL, "refuted-failures"),
                     (OPEN, "never-began"), id="redirect"),
        pytest.param(d.answer(422, {}), (OPEN, "refused-request"), (OPEN, "refused-request"),
                     id="422"),
        pytest.param(d.answer(401, {}), (OPEN, "unauthorised"), (OPEN, "unauthorised"), id="401"),
        pytest.param(d.answer(429, {}, Retry_After="0"), (OPEN, "rate-limited"),
                     (OPEN, "rate-limited"), id="429"),
    ],
)  # fmt: skip
async def test_trouble(
    reply: d.Answer, first: tuple[Status, str], complete: tuple[Status, str]
) -> None:
    part, _ = await streams_of(reply)
    first_status = status("slo.sse-first-event", part)
    # Whether a quick stream has a suspect preamble is a question of microseconds.
    assert (first_status[0], first_status[1].replace("proven-preamble", "proven")) == first
    assert status("slo.sse-complete", part) == complete


async def test_an_endless_stream_ends_with_its_time_out() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n")
        while True:
            writer.write(content("x"))
            await writer.drain()
            await asyncio.sleep(0.01)

    part, _ = await streams_of(endless)
    assert status("slo.sse-complete", part) == (Status.FAIL, "truncated")
    assert {s.failure for s in part.samples} == {"total-timeout"}


async def test_refusals_end_the_sampling_early() -> None:
    part, double = await streams_of(d.answer(422, {}))
    assert part.stopped == "client-errors"
    assert len(part.samples) == 5
    assert len(double.requests) < part.planned


async def test_one_429_is_repeated_and_left_out() -> None:
    state = {"limited": False}

    def handler(_: d.Got) -> d.Answer:
        if not state["limited"]:
            state["limited"] = True
            return d.answer(429, {}, Retry_After="0")
        return d.sse(*WHOLE)

    part, _ = await streams_from(handler)
    assert part.limited == 1
    assert status("slo.sse-complete", part) == (Status.PASS, "proven")
    assert all(s.status == 200 for s in part.samples)


async def test_repeats_after_429_leave_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"seen": 0, "spacing": 0, "most": 0, "times": 0}
    sleep = asyncio.sleep

    async def quick(seconds: float) -> None:
        if seconds != 1 / FAST.stream_rate:
            return
        state["spacing"] += 1
        state["times"] += 1
        state["most"] = max(state["most"], state["spacing"])
        await sleep(0.01)
        state["spacing"] -= 1

    monkeypatch.setattr("golive_gates.slo.observers.streams.pause", quick)

    def handler(_: d.Got) -> d.Answer:
        state["seen"] += 1
        return d.answer(429, {}, Retry_After="3") if state["seen"] <= 3 else d.sse(*WHOLE)

    part, _ = await streams_from(handler)
    assert part.limited == 3
    assert (state["times"], state["most"]) == (3, 1)


async def test_a_target_that_is_down_is_no_evidence() -> None:
    async with d.target(lambda _: d.answer()) as double:
        gone = double.url
    ctx = d.context(d.config(gone, slos=SLOS))
    part = await StreamsObserver().observe(ctx, FAST)
    assert isinstance(part, Streams)
    assert status("slo.sse-first-event", part) == (Status.INCONCLUSIVE, "unreachable")
    assert status("slo.sse-complete", part) == (Status.INCONCLUSIVE, "unreachable")


async def test_streams_stop_at_the_deadline() -> None:
    part, _ = await streams_of(d.hang, seconds=2.3)
    assert part.stopped == "deadline"
    assert status("slo.sse-first-event", part)[0] is Status.INCONCLUSIVE


async def test_without_a_known_answer_the_content_is_not_verified() -> None:
    part, _ = await streams_of(d.sse(*WHOLE), known_answer=None)
    assert status("slo.sse-complete", part) == (Status.WARN, "unverified-content")


async def test_a_body_that_the_document_refuses_is_not_sent() -> None:
    drifted = Operation("api", "POST", "/generate", drifts=(p.contract_drift(),))
    seen = Observation({"Contract": Contract((drifted,))})
    ctx = d.context(d.config("http://127.0.0.1:1"), observed=seen)
    part = await StreamsObserver().observe(ctx, FAST)
    assert isinstance(part, Unavailable)
    assert (part.reason.code, part.blocked_by) == ("blocked-contract", "slo.contract")
    assert ctx.budget.sent == 0
