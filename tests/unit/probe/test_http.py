"""Functional calls against servers that misbehave: a clear kind, bounded time and memory."""

from __future__ import annotations

import asyncio
import json
import math
import socket
import ssl
import tracemalloc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from golive.probe.exchange import Exchange, FailureKind, clean, parse_json
from golive.probe.http import HttpProbe

Serve = Callable[..., Any]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
HELLO = HEAD + b'{"a": "ok"}'


def run(main: Coroutine[Any, Any, None]) -> None:
    async def guarded() -> None:
        async with asyncio.timeout(60):  # a hang of ours fails the test
            await main

    asyncio.run(guarded())


def make(**options: Any) -> HttpProbe:
    return HttpProbe(version="1.2.3", run_id="run-7", **options)


async def fetch(url: str, *, method: str = "GET", **options: Any) -> Exchange:
    call = {k: options.pop(k) for k in ("timeout", "read_timeout", "follow") if k in options}
    async with make(**options) as probe:
        return await probe.call(method, url, **call)


def check(serve: Serve, script: Any, kind: FailureKind | None, **options: Any) -> Exchange:
    answers: list[Exchange] = []

    async def main() -> None:
        async with serve(script) as server:
            answers.append(await fetch(server.url, **options))

    run(main())
    (answer,) = answers
    assert (answer.failure and answer.failure.kind) == kind, answer.failure
    assert answer.ok == (kind is None and answer.status is not None and answer.status < 300)
    return answer


def test_a_good_call(serve: Serve) -> None:
    async def main() -> None:
        async with serve(HELLO) as server, make(headers={"Authorization": "Bearer x"}) as probe:
            answer = await probe.call(
                "POST", server.url, json={"이름": 1}, headers={"X-Other": "y"}, timeout=5
            )
            assert answer.ok
            assert (answer.status, answer.json(), answer.text()) == (
                200,
                {"a": "ok"},
                '{"a": "ok"}',
            )
            assert answer.header("content-TYPE") == "application/json"
            assert answer.header("absent") is None
            assert (answer.method, answer.url) == ("POST", server.url)
            assert not answer.connection_reused
            assert 0 < answer.elapsed < math.inf
            head = server.heads[0]
            assert head.startswith("POST /path HTTP/1.1\r\n")
            assert "User-Agent: golive/1.2.3 (run run-7)\r\n" in head
            assert "X-Golive-Run: run-7\r\n" in head
            assert "Accept-Encoding: identity\r\n" in head
            assert "Authorization: Bearer x\r\n" in head
            assert "X-Other: y\r\n" in head
            assert "Content-Type: application/json\r\n" in head
            assert json.loads(server.bodies[0]) == {"이름": 1}

    run(main())


@pytest.mark.parametrize("status", [204, 301, 404, 429, 500, 503])
def test_any_complete_answer_is_no_failure(serve: Serve, status: int) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n".encode()
    answer = check(serve, head, None)
    assert answer.status == status
    assert answer.ok == (status == 204)


def test_calls_share_a_connection_and_no_cookies(serve: Serve) -> None:
    cookie = HELLO.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n")

    async def main() -> None:
        async with serve(cookie, keep_alive=True) as server, make() as probe:
            reused = [(await probe.call("GET", server.url)).connection_reused for _ in range(3)]
            assert reused == [False, True, True]
            assert server.connections == 1
            assert all("ookie" not in head for head in server.heads)

    run(main())


def test_environment_proxies_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    check(serve, HELLO, None)


def test_refused(free_port: int) -> None:
    async def main() -> None:
        for host in ("127.0.0.1", "localhost"):
            answer = await fetch(f"http://{host}:{free_port}/")
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.REFUSED
            assert answer.status is None

    run(main())


def test_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)

    async def main() -> None:
        answer = await fetch("http://missing.invalid/")
        assert answer.failure is not None
        assert answer.failure.kind is FailureKind.DNS
        assert "not known" in answer.failure.detail

    run(main())


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "/path", "http://", "", "http://[::1", "http://a:99999999/"]
)
def test_an_unusable_url_is_our_own_trouble(url: str) -> None:
    async def main() -> None:
        answer = await fetch(url)
        assert answer.failure is not None
        assert answer.failure.kind is FailureKind.LOCAL

    run(main())


def test_credentials_in_a_url_are_neither_sent_nor_recorded() -> None:
    async def main() -> None:
        answer = await fetch("http://user:secret@127.0.0.1:1/x")
        assert answer.failure is not None
        assert answer.failure.kind is FailureKind.LOCAL
        assert "secret" not in repr(answer)

    run(main())


def test_no_answer_at_all(serve: Serve) -> None:
    async def hang(peer: Any) -> None:
        await peer.gone()

    answer = check(serve, hang, FailureKind.TOTAL_TIMEOUT, timeout=0.5)
    assert answer.failure is not None
    assert "0.5 s, still waiting for the response head" in answer.failure.detail
    check(serve, hang, FailureKind.READ_TIMEOUT, timeout=30, read_timeout=0.5)


