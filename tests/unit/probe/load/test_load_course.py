"""The course of a run: schedule, warm-up, limits, deadline, live following."""

from __future__ import annotations

import math
import os
import threading

import pytest
from load_doubles import RULES, STREAM_HEAD, Peer, answering, chunk, plain, serving, stream, token

from golive.probe.load import (
    Arrival,
    LoadPlan,
    LoadProgress,
    Request,
    RequestOutcome,
    Schedule,
    Shard,
    run_here,
)
from golive.probe.sse import Comment, Event, Record

OPEN = Schedule(Arrival.CONSTANT, 20, rate=400)


def test_every_request_of_an_open_loop_has_its_record_in_order() -> None:
    with serving(answering(plain())) as url:
        result = run_here(LoadPlan((Request("GET", url),), OPEN))
    assert [r.index for r in result.records] == list(range(20))
    assert [r.scheduled for r in result.records] == pytest.approx([i / 400 for i in range(20)])
    assert result.complete
    assert result.instrument.slip_max >= result.instrument.slip_p50 >= 0
    assert result.instrument.cpu_seconds > 0


def test_the_warm_up_is_sent_and_never_judged() -> None:
    with serving(answering(plain())) as url:
        result = run_here(LoadPlan((Request("GET", url),), OPEN, warmup=5))
    assert [r.index for r in result.judged] == list(range(5, 20))
    assert len(result.records) == 20


def test_requests_are_taken_in_turn() -> None:
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url), Request("GET", url), Request("HEAD", url)), OPEN)
        result = run_here(plan)
    assert [r.request for r in result.records[:7]] == [0, 1, 2, 0, 1, 2, 0]


def test_a_closed_loop_never_exceeds_its_users() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def script(peer: Peer) -> None:
        nonlocal now, most
        while peer.request():
            with lock:
                now += 1
                most = max(most, now)
            peer.over.wait(0.002)
            with lock:
                now -= 1
            peer.send(plain())

    with serving(script) as url:
        plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CLOSED, 40, concurrency=3))
        result = run_here(plan)
    assert len(result.records) == 40
    assert 1 <= most <= 3
    assert result.instrument.slip_max == 0.0


def test_beyond_the_limit_requests_wait_and_their_slip_says_so() -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            peer.over.wait(0.01)
            peer.send(plain())

    with serving(script) as url:
        plan = LoadPlan(
            (Request("GET", url),), Schedule(Arrival.CONSTANT, 10, rate=10_000), max_in_flight=1
        )
        result = run_here(plan)
    assert result.instrument.held_back >= 8
    assert result.records[9].slip > 0.05
    assert all(r.ok for r in result.records)


def test_the_deadline_cuts_off_and_nothing_is_forgotten() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.over.wait()

    with serving(script) as url:
        plan = LoadPlan(
            (Request("GET", url),), Schedule(Arrival.CONSTANT, 10, rate=20), deadline=0.22
        )
        result = run_here(plan)
    outcomes = [r.outcome for r in result.records]
    assert outcomes[:3] == [RequestOutcome.UNFINISHED] * 3
    assert outcomes[-3:] == [RequestOutcome.UNSENT] * 3
    assert set(outcomes) == {RequestOutcome.UNFINISHED, RequestOutcome.UNSENT}
    assert "deadline" in result.aborted
    assert not result.complete
    assert result.records[-1].slip == math.inf
    assert all(math.isinf(r.latency) for r in result.records)
    assert result.goodput() == 0.0


def test_a_closed_loop_has_a_deadline_too() -> None:
    with serving(lambda peer: peer.over.wait() and None) as url:
        plan = LoadPlan(
            (Request("GET", url),), Schedule(Arrival.CLOSED, 5, concurrency=2), deadline=0.1
        )
        result = run_here(plan)
    assert [r.outcome for r in result.records] == [RequestOutcome.UNFINISHED] * 2 + [
        RequestOutcome.UNSENT
    ] * 3


def test_the_control_ends_a_run_with_its_reason() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x")
    try:
        with serving(lambda peer: peer.over.wait() and None) as url:
            plan = LoadPlan((Request("GET", url),), Schedule(Arrival.CONSTANT, 5, rate=1000))
            result = run_here(plan, control=(reader, lambda: os.read(reader, 9) and "health"))
    finally:
        os.close(reader)
        os.close(writer)
    assert result.aborted == "health"
    assert len(result.records) == 5


