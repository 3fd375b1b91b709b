"""Connections are used again, and a server that closes one in between is no failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from load_doubles import RULES, Peer, answering, once, plain, serving, stream, times

from golive.probe.load import Arrival, LoadPlan, Request, RequestOutcome, Schedule, run_here


def test_one_connection_serves_many_requests() -> None:
    with serving(answering(plain())) as url:
        records = times(url, 5)
    assert [r.connection_reused for r in records] == [False, True, True, True, True]
    assert [r.connected is None for r in records] == [False, True, True, True, True]
    assert all(r.ok for r in records)


def test_a_stream_leaves_its_connection_for_the_next() -> None:
    with serving(answering(stream("a"))) as url:
        plan = LoadPlan(
            (Request("GET", url, rules=RULES),), Schedule(Arrival.CLOSED, 4, concurrency=1)
        )
        records = run_here(plan).records
    assert all(r.ok for r in records)
    assert any(r.connection_reused for r in records)


def test_without_keep_alive_each_request_has_its_own_and_says_so() -> None:
    heads: list[bytes] = []

    def script(peer: Peer) -> None:
        while head := peer.request():
            heads.append(head)
            peer.send(plain())

    with serving(script) as url:
        records = times(url, 3, keep_alive=False)
    assert [r.connection_reused for r in records] == [False] * 3
    assert all(b"Connection: close\r\n" in head for head in heads)


def test_a_connection_closed_between_requests_is_replaced() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())  # and hangs up although it did not say so

    with serving(script) as url:
        records = times(url, 6)
    assert all(r.ok for r in records)
    assert not any(r.connection_reused for r in records)


def test_no_second_try_once_the_answer_has_begun() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(plain())
        peer.request()
        peer.send(b"HTTP/1.1 20")

    with serving(script) as url:
        records = times(url, 2)
    assert (records[1].outcome, records[1].retried) == (RequestOutcome.MALFORMED, False)


def test_no_second_try_on_a_fresh_connection() -> None:
    connections: list[int] = []

    def script(peer: Peer) -> None:
        connections.append(peer.number)
        peer.request()

    with serving(script) as url:
        record = once(url)
    assert (record.outcome, record.retried) == (RequestOutcome.RESET, False)
    assert len(connections) == 1


def test_a_body_up_to_the_end_of_the_connection_is_whole_and_not_reused() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nall")

    with serving(script) as url:
        records = times(url, 3)
    assert all(r.ok and r.bytes == 3 and not r.connection_reused for r in records)


def test_nonsense_on_an_idle_connection_ends_it() -> None:
    with serving(answering(plain() + b"surplus")) as url:
        records = times(url, 3)
    assert all(r.ok for r in records)
    assert not any(r.connection_reused for r in records)


def test_every_request_has_its_own_id_and_its_own_length() -> None:
    seen: list[bytes] = []

    def script(peer: Peer) -> None:
        while request := peer.request():
            seen.append(request)
            peer.send(plain(request.split(b"\r\n\r\n")[1]))

    with serving(script) as url:
        request = Request(
            "POST",
            url + "/{unique}?q={unique}",
            headers=(("X-Id", "<{unique}>"),),
            json={"name": "과제 {unique}", "n": 1},
            known_answer='{"name":"과제 {unique}","n":1}',
        )
        plan = LoadPlan(
            (request,), Schedule(Arrival.CLOSED, 12, concurrency=1), unique_prefix="run-7"
        )
        records = run_here(plan).records
    assert [r.matches for r in records] == [True] * 12
    assert b"POST /x/run-7-11?q=run-7-11 HTTP/1.1\r\n" in seen[11]
    assert b"X-Id: <run-7-11>\r\n" in seen[11]


def test_what_the_caller_gives_replaces_the_default_headers() -> None:
    with serving(lambda peer: peer.send(plain(peer.request()))) as url:
        record = once(url, headers=(("user-agent", "golive/1 (run 5)"), ("ACCEPT", "text/x")))
        assert record.ok
    request = b""

    def script(peer: Peer) -> None:
        nonlocal request
        request = peer.request()
        peer.send(plain())

    with serving(script) as url:
        once(url, headers=(("user-agent", "golive/1 (run 5)"), ("ACCEPT", "text/x")))
    head = request.lower()
    assert head.count(b"user-agent:") == head.count(b"accept:") == 1
    assert b"accept-encoding: identity\r\n" in head


def test_tls_is_kept_alive_too(certificate: Path, server_tls: Callable[..., object]) -> None:
    context = server_tls(certificate)
    with serving(answering(plain()), tls=context) as url:  # type: ignore[arg-type]
        records = times(url, 3, ca_file=str(certificate))
    assert [(r.ok, r.connection_reused) for r in records] == [
        (True, False),
        (True, True),
        (True, True),
    ]