def test_no_connection_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "create_connection", never)

    async def main() -> None:
        for options in ({"timeout": 0.1}, {"timeout": 30, "connect_timeout": 0.1}):
            answer = await fetch("http://127.0.0.1:1/", **options)
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.CONNECT_TIMEOUT
            assert answer.failure.kind.is_timeout

    run(main())


@pytest.mark.parametrize("head", [b"", HELLO[:-5]], ids=["before-the-head", "in-the-body"])
def test_reset(serve: Serve, head: bytes) -> None:
    async def script(peer: Any) -> None:
        if head:
            await peer.push(head)
        peer.reset()

    async def main() -> None:
        async with serve(script) as server:
            answer = await fetch(server.url, clock=server.clock)
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.RESET
            assert answer.body == HELLO[-11:-5] * bool(head)

    run(main())


def test_closed_without_an_answer_is_a_reset_and_says_if_reused(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        if len(peer.server.heads) == 1:
            await peer.send(HELLO)
        else:
            peer.writer.close()

    async def main() -> None:
        async with serve(script, keep_alive=True) as server, make() as probe:
            assert (await probe.call("GET", server.url)).ok
            answer = await probe.call("GET", server.url)
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.RESET
            assert "kept open" in answer.failure.detail

    run(main())


def test_slow_loris_body(serve: Serve) -> None:
    async def drip(peer: Any) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            await peer.push(b"x")

    async def main() -> None:
        async with serve(drip) as server:
            answer = await fetch(server.url, timeout=0.5, clock=server.clock)
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.TOTAL_TIMEOUT
            assert "reading the body" in answer.failure.detail
            assert answer.status == 200
            assert set(answer.body) == {ord("x")}

    run(main())


@pytest.mark.parametrize(
    "head",
    [
        b"\r\n",
        b"Content-Length: 1073741824\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n40000000\r\n",
    ],
    ids=["until-close", "content-length", "one-chunk"],
)
def test_endless_body(serve: Serve, head: bytes) -> None:
    async def flood(peer: Any) -> None:
        await peer.send(b"HTTP/1.1 200 OK\r\n" + head)
        for _ in range(16_384):
            await peer.send(b"x" * 65_536)

    async def main() -> None:
        async with serve(flood) as server:
            tracemalloc.start()
            answer = await fetch(server.url, max_body=100_000)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.TOO_LARGE
            assert answer.truncated
            assert answer.body == b"x" * 100_000
            assert peak < 32 << 20
            assert server.sent < 64 << 20
            with pytest.raises(ValueError, match="cut after 100000 bytes"):
                answer.json()

    run(main())


def test_a_body_of_exactly_the_limit_is_whole(serve: Serve) -> None:
    answer = check(serve, HELLO, None, max_body=11)
    assert not answer.truncated
    assert check(serve, HELLO, FailureKind.TOO_LARGE, max_body=10).body == HELLO[-11:-1]


@pytest.mark.parametrize(
    "script",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
    ],
    ids=["ssh", "tls", "short", "short-chunk", "bad-chunk", "bad-length", "huge-header"],
)
def test_not_http(serve: Serve, script: bytes) -> None:
    check(serve, script, FailureKind.PROTOCOL)


def test_headers_are_capped(serve: Serve) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (i, b"v" * (6_000 if i < 3 else 1)) for i in range(500))
    answer = check(serve, HELLO.replace(b"\r\n", b"\r\n" + many, 1), None)
    assert len(answer.headers) == 100
    assert max(len(value) for _, value in answer.headers) == 4_096


def test_compressed_bodies_stay_as_they_are(serve: Serve) -> None:
    answer = check(serve, HELLO.replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1), None)
    assert answer.body == b'{"a": "ok"}'
    with pytest.raises(ValueError, match="gzip-encoded although identity"):
        answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{'a': 1}",
        b"NaN",
        b'{"a": Infinity}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"1" * 9_000,
    ],
)
def test_json_nonsense_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(body)


# Redirects.


def _redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def test_redirects_are_recorded_not_followed(serve: Serve) -> None:
    answer = check(serve, _redirect("http://elsewhere.invalid/"), None)
    assert (answer.status, answer.hops) == (302, 0)
    assert not answer.ok


def test_redirects_are_followed_on_the_same_origin_when_asked(serve: Serve) -> None:
    async def script(peer: Any) -> None:
        last = len(peer.server.heads) == 3
        await peer.send(HELLO if last else _redirect(f"/{len(peer.server.heads)}"))

    async def main() -> None:
        spent: list[int] = []
        async with serve(script) as server, make(budget=lambda: spent.append(1)) as probe:
            answer = await probe.call("POST", server.url, json={}, follow=2)
            assert answer.ok
            assert (answer.hops, answer.method, answer.url) == (2, "POST", server.url)
            firsts = [head.partition(" HTTP")[0] for head in server.heads]
            assert firsts == ["POST /path", "GET /1", "GET /2"]
            assert server.bodies == [b"{}", b"", b""]
            assert len(spent) == 3

    run(main())