def test_a_silence_inside_a_stream_is_a_stall() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM_HEAD + chunk(token("a")))
        peer.over.wait(0.12)
        peer.send(chunk(token("b")), chunk("event: done\ndata: {}\n\n"), b"0\r\n\r\n")

    with serving(script) as url:
        plan = LoadPlan(
            (Request("GET", url, rules=RULES),),
            Schedule(Arrival.CONSTANT, 1, rate=1),
            stall_after=0.05,
        )
        result = run_here(plan)
    (record,) = result.records
    assert (record.outcome, record.stalls) == (RequestOutcome.OK, 1)
    assert record.max_gap is not None
    assert record.max_gap > 0.05
    assert result.gap_sketch.count == 1
    assert result.goodput(gap=0.05) == 0.0
    assert result.goodput(gap=60) > 0


def test_records_of_streams_and_heads_can_be_followed_live() -> None:
    records: list[tuple[int, Record]] = []
    heads: list[tuple[int, int, str]] = []
    body = ": hi\n\n" + token("a") + "event: done\ndata: {}\n\n"
    response = STREAM_HEAD + chunk(body) + b"0\r\n\r\n"
    with serving(answering(response)) as url:
        plan = LoadPlan((Request("GET", url, rules=RULES),), Schedule(Arrival.CONSTANT, 1, rate=1))
        result = run_here(
            plan,
            on_stream=lambda index, _, record: records.append((index, record)),
            on_head=lambda index, _, head: heads.append((index, head.status, head.content_type)),
        )
    assert records == [
        (0, Comment(" hi")),
        (0, Event("token", '{"text":"a"}', "")),
        (0, Event("done", "{}", "")),
    ]
    assert heads == [(0, 200, "text/event-stream")]
    assert result.records[0].ok


def test_progress_ends_with_the_whole_run() -> None:
    seen: list[LoadProgress] = []
    with serving(answering(stream("a"))) as url:
        plan = LoadPlan((Request("GET", url, rules=RULES),), OPEN)
        run_here(plan, seen.append)
    last = seen[-1]
    assert (last.done, last.failed, last.in_flight, last.sent) == (20, 0, 0, 20)
    assert last.events == 40
    assert last.first_content_p95 is not None


def test_shards_share_the_requests_and_their_times() -> None:
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url),), OPEN, warmup=3)
        parts = [run_here(plan, shard=Shard(i, 3)) for i in range(3)]
    indices = sorted(r.index for part in parts for r in part.records)
    assert indices == list(range(20))
    assert [part.planned for part in parts] == [7, 7, 6]
    assert sum(r.warmup for part in parts for r in part.records) == 3
    assert parts[1].records[1].scheduled == pytest.approx(4 / 400)


def test_a_closed_loop_needs_a_user_for_each_shard() -> None:
    plan = LoadPlan(
        (Request("GET", "http://127.0.0.1:9/"),), Schedule(Arrival.CLOSED, 9, concurrency=1)
    )
    with pytest.raises(ValueError, match="users"):
        run_here(plan, shard=Shard(1, 2))


def test_sources_are_bound_in_turn() -> None:
    peers: set[str] = set()

    def script(peer: Peer) -> None:
        peers.add(peer.sock.getpeername()[0])
        peer.request()
        peer.send(plain())

    with serving(script) as url:
        sources = ("127.0.0.2", "127.0.0.3")
        plan = LoadPlan((Request("GET", url),), OPEN, keep_alive=False, source_addresses=sources)
        result = run_here(plan)
    assert all(r.ok for r in result.records)
    assert peers == set(sources)


def test_a_source_that_is_not_ours_is_local_trouble() -> None:
    with serving(answering(plain())) as url:
        plan = LoadPlan((Request("GET", url),), OPEN, source_addresses=("192.0.2.1",))
        result = run_here(plan)
    assert {r.outcome for r in result.records} == {RequestOutcome.LOCAL}


def test_a_crowd_whose_reads_are_gathered_loses_nothing() -> None:
    everyone = threading.Barrier(300)

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM_HEAD)
        everyone.wait(30)
        for number in range(5):
            peer.send(chunk(token(str(number))))
        peer.send(chunk("event: done\ndata: {}\n\n"), b"0\r\n\r\n")

    with serving(script) as url:
        request = Request("GET", url, rules=RULES, known_answer="01234")
        plan = LoadPlan((request,), Schedule(Arrival.CONSTANT, 300, rate=3000))
        result = run_here(plan)
    assert {r.outcome for r in result.records} == {RequestOutcome.OK}
    assert {r.content_events for r in result.records} == {5}
    for record in result.records:
        assert record.first_content is not None
        assert record.last_content is not None
        assert record.last_content == pytest.approx(record.first_content + sum(record.gaps))
