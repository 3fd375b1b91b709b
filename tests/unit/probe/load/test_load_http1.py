"""The parser of responses: cut anywhere, bounded, strict where leniency would be dangerous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probe.load.http1 import (
    MalformedResponseError,
    ResponseParser,
    ResponseTooLargeError,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SAMPLES = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello", True),
    "empty": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b"", True),
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", True),
    "chunked": (CHUNKED + b"5\r\nhello\r\n1;ext=1\r\n \r\nA \r\n0123456789\r\n0\r\n\r\n",
                b"hello 0123456789", True),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", b"a", True),
    "bare-lf": (b"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n", b"hi", True),
    "interim": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                b"x", True),
    "until-close": (b"HTTP/1.1 200 OK\r\n\r\nall of it", b"all of it", False),
    "old": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x", False),
    "old-kept": (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx",
                 b"x", True),
    "close": (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\nx",
              b"x", False),
    "both-framings": (CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n")
                      + b"1\r\nx\r\n0\r\n\r\n", b"x", False),
    "folded": (b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 1, 1\r\n\r\nx", b"x", True),
    "line-ends-inside": (CHUNKED + b"8\r\na\r\n\r\nb\r\n\r\n0\r\n\r\n",
                         b"a\r\n\r\nb\r\n", True),
}  # fmt: skip


def parse(parts: list[bytes]) -> tuple[bytes, bool, bool]:
    parser = ResponseParser()
    body = b"".join(parser.feed(part) for part in parts)
    reusable = parser.reusable
    complete = parser.eof()
    assert not parser.reusable
    return body, complete, reusable


@pytest.mark.parametrize("name", SAMPLES)
def test_where_a_response_is_cut_changes_nothing(name: str) -> None:
    raw, body, reusable = SAMPLES[name]
    assert parse([raw]) == (body, True, reusable)
    assert parse([raw[i : i + 1] for i in range(len(raw))]) == (body, True, reusable)
    for cut in range(1, len(raw)):
        assert parse([raw[:cut], raw[cut:]]) == (body, True, reusable)


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=8),
    st.lists(st.integers(1, 30), min_size=1, max_size=200),
)
def test_chunks_cut_by_any_reads_give_their_bytes(chunks: list[bytes], sizes: list[int]) -> None:
    raw = CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"
    parts, position = [], 0
    for size in [*sizes, len(raw)]:
        parts.append(raw[position : position + size])
        position += size
    assert parse(parts) == (b"".join(chunks), True, True)


@pytest.mark.parametrize("name", [n for n in SAMPLES if n != "until-close"])
def test_cut_short_it_is_never_complete(name: str) -> None:
    raw, _, _ = SAMPLES[name]
    for end in range(len(raw)):
        assert not parse([raw[:end]])[1]


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: \u0663\r\n\r\n".encode(),
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 11,
        CHUNKED + b"0x5\r\nhello\r\n",
        CHUNKED + b"+5\r\nhello\r\n",
        CHUNKED + b"1_0\r\n",
        CHUNKED + b"-1\r\n",
        CHUNKED + b"\r\n",
        CHUNKED + b"3\r\nhello\r\n",
        b"GET / HTTP/1.1\r\n",
        b"ICY 200 OK",
    ],
)
def test_what_is_malformed_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedResponseError):
        parse([raw])


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"a" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"a" * 1000),
        (CHUNKED, b"0" * 1000),
        (CHUNKED + b"1;", b"x" * 1000),
        (CHUNKED + b"0\r\n", b"X: 1\r\n" * 100),
        (CHUNKED + b"0\r\nX: ", b"a" * 1000),
    ],
)
def test_what_never_ends_is_given_up(begin: bytes, more: bytes) -> None:
    parser = ResponseParser()
    parser.feed(begin)

    def feed_for_ever() -> None:
        for _ in range(1000):
            parser.feed(more)

    with pytest.raises(ResponseTooLargeError):
        feed_for_ever()


def test_huge_sizes_are_refused() -> None:
    for raw in (CHUNKED + b"f" * 17 + b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9" + b"9" * 20):
        with pytest.raises(ResponseTooLargeError):
            parse([raw + b"\r\n\r\n"])


def test_bytes_after_the_end_make_the_connection_unfit() -> None:
    body, complete, reusable = parse([SAMPLES["length"][0] + b"HTTP/1.1 200 OK"])
    assert (body, complete, reusable) == (b"hello", True, False)


def test_a_head_says_what_follows_from_it() -> None:
    parser = ResponseParser()
    parser.feed(
        b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n"
        b"Content-Encoding: identity\r\nRetry-After: 3\r\nX-A: 1\r\nX-A: 2\r\n\r\n"
    )
    head = parser.head
    assert head is not None
    assert (head.content_type, head.encoding, head.retry_after) == ("text/event-stream", "", "3")
    assert head.header("x-a") == "1"


def test_a_second_coding_counts_as_an_encoding() -> None:
    parser = ResponseParser()
    parser.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
    assert parser.head is not None
    assert parser.head.encoding == "gzip"