def test_a_redirect_loop_ends(serve: Serve) -> None:
    answer = check(serve, _redirect("/path", 307), FailureKind.TOO_MANY_REDIRECTS, follow=5)
    assert answer.hops == 5
    assert answer.status == 307


@pytest.mark.parametrize(
    "location",
    ["http://elsewhere.invalid/", "https://127.0.0.1/", "//127.0.0.1:1/", "http://a@127.0.0.1/"],
)
def test_redirects_to_another_origin_are_refused(serve: Serve, location: str) -> None:
    answer = check(serve, _redirect(location), FailureKind.REDIRECT, follow=5)
    assert answer.status == 302
    assert answer.hops == 0


# TLS.


def test_tls_is_verified(
    serve: Serve,
    server_tls: Callable[[Path], ssl.SSLContext],
    certificate: Path,
    foreign_certificate: Path,
) -> None:
    async def main() -> None:
        async with serve(HELLO, tls=server_tls(certificate)) as server:
            unknown = await fetch(server.url)
            trusted = await fetch(server.url, ca_file=certificate)
            careless = await fetch(server.url, verify=False)
            plain = await fetch(server.url.replace("https", "http"))
        async with serve(HELLO, tls=server_tls(foreign_certificate)) as server:
            foreign = await fetch(server.url, ca_file=foreign_certificate)
        assert trusted.ok
        assert careless.ok
        for answer, reason in ((unknown, "self-signed"), (foreign, "not valid for")):
            assert answer.failure is not None
            assert answer.failure.kind is FailureKind.TLS
            assert reason in answer.failure.detail
        assert plain.failure is not None

    run(main())


def test_a_handshake_that_fails_is_cut_or_stalls() -> None:
    async def main() -> None:
        stalled: list[asyncio.StreamWriter] = []

        async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async def stall(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            stalled.append(writer)

        for handler, timeout, kind in (
            (cut, 20, FailureKind.TLS),
            (plain, 20, FailureKind.TLS),
            (stall, 0.5, FailureKind.CONNECT_TIMEOUT),
        ):
            listener = await asyncio.start_server(handler, "127.0.0.1", 0)
            port = listener.sockets[0].getsockname()[1]
            answer = await fetch(f"https://127.0.0.1:{port}/", timeout=timeout)
            assert answer.failure is not None
            assert answer.failure.kind is kind
            listener.close()
            for writer in stalled:
                writer.close()
            await listener.wait_closed()

    run(main())


def test_an_unreadable_authority_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No such file"):
        make(ca_file=tmp_path / "absent.pem")


# The caller's own limits.


def test_the_budget_is_asked_first_and_its_error_goes_through(serve: Serve) -> None:
    class SpentError(OSError):
        pass

    def spend() -> None:
        raise SpentError

    async def slow_spend() -> None:
        raise SpentError

    async def main() -> None:
        async with serve(HELLO) as server:
            for budget in (spend, slow_spend):
                with pytest.raises(SpentError):
                    await fetch(server.url, budget=budget)
            assert server.connections == 0

    run(main())


def test_cancellation_goes_through_and_closes_the_connection(serve: Serve) -> None:
    async def main() -> None:
        asked, gone = asyncio.Event(), asyncio.Event()

        async def hang(peer: Any) -> None:
            asked.set()
            await peer.gone()
            gone.set()

        async with serve(hang) as server, make() as probe:
            task = asyncio.create_task(probe.call("GET", server.url))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gone.wait()

    run(main())


def test_a_defect_of_ours_is_not_mistaken_for_trouble() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise KeyError("defect")

    async def main() -> None:
        with pytest.raises(KeyError):
            await fetch("http://127.0.0.1/", transport=httpx.MockTransport(broken))

    run(main())


def test_errors_of_a_transport_handed_in_are_classified() -> None:
    async def main() -> None:
        for error, kind in (
            (httpx.ConnectTimeout("x"), FailureKind.CONNECT_TIMEOUT),
            (httpx.ReadTimeout("x"), FailureKind.READ_TIMEOUT),
            (httpx.ConnectError("x"), FailureKind.UNREACHABLE),
            (httpx.ReadError("x"), FailureKind.RESET),
            (httpx.RemoteProtocolError("x"), FailureKind.PROTOCOL),
            (httpx.LocalProtocolError("x"), FailureKind.LOCAL),
            (OSError(24, "Too many open files"), FailureKind.LOCAL),
        ):

            def fail(_: httpx.Request, error: Exception = error) -> httpx.Response:
                raise error

            answer = await fetch("http://127.0.0.1/", transport=httpx.MockTransport(fail))
            assert answer.failure is not None
            assert answer.failure.kind is kind

    run(main())


def test_details_are_one_clean_short_line() -> None:
    assert clean("a\r\nb\x1b[31m\tc\u202ed") == "a b\ufffd[31m c\ufffdd"
    assert len(clean("x" * 10_000)) == 300
    assert clean("한국어") == "한국어"
