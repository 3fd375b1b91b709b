"""One look at each service: nothing there, or something that answers, however badly."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from listeners import (
    Handler,
    answering,
    closing,
    dripping,
    garbage,
    listening,
    refused_port,
    silent,
)

from golive import preflight
from golive.config.model import ServiceEndpoint, Target, Tls
from golive.preflight import look
from golive.record import ServiceFact


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "LOOK_SECONDS", 0.8)


def seen(*urls: str, tls: Tls | None = None) -> tuple[ServiceFact, ...]:
    services = tuple(ServiceEndpoint(f"s{i}", url) for i, url in enumerate(urls))
    target = Target(services, tls=tls or Tls())
    return asyncio.run(look(target, Path("/nowhere"), "run-1"))


def test_an_answer_is_a_service_with_its_name() -> None:
    with listening(answering(headers="Server: demo/1.0\r\n")) as port:
        (fact,) = seen(f"http://127.0.0.1:{port}")
    assert fact == ServiceFact("s0", f"http://127.0.0.1:{port}", True, "HTTP 200", "demo/1.0")


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "500 Oops", "302 Found"])
def test_any_answer_is_something_to_measure(status: str) -> None:
    with listening(answering(status)) as port:
        (fact,) = seen(f"http://127.0.0.1:{port}/")
    assert fact.reachable
    assert fact.detail == f"HTTP {status[:3]}"


@pytest.mark.parametrize("handler", [garbage, silent, closing, dripping])
def test_a_service_that_answers_badly_is_there_and_says_how(handler: Handler) -> None:
    with listening(handler) as port:
        (fact,) = seen(f"http://127.0.0.1:{port}")
    assert fact.reachable
    assert fact.detail
    assert fact.detail.isprintable()


def test_a_refused_connection_is_nothing_there() -> None:
    (fact,) = seen(f"http://127.0.0.1:{refused_port()}")
    assert not fact.reachable
    assert fact.detail.startswith("refused")


@pytest.mark.parametrize("handler", [garbage, silent, closing, answering()])
def test_garbage_in_place_of_tls_is_nothing_there(handler: Handler) -> None:
    with listening(handler) as port:
        (fact,) = seen(f"https://127.0.0.1:{port}", tls=Tls(verify=False))
    assert not fact.reachable
    assert fact.detail.split(":")[0] in ("tls", "connect-timeout")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{'x' * 64}.test",  # a label too long to be looked up
        "http://255.255.255.255",  # no route
        "http://user:secret@127.0.0.1",
        "http://",
        "ftp://127.0.0.1",
    ],
)
def test_an_address_that_cannot_be_used_is_nothing_there(url: str) -> None:
    (fact,) = seen(url)
    assert not fact.reachable
    assert fact.detail


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
def test_authorities_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None) -> None:
    ca = tmp_path / "ca.pem"
    if content is not None:
        ca.write_bytes(content)
    (one, two) = seen("https://127.0.0.1:1", "http://127.0.0.1:1", tls=Tls(ca=str(ca)))
    assert not one.reachable
    assert not two.reachable
    assert "ca.pem" in one.detail


def test_services_are_looked_at_side_by_side_and_told_in_order() -> None:
    with listening(answering()) as up, listening(silent) as slow:
        facts = seen(
            f"http://127.0.0.1:{slow}",
            f"http://127.0.0.1:{refused_port()}",
            f"http://127.0.0.1:{up}",
        )
    assert [f.name for f in facts] == ["s0", "s1", "s2"]
    assert [f.reachable for f in facts] == [True, False, True]


def test_what_a_server_says_of_itself_is_cleaned() -> None:
    hostile = answering(headers=f"Server: evil\x85{'x' * 3000}\r\n")
    with listening(hostile) as port:
        (fact,) = seen(f"http://127.0.0.1:{port}")
    assert fact.server.isprintable()
    assert len(fact.server) <= 400
