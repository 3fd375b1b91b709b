"""A request goes out twice only if the server cannot have read it; what it dropped is a failure."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from load_doubles import Peer, Script, plain, serving, times

from golive.probe.load import (
    Arrival,
    LoadPlan,
    Request,
    RequestOutcome,
    RequestRecord,
    Schedule,
    run_here,
    stale,
)

OK, RESET = RequestOutcome.OK, RequestOutcome.RESET


@contextlib.contextmanager
def counting(script: Script) -> Iterator[tuple[str, list[bytes]]]:
    """Serves *script*; with every request that it has read."""
    seen: list[bytes] = []

    def counted(peer: Peer) -> None:
        read = peer.request

        def request() -> bytes:
            data = read()
            if data:
                seen.append(data)
            return data

        peer.request = request  # type: ignore[method-assign]
        script(peer)

    with serving(counted) as url:
        yield url, seen


def in_turn(url: str, method: str, count: int) -> list[RequestRecord]:
    plan = LoadPlan(
        (Request(method, url, json={"id": "{unique}"} if method != "GET" else None),),
        Schedule(Arrival.CLOSED, count, concurrency=1),
    )
    return list(run_here(plan).records)


@pytest.mark.parametrize("wait", [0.0, 0.2])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_was_read_and_dropped_is_a_failure_and_not_sent_again(
    method: str, wait: float
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())
        peer.request()
        peer.over.wait(wait)

    with counting(script) as (url, seen):
        records = in_turn(url, method, 6)
    assert [r.outcome for r in records] == [OK, RESET] * 3
    assert not any(r.retried for r in records)
    assert "without an answer" in records[1].detail
    assert len(seen) == 6


def never_reads_the_second(wait: float = 0.0) -> Script:
    """Closes with the next request in its buffer, unread: the kernel answers with a reset."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())
        if peer.sock.recv(1, socket.MSG_PEEK):
            peer.over.wait(wait)

    return script


def test_what_the_server_closed_upon_unread_is_sent_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stale, "AT_LEAST_S", 60.0)
    with counting(never_reads_the_second()) as (url, seen):
        records = in_turn(url, "GET", 4)
    assert [r.outcome for r in records] == [OK] * 4
    assert [r.retried for r in records] == [False, True, True, True]
    assert len(seen) == 4


@pytest.mark.parametrize("method", ["POST", "PATCH", "BREW"])
def test_what_may_not_be_done_twice_is_never_sent_twice(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale, "AT_LEAST_S", 60.0)
    with counting(never_reads_the_second()) as (url, seen):
        records = in_turn(url, method, 4)
    assert [r.outcome for r in records] == [OK, RESET] * 2
    assert not any(r.retried for r in records)
    assert len(seen) == 2


def test_a_reset_that_comes_late_is_a_failure() -> None:
    with counting(never_reads_the_second(0.2)) as (url, seen):
        records = in_turn(url, "GET", 2)
    assert [r.outcome for r in records] == [OK, RESET]
    assert not any(r.retried for r in records)
    assert len(seen) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_found_closed_is_replaced_before_anything_is_sent(
    method: str, *, reset: bool
) -> None:
    """The close is there before the next request is due, and the loop had no turn to see it."""
    closed = threading.Semaphore(0)

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())
        if reset:
            peer.reset()
        else:
            peer.sock.close()
        closed.release()

    with counting(script) as (url, seen):
        plan = LoadPlan((Request(method, url),), Schedule(Arrival.CLOSED, 5, concurrency=1))
        records = run_here(plan, on_head=lambda *_: closed.acquire(timeout=30) and None).records
    assert [r.outcome for r in records] == [OK] * 5
    assert not any(r.retried or r.connection_reused for r in records)
    assert len(seen) == 5


def test_a_request_that_the_kernel_does_not_take_goes_over_a_fresh_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The close comes between looking and writing: nothing has left, whatever the method."""
    closed = threading.Semaphore(0)

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())
        peer.reset()
        closed.release()

    monkeypatch.setattr(stale, "look_at", lambda _: lambda _: [])
    with counting(script) as (url, seen):
        plan = LoadPlan((Request("POST", url),), Schedule(Arrival.CLOSED, 5, concurrency=1))
        records = run_here(plan, on_head=lambda *_: closed.acquire(timeout=30) and None).records
    assert [r.outcome for r in records] == [OK] * 5
    assert not any(r.retried or r.connection_reused for r in records)
    assert len(seen) == 5


def test_a_server_that_closes_for_ever_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stale, "AT_LEAST_S", 60.0)

    def script(peer: Peer) -> None:
        if peer.number == 0:
            never_reads_the_second()(peer)
        else:
            peer.request()

    with counting(script) as (url, seen):
        records = times(url, 2)
    assert (records[1].outcome, records[1].retried) == (RESET, True)
    assert len(seen) == 2
