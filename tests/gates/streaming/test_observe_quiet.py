"""Observers of one stream at a time, against services that behave well and badly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Reason, Status, Unavailable
from golive.config.model import RateLimit
from golive_gates.streaming.observers import asking
from golive_gates.streaming.observers.heads import HeadsObserver
from golive_gates.streaming.observers.idle import IdleObserver
from golive_gates.streaming.observers.resume import ResumeObserver
from golive_gates.streaming.observers.wire import WireObserver
from golive_gates.streaming.parts import ANSWERED, CLOSED, DIRECT, FRONT, RESET
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import run as r
from tests.gates.streaming.service import ANSWER, service
from tests.gates.streaming.wording import judged

pytestmark = pytest.mark.anyio

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE
FAST = Settings(wire_streams=2, stream_rate=100.0, alone=0.3)


async def test_streams_are_read_event_by_event_on_both_ways() -> None:
    async with service(gap=0.03) as one:
        ctx = r.context(r.config(one.url, one.url))
        part = await r.seen(WireObserver(), ctx, FAST)
    assert [s.route for s in part.streams] == [FRONT, DIRECT] * 2
    assert all(s.content_events == 30 and s.matches for s in part.streams)
    assert all(len(s.moments) > 10 for s in part.streams)
    assert len({str(g.json["projectId"]) for g in one.streams}) == 4
    assert judged("effective-buffering", part, settings=FAST).status is PASS


async def test_a_service_that_gathers_its_events_is_named() -> None:
    async with service(together=30) as one:
        part = await r.seen(WireObserver(), r.context(r.config(one.url, one.url)), FAST)
    assert all(s.alone == 0 for s in part.streams)
    result = judged("effective-buffering", replace(part, loop_lag_p99=0.0), settings=FAST)
    assert (result.status, result.reason.code) == (FAIL, "service-gathers")


async def test_a_429_is_waited_for_and_not_charged() -> None:
    async with service(limited_first=2) as one:
        part = await r.seen(WireObserver(), r.context(r.config(one.url)), FAST)
    assert [s.status for s in part.streams] == [200, 200]
    assert len(one.streams) == 4


async def test_a_target_that_keeps_limiting_is_left_alone() -> None:
    async with service(limited_first=99) as one:
        part = await r.seen(WireObserver(), r.context(r.config(one.url)), FAST)
    assert len(one.streams) == asking.PATIENCE + 1
    result = judged("effective-buffering", part, settings=FAST)
    assert (result.status, result.reason.code) == (OPEN, "rate-limited")


async def test_quiet_streams_keep_below_the_declared_limit() -> None:
    limit = RateLimit(20, 10.0, ("/api/",))
    ctx = r.context(r.config("http://127.0.0.1:1", limit=limit))
    ask = asking.asked(ctx.scope)
    assert not isinstance(ask, Unavailable)
    assert ask.rate(Settings(stream_rate=50.0)) == pytest.approx(0.9 * 2.0)


async def test_an_unreachable_target_is_no_verdict() -> None:
    part = await r.seen(WireObserver(), r.context(r.config("http://127.0.0.1:1")), FAST)
    result = judged("effective-buffering", part, settings=FAST)
    assert (result.status, result.reason.code) == (OPEN, "unreachable")


async def test_without_a_route_there_is_nothing_to_look_at() -> None:
    settled = r.config("http://127.0.0.1:1")
    assert settled.target is not None
    bare = replace(settled, target=replace(settled.target, generate_api=None))
    ctx = r.context(bare)
    for observer in (WireObserver(), HeadsObserver(), IdleObserver(), ResumeObserver()):
        assert observer.plan(ctx.scope, FAST) == ()
        assert await observer.observe(ctx, FAST) == Unavailable(Reason("no-generate-api"))


async def test_heads_of_a_good_service() -> None:
    async with service() as one:
        part = await r.seen(HeadsObserver(), r.context(r.config(one.url, one.url)), FAST)
    offered = [g.headers["accept-encoding"] for g in one.streams]
    assert offered == ["identity"] * 2 + ["gzip, br, deflate, zstd"] * 2
    assert part.plain[0].reused is True
    for name in ("compression", "headers", "http-version"):
        assert judged(name, part).status is PASS, name


async def test_a_stream_that_ends_with_its_connection_is_seen() -> None:
    async with service(chunked=False) as one:
        part = await r.seen(HeadsObserver(), r.context(r.config(one.url)), FAST)
    result = judged("http-version", part)
    assert (result.status, result.reason.code) == (FAIL, "unframed")


async def test_secrets_of_a_head_are_not_kept() -> None:
    headers = {"Content-Type": "text/event-stream", "Set-Cookie": "session=made-up"}
    async with service(headers=headers) as one:
        ctx = r.context(r.config(one.url))
        part = await r.seen(HeadsObserver(), ctx, FAST)
    assert "made-up" not in str(part)
    assert b"made-up" not in b"".join(ctx.evidence.kept.values())  # type: ignore[attr-defined]
    found = {f.reason.code for f in judged("headers", part).findings}
    assert found == {"no-cache-control"}


SHORT = Settings(
    idle_body=r.SILENT, idle_for=0.5, idle_limit=0.9, keepalive_idle=0.4, keepalive_least=0.1
)


async def test_silence_with_heartbeats() -> None:
    async with service(silence=0.6, heartbeat=0.1) as one:
        part = await r.seen(IdleObserver(), r.context(r.config(one.url)), SHORT)
    assert part.stream is not None
    assert part.stream.heartbeats == 5
    assert part.connection.outcome == ANSWERED
    assert part.connection.waited >= 0.38
    assert judged("keep-alive", part, settings=SHORT).status is PASS
    assert judged("idle-stream", part, settings=SHORT).status is PASS


async def test_silence_without_heartbeats() -> None:
    async with service(silence=0.6, heartbeat=9.0) as one:
        part = await r.seen(IdleObserver(), r.context(r.config(one.url)), SHORT)
    result = judged("heartbeat", part, settings=SHORT)
    assert (result.status, result.reason.code) == (FAIL, "none")


async def test_a_stream_that_is_cut_for_its_silence() -> None:
    calm = replace(SHORT, idle_limit=60.0)
    async with service(silence=1.2, heartbeat=0.2, cut_silence=True) as one:
        part = await r.seen(IdleObserver(), r.context(r.config(one.url)), calm)
    result = judged("idle-stream", part, settings=calm)
    assert (result.status, result.reason.code) == (FAIL, "cut")
    assert judged("heartbeat", part, settings=calm).blocked_by == "streaming.idle-stream"


NOTICE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("behaviour", "outcome", "expected"),
    [
        ({"keep_alive": 0.2}, CLOSED, (FAIL, "closed")),
        ({"keep_alive": 0.2, "keep_alive_header": True}, CLOSED, (FAIL, "closed")),
        ({"keep_alive": 1.1, "keep_alive_header": True}, CLOSED, (WARN, "closed-said")),
        ({"keep_alive": 1.1, "parting": NOTICE}, CLOSED, (WARN, "closed-said")),
        ({"keep_alive": 0.2, "parting": NOTICE}, CLOSED, (FAIL, "closed-soon")),
        ({"keep_alive": 1.1, "parting": b"bye"}, CLOSED, (FAIL, "closed")),
        ({"keep_alive": 1.1, "parting": b"HTTP/1.1 500 No\r\n\r\n"}, CLOSED, (FAIL, "closed")),
        ({"keep_alive": 0.2, "reset_idle": True}, RESET, (FAIL, "reset")),
    ],
    ids=[
        "silently",
        "before-the-time-said",
        "as-said",
        "408",
        "408-at-once",
        "some-bytes",
        "500",
        "reset",
    ],
)
async def test_connections_that_are_not_kept(
    behaviour: dict[str, object], outcome: str, expected: tuple[Status, str]
) -> None:
    settings = Settings(keepalive_idle=3.0, keepalive_least=1.0)
    async with service(**behaviour) as one:
        part = await r.seen(IdleObserver(), r.context(r.config(one.url)), settings)
    assert part.stream is None
    assert part.connection.outcome == outcome
    if expected[1] == "closed" and part.connection.announced:
        part = replace(part, connection=replace(part.connection, announced=60.0))
    result = judged("keep-alive", part, settings=settings)
    assert (result.status, result.reason.code) == expected


GOES_ON = Settings(resume="continue")


@pytest.mark.parametrize(
    ("behaviour", "settings", "expected"),
    [
        ({}, GOES_ON, (PASS, "continued")),
        ({"resumes": "restart"}, GOES_ON, (FAIL, "began-anew")),
        ({"resumes": "restart"}, Settings(resume="restart"), (PASS, "restarted")),
        ({}, Settings(resume="restart"), (FAIL, "not-restarted")),
        ({"ids": False}, GOES_ON, (FAIL, "no-ids")),
        ({"status": 500}, GOES_ON, (OPEN, "no-stream")),
        ({"limited_first": 1}, GOES_ON, (PASS, "continued")),
        ({"limited": frozenset({1, 2, 3, 5, 6, 7})}, GOES_ON, (OPEN, "rate-limited")),
    ],
)
async def test_resume(
    behaviour: dict[str, object], settings: Settings, expected: tuple[Status, str]
) -> None:
    async with service(**behaviour) as one:
        part = await r.seen(ResumeObserver(), r.context(r.config(one.url)), settings)
    result = judged("resume", part, settings=settings)
    assert (result.status, result.reason.code) == expected


async def test_the_last_id_goes_with_the_repeated_body() -> None:
    async with service() as one:
        part = await r.seen(ResumeObserver(), r.context(r.config(one.url)), GOES_ON)
    first, second = one.streams
    assert first.json == second.json
    assert second.headers["last-event-id"] == part.last_id == part.first_ids[-1]


async def test_nothing_declared_is_nothing_sent() -> None:
    ctx = r.context(r.config("http://127.0.0.1:1"))
    assert await ResumeObserver().observe(ctx, FAST) == Unavailable(Reason("not-declared"))
    assert ctx.budget.sent == 0


async def test_a_long_answer_is_compared_as_a_whole() -> None:
    padding = 20_000
    known = "".join(word + "." * padding for word in ANSWER)
    async with service(padding=padding) as one:
        settled = r.config(one.url, api=replace(r.API, known_answer=known))
        part = await r.seen(ResumeObserver(), r.context(settled), GOES_ON)
    result = judged("resume", part, settings=GOES_ON)
    assert (result.status, result.reason.code) == (PASS, "continued")
