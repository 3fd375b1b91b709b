"""The nginx front of the running demo: what it adds, what it hides, what it refuses."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

GENERATE = "/api/v1/generate"
PROBLEM = "application/problem+json"
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
HIDDEN = ("/", "/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/_error/404", "/healthz")


def bearer(demo: Any, client: str = "load") -> dict[str, str]:
    return {"Authorization": f"Bearer {demo.facts['clients'][client]['token']}"}


def raw(demo: Any, request: bytes) -> bytes:
    """What comes back for bytes that no client library would send."""
    host, port = demo.url("front").removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize("path", [*HIDDEN, "/api/v1/projects", "/api/v1/generate", "/api/x"])
def test_every_answer_carries_the_headers_and_no_version(demo: Any, path: str) -> None:
    answer = httpx.get(demo.url("front") + path, headers=bearer(demo))
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers.get_list("cache-control") == ["no-store"]
    assert answer.headers["server"] == "nginx"
    assert answer.status_code in {200, 404, 405}


@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_not_published_is_a_problem(demo: Any, path: str) -> None:
    answer = httpx.get(demo.url("front") + path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["status"] == 404


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"!!! / HTTP/1.1", b"400"),
        (b"GET / HTTP/9.9", b"505"),
        (b"GET /%00 HTTP/1.1", b"400"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1", b"414"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, b"400"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: nonsense", b"501"),
        (b"TRACE / HTTP/1.1\r\nHost: x", b"405"),
        (b"POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 70000", b"413"),
    ],
)
def test_what_nginx_itself_refuses_is_a_problem_too(
    demo: Any, request_line: bytes, status: bytes
) -> None:
    host = b"" if b"Host" in request_line else b"\r\nHost: x"
    answer = raw(demo, request_line + host + b"\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status), head
    assert b"Content-Type: application/problem+json" in head
    assert b"<html>" not in body
    assert b"nginx" not in body
    assert b"nginx/" not in head


def test_the_clients_of_the_facts_are_who_they_are(demo: Any) -> None:
    url = demo.url("front") + "/api/v1/projects"
    limits = {"main": "200", "load": "60000", "limit": "200", "other": "200"}
    for name, limit in limits.items():
        answer = httpx.get(url, headers=bearer(demo, name))
        assert (answer.status_code, answer.headers["ratelimit-limit"]) == (200, limit)
    assert httpx.get(url, headers=bearer(demo, "expired")).status_code == 401
    for client in demo.facts["clients"].values():
        assert Path(client["token_file"]).read_text(encoding="utf-8") == client["token"]


def test_a_silent_stream_beats_and_ends_with_its_known_answer(
    demo: Any, events_of: Callable[[str], list[Any]]
) -> None:
    body = {"projectId": "p-silent", "description": "침묵 2.5 등대"}
    answer = httpx.post(demo.url("front") + GENERATE, headers=bearer(demo), json=body, timeout=30)
    blocks = answer.text.split("\n\n")
    silent = [n for n, block in enumerate(blocks) if "event: content" in block][:2]
    between = blocks[silent[0] + 1 : silent[1]]
    assert len(between) >= 2
    assert all(block.startswith(": ping") for block in between)
    assert events_of(answer.text)[-1][1] == "done"


@pytest.mark.parametrize("name", [None, "gzip-stream"])
def test_only_the_broken_front_compresses_the_stream(
    demo: Any, launch: Callable[..., Any], name: str | None
) -> None:
    running = launch("--no-prometheus", "--broken", name) if name else demo
    url, body = running.url("front") + GENERATE, {"projectId": "z", "description": "짧은 글"}
    accepting = {**bearer(running), "Accept-Encoding": "gzip"}
    with httpx.stream("POST", url, headers=accepting, json=body, timeout=30) as answer:
        reads = list(answer.iter_raw())
    assert answer.headers.get("content-encoding") == ("gzip" if name else None)
    whole = b"".join(reads)
    assert b"event: done" in (gzip.decompress(whole) if name else whole)
    assert len(reads) > 20  # compressed, it still flows
    plain = httpx.post(
        url, headers={**bearer(running), "Accept-Encoding": "identity"}, json=body, timeout=30
    )
    assert "content-encoding" not in plain.headers
    assert "event: done" in plain.text


def test_no_command_line_holds_a_token(demo: Any) -> None:
    tokens = [client["token"].encode() for client in demo.facts["clients"].values()]
    assert len(set(tokens)) == 5
    for pid in (demo.process.pid, *demo.facts["pids"].values()):
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert words
        assert not [token for token in tokens if token in words]
