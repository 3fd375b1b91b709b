"""Timed streams: every clock, what counts as content, and servers that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import ssl
import tracemalloc
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from golive.probe.exchange import FailureKind
from golive.probe.http import HttpProbe
from golive.probe.stream import (
    ANTHROPIC_MESSAGES,
    OPENAI_CHAT,
    StreamEnd,
    StreamRules,
    StreamTrace,
    open_stream,
)
from golive.probe.trace import MAX_READS

Serve = Callable[..., Any]
RULES = StreamRules(content_events=("content",), content_field="text", timeout=20)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CLOSE = HEAD + b"\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
DONE = b"event: done\ndata: {}\n\n"


def content(text: str) -> bytes:
    return f"event: content\ndata: {json.dumps({'text': text})}\n\n".encode()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def run(main: Coroutine[Any, Any, None]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(60):  # a hang of ours fails the test
            await main

    asyncio.run(guarded())


def follow(serve: Serve, script: Any, rules: StreamRules = RULES, **options: Any) -> StreamTrace:
    traces: list[StreamTrace] = []
    tls = options.pop("tls", None)

    async def main() -> None:
        async with (
            serve(script, tls=tls) as server,
            HttpProbe(version="1", run_id="r", clock=server.clock, **options) as probe,
        ):
            traces.append(await open_stream(probe, server.url, rules, json={"q": 1}))
            assert "Accept: text/event-stream" in server.heads[0]
            assert "X-Golive-Run: r" in server.heads[0]
            assert server.bodies == [b'{"q": 1}']

    run(main())
    (trace,) = traces
    # What holds for every trace, however it ended.
    assert trace.complete <= trace.terminal_seen
    assert (trace.failure is None) == (trace.ended in (StreamEnd.TERMINAL, StreamEnd.EOF))
    assert trace.events == sum(count for _, count in trace.event_types)
    assert len(trace.reads) == min(trace.read_count, MAX_READS)
    if trace.read_count <= MAX_READS:
        assert trace.events == sum(read.events for read in trace.reads)
        assert trace.content_events == sum(read.content for read in trace.reads)
        assert trace.total_bytes == sum(read.size for read in trace.reads)
    if not trace.content_truncated:
        assert trace.content_sha256 == hashlib.sha256(trace.content.encode()).hexdigest()
    assert trace.failure is None or trace.first_content == math.inf
    return trace


def body(*pieces: bytes) -> bytes:
    return CLOSE + b"".join(pieces)


def failed(trace: StreamTrace, kind: FailureKind) -> str:
    assert trace.failure is not None
    assert trace.failure.kind is kind, trace.failure
    assert not trace.complete
    return trace.failure.detail


def test_every_clock_in_order(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CHUNKED)
        for piece in (
            b": hello\n\n",
            b'id: 1\nevent: status\ndata: {"s": 1}\n\n',
            content("한 "),
            b": ping\n\n" + content("글"),
            DONE,
        ):
            await peer.push(chunk(piece))
        await peer.send(b"0\r\n\r\n")

    trace = follow(serve, script)
    clocks = [
        trace.sent,
        trace.headers_at,
        trace.first_byte_at,
        trace.first_event_at,
        trace.first_content_at,
        trace.last_content_at,
        trace.terminal_at,
        trace.ended_at,
    ]
    assert None not in clocks
    assert clocks == sorted(clocks, key=float)  # type: ignore[arg-type]
    assert len(set(clocks)) == len(clocks)
    assert trace.first_comment_at == trace.first_byte_at
    assert trace.first_content == trace.first_content_at
    assert trace.first_event == trace.first_event_at
    assert trace.complete
    assert (trace.ended, trace.status, trace.closed_by_server) == (StreamEnd.TERMINAL, 200, True)
    assert (trace.content, trace.content_events, trace.events) == ("한 글", 2, 4)
    assert (trace.heartbeats, trace.last_event_id, trace.retry_preamble) == (2, "1", False)
    assert trace.event_types == (("status", 1), ("content", 2), ("done", 1))
    assert [read.events for read in trace.reads] == [0, 1, 1, 1, 1]
    assert trace.events_in_shared_reads == 0
    assert trace.content_type == "text/event-stream"
    assert trace.header("transfer-encoding") == "chunked"


def test_times_count_from_the_scheduled_moment(serve: Serve) -> None:
    async def main() -> None:
        script = body(content("a"), DONE)
        async with serve(script) as server, HttpProbe(version="1", run_id="r") as probe:
            due = probe.clock() - 3_000_000_000
            trace = await open_stream(probe, server.url, RULES, scheduled=due)
            assert trace.scheduled == due
            assert trace.sent >= 3
            assert trace.first_content > trace.sent

    run(main())


def test_a_preamble_is_not_content(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CLOSE + b"retry: 1000\n\n")
        await peer.push(b'event: status\ndata: {"text": "starting"}\n\n')
        await peer.push(content(""))
        await peer.push(content(" \n"))
        await peer.push(content("word"))
        await peer.send(DONE)

    trace = follow(serve, script)
    assert trace.retry_preamble
    assert trace.first_event_at is not None
    assert trace.first_content > trace.first_event_at
    assert trace.first_content == trace.reads[4].at  # neither the empty nor the blank delta
    assert trace.content == " \nword"
    assert trace.content_events == 2


def test_chunks_of_one_read_share_it(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CHUNKED)
        await peer.push(b"".join(chunk(content(c)) for c in "abcd"))
        await peer.push(chunk(content("e")))
        await peer.push(chunk(content("f") + DONE) + b"0\r\n\r\n")

    trace = follow(serve, script)
    assert [read.events for read in trace.reads] == [4, 1, 2]
    assert trace.events_in_shared_reads == 6
    assert trace.content_in_shared_reads == 4


def test_tls_records_of_one_read_share_it(
    serve: Serve, server_tls: Callable[[Path], ssl.SSLContext], certificate: Path
) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CHUNKED)
        for letter in "abc":  # three records, there before the client looks
            peer.writer.write(chunk(content(letter)))
        await peer.push(chunk(content("d")))
        await peer.push(chunk(content("e")))
        await peer.send(chunk(DONE) + b"0\r\n\r\n")

    trace = follow(serve, script, tls=server_tls(certificate), ca_file=certificate)
    assert trace.complete
    assert trace.content == "abcde"
    assert [read.content for read in trace.reads][:2] == [4, 1]
    assert trace.content_in_shared_reads == 4


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_line_ends_and_chunk_sizes_change_nothing(serve: Serve, line_end: bytes, size: int) -> None:
    stream = (b": hi\n\n" + content("a") + content("한") + DONE).replace(b"\n", line_end)
    pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
    trace = follow(serve, CHUNKED + b"".join(map(chunk, pieces)) + b"0\r\n\r\n")
    assert trace.complete
    assert (trace.content, trace.events, trace.heartbeats) == ("a한", 3, 1)
    assert trace.closed_by_server


def test_a_cr_ended_event_is_seen_at_once(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CLOSE)
        await peer.push(content("a").replace(b"\n", b"\r"))
        await peer.push(b": later\r")
        await peer.send(DONE.replace(b"\n", b"\r"))

    trace = follow(serve, script)
    assert trace.first_comment_at is not None
    assert trace.first_content < trace.first_comment_at


# Wire formats.


def test_openai_chat_stream(serve: Serve) -> None:
    def delta(**fields: object) -> bytes:
        return b"data: " + json.dumps({"choices": [{"delta": fields}]}).encode() + b"\n\n"

    stream = (
        delta(role="assistant", content=""),
        delta(content="Hel"),
        delta(content="lo"),
        delta(),
        b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\n',
        b"data: [DONE]\n\n",
    )
    trace = follow(serve, body(*stream), OPENAI_CHAT)
    assert trace.complete
    assert (trace.content, trace.content_events, trace.malformed) == ("Hello", 2, 0)
    broken = follow(
        serve, body(*stream[:2], b'data: {"error": {"message": "no"}}\n\n'), OPENAI_CHAT
    )
    assert "no" in failed(broken, FailureKind.STREAM_ERROR)
    assert broken.first_content_at is not None


def test_anthropic_messages_stream(serve: Serve) -> None:
    def named(event: str, **fields: object) -> bytes:
        return f"event: {event}\ndata: {json.dumps({'type': event, **fields})}\n\n".encode()

    stream = (
        named("message_start", message={}),
        named("content_block_start", index=0, content_block={"type": "text", "text": ""}),
        named("ping"),
        named("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hi"}),
        named("content_block_stop", index=0),
        named("message_delta", delta={"stop_reason": "end_turn"}),
        named("message_stop"),
    )
    trace = follow(serve, body(*stream), ANTHROPIC_MESSAGES)
    assert trace.complete
    assert (trace.content, trace.heartbeats) == ("Hi", 1)
    overloaded = named("error", error={"type": "overloaded_error"})
    broken = follow(serve, body(*stream[:4], overloaded), ANTHROPIC_MESSAGES)
    assert "overloaded_error" in failed(broken, FailureKind.STREAM_ERROR)


def test_whole_data_as_content(serve: Serve) -> None:
    trace = follow(serve, body(b"data: a\n\ndata\n\ndata: b\n\n", DONE), StreamRules())
    assert trace.complete
    assert (trace.content, trace.content_events) == ("ab", 2)


@pytest.mark.parametrize(
    "data", [b"nonsense", b"{", b"\xff", b"[" * 50_000, b'{"text": NaN}', b"1" * 9_000]
)
def test_malformed_json_is_counted_and_no_content(serve: Serve, data: bytes) -> None:
    trace = follow(serve, body(b"event: content\ndata: " + data + b"\n\n", DONE))
    assert (trace.malformed, trace.content_events, trace.first_content_at) == (1, 0, None)
    assert trace.terminal_seen
    assert not trace.complete
    assert trace.first_content == math.inf


@pytest.mark.parametrize("data", [b'{"text": 1}', b'{"text": null}', b"[]", b"3", b'{"x": "y"}'])
def test_json_without_the_content_is_no_content(serve: Serve, data: bytes) -> None:
    trace = follow(serve, body(b"event: content\ndata: " + data + b"\n\n", DONE))
    assert (trace.malformed, trace.content_events) == (0, 0)


def test_invalid_utf8_and_lone_surrogates_are_replaced(serve: Serve) -> None:
    data = b'event: content\ndata: {"text": "\xff\\ud800"}\n\n'
    trace = follow(serve, body(data, DONE))
    assert trace.content == "\ufffd?"
    assert trace.complete


# Ends.


def test_the_end_without_a_terminal_event(serve: Serve) -> None:
    trace = follow(serve, body(content("a"), b"event: content\ndata: cut"))
    assert (trace.ended, trace.terminal_seen, trace.complete) == (StreamEnd.EOF, False, False)
    assert trace.unfinished
    assert trace.closed_by_server
    empty = follow(serve, body())
    assert (empty.ended, empty.first_byte_at, empty.reads) == (StreamEnd.EOF, None, ())
    assert empty.first_content == empty.first_event == math.inf


def test_a_server_that_does_not_close_after_the_terminal_event(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.send(body(content("a"), DONE, content("late")))
        await peer.gone()

    trace = follow(serve, script, replace(RULES, drain=0.05))
    assert trace.complete
    assert not trace.closed_by_server
    assert trace.late_failure is None
    assert (trace.content, trace.events_after_terminal) == ("a", 1)


def test_trouble_after_the_terminal_event_is_noted_apart(serve: Serve) -> None:
    trace = follow(serve, CHUNKED + chunk(content("a") + DONE))
    assert trace.complete
    assert trace.late_failure is not None
    assert trace.late_failure.kind is FailureKind.PROTOCOL


def test_the_content_kept_is_capped_and_its_digest_is_not(serve: Serve) -> None:
    trace = follow(serve, body(content("abc"), content("def"), DONE), replace(RULES, max_content=4))
    assert (trace.content, trace.content_truncated) == ("abcd", True)
    assert trace.content_sha256 == hashlib.sha256(b"abcdef").hexdigest()


# Misbehaviour.


def test_hang_before_and_after_the_head(serve: Serve) -> None:
    async def silent(peer: Any) -> None:
        await peer.gone()

    async def silent_after_preamble(peer: Any) -> None:
        await peer.send(CLOSE + b": hi\n\n")
        await peer.gone()

    rules = replace(RULES, timeout=0.5)
    trace = follow(serve, silent, rules)
    assert "response head" in failed(trace, FailureKind.TOTAL_TIMEOUT)
    assert (trace.ended, trace.status) == (StreamEnd.TIMEOUT, None)
    trace = follow(serve, silent_after_preamble, rules)
    assert "reading the body" in failed(trace, FailureKind.TOTAL_TIMEOUT)
    assert trace.heartbeats == 1
    idle = follow(serve, silent_after_preamble, replace(RULES, idle_timeout=0.5))
    failed(idle, FailureKind.READ_TIMEOUT)


def test_heartbeats_for_ever(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CLOSE)
        while True:
            await peer.push(b": ping\n\n")

    trace = follow(serve, script, replace(RULES, timeout=0.5))
    failed(trace, FailureKind.TOTAL_TIMEOUT)
    assert trace.heartbeats > 0
    assert trace.first_content_at is None


def test_refused(free_port: int) -> None:
    async def main() -> None:
        async with HttpProbe(version="1", run_id="r") as probe:
            trace = await open_stream(probe, f"http://127.0.0.1:{free_port}/", RULES)
            failed(trace, FailureKind.REFUSED)
            trace = await open_stream(probe, "nowhere", RULES)
            failed(trace, FailureKind.LOCAL)

    run(main())


def test_reset_in_the_middle(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.push(CLOSE + content("a"))
        peer.reset()

    trace = follow(serve, script)
    failed(trace, FailureKind.RESET)
    assert trace.first_content_at is not None
    assert trace.ended is StreamEnd.FAILURE


def test_a_chunked_body_that_is_cut(serve: Serve) -> None:
    trace = follow(serve, CHUNKED + chunk(content("a")))
    failed(trace, FailureKind.PROTOCOL)


@pytest.mark.parametrize(
    ("piece", "limit"),
    [
        (b"data: " + b"a" * 65_530, "one event is larger than 262144 bytes"),
        (b"a" * 65_536, "one event is larger than 262144 bytes"),
        (b"data: abcdefghi\n" * 4_096, "one event is larger than 262144 bytes"),
        (b": ping\n" * 9_000, "stream larger than 524288 bytes"),
        (b"data: something\n\n" * 4_000, "stream larger than 524288 bytes"),
    ],
    ids=["one-line", "no-field", "many-lines", "comments", "events"],
)
def test_a_gigabyte(serve: Serve, piece: bytes, limit: str) -> None:
    sent: list[int] = []

    async def script(peer: Any) -> None:
        await peer.send(CLOSE)
        try:
            for _ in range((1 << 30) // len(piece)):
                await peer.send(piece)
        finally:
            sent.append(peer.server.sent)

    tracemalloc.start()
    trace = follow(serve, script, replace(RULES, max_bytes=512 << 10, max_event_bytes=256 << 10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert limit in failed(trace, FailureKind.TOO_LARGE)
    assert peak < 48 << 20
    assert sent
    assert sent[0] < 62 << 20


@pytest.mark.parametrize(
    ("head", "kind", "words"),
    [
        (b"200 OK\r\nContent-Type: text/html", FailureKind.PROTOCOL, "text/html instead of"),
        (b"200 OK\r\nContent-Type: application/json", FailureKind.PROTOCOL, "application/json"),
        (b"200 OK\r\nX: y", FailureKind.PROTOCOL, "no content type"),
        (b"502 Bad\r\nContent-Type: text/html", FailureKind.STATUS, "HTTP 502: <html>"),
        (b"429 No\r\nContent-Type: text/event-stream", FailureKind.STATUS, "HTTP 429"),
        (b"302 Found\r\nLocation: /path", FailureKind.REDIRECT, "HTTP 302 to /path"),
        (
            b"200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip",
            FailureKind.PROTOCOL,
            "gzip",
        ),
    ],
)
def test_no_event_stream(serve: Serve, head: bytes, kind: FailureKind, words: str) -> None:
    page = b"<html>\r\n\x1b[31m<h1>Bad Gateway</h1></html>" + b" " * 100_000
    trace = follow(serve, b"HTTP/1.1 " + head + b"\r\n\r\n" + page)
    detail = failed(trace, kind)
    assert words in detail
    assert "\x1b" not in detail
    assert len(detail) < 300
    assert trace.status == int(head[:3])
    assert trace.ended is StreamEnd.FAILURE
    assert trace.events == 0


def test_content_type_parameters_and_case_do_not_matter(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=EUC-KR\r\n\r\n"
    trace = follow(serve, head + content("한") + DONE)
    assert trace.complete
    assert trace.content == "한"


def test_an_error_page_that_never_ends_is_not_awaited(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        await peer.send(b"HTTP/1.1 500 No\r\n\r\n<h1>")
        await peer.gone()

    trace = follow(serve, script)
    assert "HTTP 500: <h1>" in failed(trace, FailureKind.STATUS)


def test_bad_tls(
    serve: Serve, server_tls: Callable[[Path], ssl.SSLContext], certificate: Path
) -> None:
    async def main() -> None:
        async with (
            serve(CLOSE, tls=server_tls(certificate)) as server,
            HttpProbe(version="1", run_id="r") as probe,
        ):
            failed(await open_stream(probe, server.url, RULES), FailureKind.TLS)

    run(main())


def test_the_budget_and_cancellation_go_through(serve: Serve) -> None:
    def spend() -> None:
        raise PermissionError

    async def main() -> None:
        asked = asyncio.Event()

        async def hang(peer: Any) -> None:
            asked.set()
            await peer.gone()

        async with serve(hang) as server:
            async with HttpProbe(version="1", run_id="r", budget=spend) as probe:
                with pytest.raises(PermissionError):
                    await open_stream(probe, server.url, RULES)
            async with HttpProbe(version="1", run_id="r") as probe:
                task = asyncio.create_task(open_stream(probe, server.url, RULES))
                await asked.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

    run(main())


def test_a_transport_handed_in_works_without_read_counts() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        head = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=head, content=content("a") + DONE)

    async def main() -> None:
        double = httpx.MockTransport(answer)
        async with HttpProbe(version="1", run_id="r", transport=double) as probe:
            trace = await open_stream(probe, "http://127.0.0.1/", RULES)
            assert trace.complete
            assert trace.read_count == 1

    run(main())
