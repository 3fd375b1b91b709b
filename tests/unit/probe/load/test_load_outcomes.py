"""Every way in which a target can disappoint is an outcome, never an exception."""

from __future__ import annotations

import math

import pytest
from load_doubles import (
    RULES,
    STREAM_HEAD,
    Peer,
    answering,
    chunk,
    closing,
    once,
    plain,
    serving,
    stream,
    token,
)

from golive.probe.load import RequestOutcome as R
from golive.probe.trace import OPENAI_CHAT, StreamRules


def test_a_whole_stream_is_ok_and_every_clock_is_in_order() -> None:
    with serving(answering(stream("a", "b", "c"))) as url:
        record = once(url, RULES, known_answer="abc", method="POST", json={"n": 1})
    assert record.outcome is R.OK
    assert (record.status, record.events, record.content_events, record.matches) == (
        200,
        4,
        3,
        True,
    )
    clocks = [
        record.started,
        record.connected,
        record.sent,
        record.headers,
        record.first_byte,
        record.first_event,
        record.first_content,
        record.last_content,
        record.terminal,
        record.ended,
    ]
    seen = [clock for clock in clocks if clock is not None]
    assert len(seen) == len(clocks)
    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert record.latency == record.ended
    assert record.first_content_latency == record.first_content
    assert record.gap_count == len(record.gaps) == 2


@pytest.mark.parametrize(
    ("response", "outcome", "said"),
    [
        (plain(b'{"why":"x"}', "503 Service Unavailable"), R.STATUS, '503, beginning: {"why":"x"}'),
        (plain(b"", "302 Found", "Location: /login\r\n"), R.STATUS, "HTTP 302 to /login"),
        (plain(b"<html>", headers="Content-Type: text/html\r\n"), R.NOT_A_STREAM, "text/html"),
        (plain(b"x"), R.NOT_A_STREAM, "no content type"),
        (
            plain(
                b"\x1f\x8b", headers="Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n"
            ),
            R.MALFORMED,
            "gzip-encoded",
        ),
        (STREAM_HEAD + chunk(token("a")) + b"0\r\n\r\n", R.TRUNCATED, "without the terminal event"),
        (STREAM_HEAD + chunk(token("a")), R.TRUNCATED, "the connection ended"),
        (
            STREAM_HEAD + chunk("event: done\ndata: {}\n\n") + b"0\r\n\r\n",
            R.WRONG_CONTENT,
            "without any",
        ),
        (STREAM_HEAD + chunk("event: error\ndata: boom\n\n"), R.STREAM_ERROR, "boom"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", R.MALFORMED, "no HTTP/1 status line"),
        (b"\x00\xff\x1b[2J nonsense", R.MALFORMED, "no HTTP/1 status line"),
        (b"HTTP/1.1 200", R.MALFORMED, "inside the head"),
        (b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", R.MALFORMED, "no header"),
        (STREAM_HEAD + b"zz\r\n", R.MALFORMED, "no chunk size"),
        (b"", R.RESET, "closed without an answer"),
    ],
)
def test_what_is_no_good_stream_is_named(response: bytes, outcome: R, said: str) -> None:
    with serving(closing(response)) as url:
        record = once(url, RULES)
    assert record.outcome is outcome
    assert said in record.detail
    assert math.isinf(record.latency)
    assert math.isinf(record.first_content_latency)
    assert record.ended is not None


def test_wrong_content_keeps_its_clocks_but_is_infinite_in_a_percentile() -> None:
    with serving(answering(stream("a", "x"))) as url:
        record = once(url, RULES, known_answer="ab")
    assert (record.outcome, record.matches) == (R.WRONG_CONTENT, False)
    assert record.first_content is not None
    assert record.first_content_latency == math.inf


def test_a_missing_tail_of_the_known_answer_is_noticed() -> None:
    with serving(answering(stream("a", "b"))) as url:
        assert once(url, RULES, known_answer="abc").outcome is R.WRONG_CONTENT


def test_a_plain_body_is_compared_whole() -> None:
    with serving(answering(plain(b"pong"))) as url:
        assert once(url, known_answer="pong").matches is True
        record = once(url, known_answer="pin")
    assert (record.outcome, record.matches) == (R.WRONG_CONTENT, False)


def test_a_plain_body_cut_off_is_truncated() -> None:
    with serving(closing(plain(b"0123456789")[:-3])) as url:
        record = once(url)
    assert (record.outcome, record.bytes) == (R.TRUNCATED, 7)


def test_nobody_listens(free_port: int) -> None:
    record = once(f"http://127.0.0.1:{free_port}/")
    assert (record.outcome, record.sent) == (R.REFUSED, None)
    assert record.started is not None


def test_a_name_that_does_not_exist() -> None:
    record = once("http://no-such-host.invalid/")
    assert record.outcome is R.CONNECT
    assert "no-such-host.invalid" in record.detail


def test_the_next_address_is_tried(free_port: int) -> None:
    del free_port
    with serving(answering(plain())) as url:
        # Where the name also stands for ::1, nobody listens there.
        assert once(url.replace("127.0.0.1", "localhost")).ok


def test_a_given_address_is_connected_to_and_the_host_stays_named() -> None:
    heads: list[bytes] = []

    def script(peer: Peer) -> None:
        heads.append(peer.request())
        peer.send(plain())

    with serving(script) as url:
        port = url.rsplit(":", 1)[1]
        assert once(f"http://shop.invalid:{port}", address="127.0.0.1").ok
    assert f"Host: shop.invalid:{port.split('/')[0]}\r\n".encode() in heads[0]


def test_reset_in_the_middle() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with serving(script) as url:
        assert once(url).outcome is R.RESET


def test_an_openai_stream_with_an_error_under_status_200() -> None:
    body = 'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: {"error":{"message":"no"}}\n\n'
    with serving(closing(STREAM_HEAD + chunk(body))) as url:
        record = once(url, OPENAI_CHAT)
    assert (record.outcome, record.content_events, record.shared_events) == (R.STREAM_ERROR, 1, 2)


def test_without_a_terminal_event_the_clean_end_of_the_body_is_the_end() -> None:
    rules = StreamRules(terminal_event="")
    with serving(closing(STREAM_HEAD + chunk("data: a\n\n") + b"0\r\n\r\n")) as url:
        assert once(url, rules).ok
    with serving(closing(STREAM_HEAD + chunk("data: a\n\n"))) as url:
        assert once(url, rules).outcome is R.TRUNCATED


def test_retry_after_and_interim_answers() -> None:
    response = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + plain(
        b"", "429 Too Many Requests", "Retry-After: 7\r\n"
    )
    with serving(answering(response)) as url:
        record = once(url)
    assert (record.outcome, record.status, record.retry_after) == (R.STATUS, 429, "7")


def test_head_has_no_body() -> None:
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")) as url:
        assert once(url, method="HEAD").ok
