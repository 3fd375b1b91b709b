"""Servers without end or shame: every one is bounded in memory and in time."""

from __future__ import annotations

import itertools

import pytest
from load_doubles import RULES, STREAM_HEAD, Peer, once, serving

from golive.probe.load import RequestOutcome
from golive.probe.trace import StreamRules

FAST = {"timeout": 0.3}


def endless(begin: bytes, more: bytes) -> object:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(begin)
        for _ in itertools.count():
            peer.send(more)

    return script


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n" * 100),
        (STREAM_HEAD, b"0" * 1000),
        (STREAM_HEAD, b"400\r\n" + b"data: " + b"x" * 1018 + b"\r\n"),
        (STREAM_HEAD, b"400\r\n" + b"x" * 1024 + b"\r\n"),
        (STREAM_HEAD + b"0\r\n", b"X: 1\r\n" * 100),
    ],
)
def test_what_never_ends_is_too_large(begin: bytes, more: bytes) -> None:
    with serving(endless(begin, more)) as url:  # type: ignore[arg-type]
        record = once(url, RULES)
    assert record.outcome is RequestOutcome.TOO_LARGE
    assert record.bytes < 4 << 20


def test_a_stream_of_small_events_without_end_is_too_large() -> None:
    event = b'event: token\ndata: {"text":"x"}\n\n'
    script = endless(STREAM_HEAD, b"%x\r\n%s\r\n" % (len(event), event))
    with serving(script) as url:  # type: ignore[arg-type]
        record = once(url, StreamRules(content_events=("token",), max_bytes=50_000))
    assert record.outcome is RequestOutcome.TOO_LARGE
    assert record.content_events > 500


def test_a_gigantic_plain_body_is_too_large() -> None:
    with serving(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536)) as url:  # type: ignore[arg-type]
        record = once(url, max_body=1 << 20)
    assert record.outcome is RequestOutcome.TOO_LARGE
    assert record.bytes <= (1 << 20) + 65536


def test_a_refusal_with_a_body_without_end_stays_a_refusal() -> None:
    with serving(endless(b"HTTP/1.1 500 Oh\r\n\r\n", b"x" * 4096)) as url:  # type: ignore[arg-type]
        record = once(url)
    assert (record.outcome, record.status) == (RequestOutcome.STATUS, 500)
    assert len(record.detail) <= 300


def test_another_type_without_end_is_left_at_once() -> None:
    begin = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    with serving(endless(begin, b"<p>" * 1000)) as url:  # type: ignore[arg-type]
        record = once(url, RULES)
    assert record.outcome is RequestOutcome.NOT_A_STREAM
    assert "<p>" in record.detail


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\n", STREAM_HEAD, STREAM_HEAD + b"5\r\n"]
)
def test_silence_ends_in_time(begin: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(begin)
        peer.over.wait()

    with serving(script) as url:
        record = once(url, RULES, **FAST)
    assert record.outcome is RequestOutcome.TIMEOUT
    assert "0.3 s" in record.detail


def test_a_drip_does_not_hold_the_time_out_back() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM_HEAD)
        while not peer.over.wait(0.01):
            peer.send(b"3\r\n: x\r\n")

    with serving(script) as url:
        record = once(url, RULES, **FAST)
    assert record.outcome is RequestOutcome.TIMEOUT


def test_the_silence_between_reads_has_its_own_limit() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM_HEAD)
        peer.over.wait()

    with serving(script) as url:
        record = once(url, RULES, idle_timeout=0.1)
    assert (record.outcome, record.detail) == (RequestOutcome.TIMEOUT, "silent for 0.1 s")


def test_a_server_that_does_not_close_after_the_end_is_not_waited_for() -> None:
    done = b'event: token\ndata: {"text":"x"}\n\nevent: done\ndata: {}\n\n'

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM_HEAD + b"%x\r\n%s\r\n" % (len(done), done))
        peer.over.wait()

    with serving(script) as url:
        record = once(url, RULES)
    assert record.outcome is RequestOutcome.OK
    assert record.ended == record.terminal


def test_a_large_request_that_the_server_refuses_unread() -> None:
    def script(peer: Peer) -> None:
        peer.sock.recv(1000)
        peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        peer.over.wait(0.2)

    with serving(script) as url:
        record = once(url, method="POST", body=b"x" * (8 << 20))
    assert (record.outcome, record.status) == (RequestOutcome.STATUS, 413)


def test_a_large_request_is_sent_whole() -> None:
    sizes: list[int] = []

    def script(peer: Peer) -> None:
        sizes.append(len(peer.request().split(b"\r\n\r\n", 1)[1]))
        peer.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serving(script) as url:
        assert once(url, method="POST", body=b"x" * (4 << 20)).ok
    assert sizes == [4 << 20]
