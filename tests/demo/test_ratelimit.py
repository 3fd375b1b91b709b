"""The rate limit: its window, its headers and whom it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.project_service import create_app
from golive_demo.ratelimit import FixedWindow, RateLimit
from golive_demo.service import ServiceSettings

AUTH = {"Authorization": "Bearer secret"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = ServiceSettings("secret", RateLimit(3, 60.0))
    with TestClient(create_app(settings, tmp_path / "p.sqlite3")) as client:
        yield client


def test_specification_is_read_and_written() -> None:
    assert RateLimit.parse("200/60s") == RateLimit(200, 60.0)
    assert str(RateLimit.parse("5/0.5s")) == "5/0.5s"


@pytest.mark.parametrize("text", ["", "200", "0/60s", "200/0s", "-1/60s", "200/60", "a/bs"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a rate limit"):
        RateLimit.parse(text)


def test_window_opens_with_the_first_request_and_starts_anew() -> None:
    now = [100.0]
    window = FixedWindow(RateLimit(2, 10.0), clock=lambda: now[0])
    assert window.admit("a").remaining == 1
    now[0] = 104.0
    assert window.admit("a").remaining == 0
    refused = window.admit("a")
    assert not refused.allowed
    assert refused.reset_s == pytest.approx(6.0)
    assert window.admit("b").allowed
    now[0] = 110.0
    fresh = window.admit("a")
    assert (fresh.allowed, fresh.remaining, fresh.reset_s) == (True, 1, 10.0)


def test_refused_requests_do_not_prolong_the_wait() -> None:
    now = [0.0]
    window = FixedWindow(RateLimit(1, 10.0), clock=lambda: now[0])
    window.admit("a")
    for second in range(1, 10):
        now[0] = float(second)
        assert not window.admit("a").allowed
    now[0] = 10.0
    assert window.admit("a").allowed


def test_answers_carry_the_headers_and_the_fourth_is_refused(client: TestClient) -> None:
    for left in ("2", "1", "0"):
        answer = client.get("/api/v1/projects", headers=AUTH)
        assert answer.status_code == 200
        assert answer.headers["ratelimit-limit"] == "3"
        assert answer.headers["ratelimit-remaining"] == left
        assert answer.headers["ratelimit-policy"] == "3;w=60"
        assert 0 < int(answer.headers["ratelimit-reset"]) <= 60
    refused = client.get("/api/v1/projects", headers=AUTH)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-remaining"] == "0"
    assert 'rate_limited_total{service="project-service"} 1.0' in client.get("/metrics").text


def test_health_and_metrics_are_exempt(client: TestClient) -> None:
    for _ in range(5):
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "ratelimit-limit" not in answer.headers


def test_neither_a_forwarded_address_nor_a_guessed_token_opens_a_window(client: TestClient) -> None:
    for number in range(3):
        spoofed = {"X-Forwarded-For": f"10.0.0.{number}", "Authorization": f"Bearer g{number}"}
        assert client.get("/api/v1/projects", headers=spoofed).status_code == 401
    assert client.get("/api/v1/projects", headers={"X-Real-IP": "10.1.1.1"}).status_code == 429
    # The holder of the token has a window of its own.
    assert client.get("/api/v1/projects", headers=AUTH).status_code == 200


def test_a_client_may_have_a_limit_of_its_own() -> None:
    window = FixedWindow(RateLimit(1, 10.0), {"load": RateLimit(3, 5.0)}, clock=lambda: 0.0)
    assert [window.admit("load").allowed for _ in range(4)] == [True, True, True, False]
    assert window.admit("load").limit == RateLimit(3, 5.0)
    assert window.admit("load").reset_s == 5.0
    assert [window.admit("main").allowed for _ in range(2)] == [True, False]


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Callable[[str], TestClient]]:
    opened = []

    def make(name: str) -> TestClient:
        settings = ServiceSettings("secret", RateLimit(3, 60.0), variant(name))
        opened.append(TestClient(create_app(settings, tmp_path / "p.sqlite3"), headers=AUTH))
        return opened[-1].__enter__()

    yield make
    for client in opened:
        client.__exit__()


def test_no_rate_limit_refuses_nobody_and_claims_the_limit(
    broken: Callable[[str], TestClient],
) -> None:
    client = broken("no-rate-limit")
    answers = [client.get("/api/v1/projects") for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 6
    assert [a.headers["ratelimit-remaining"] for a in answers] == ["2", "1", "0", "0", "0", "0"]
    assert answers[-1].headers["ratelimit-limit"] == "3"


def test_a_spoofed_address_opens_a_window(broken: Callable[[str], TestClient]) -> None:
    client = broken("spoofable-rate-limit")
    # As the front writes it: the client's own part first, then the peer.
    front = {"X-Forwarded-For": "127.0.0.1"}
    assert [client.get("/api/v1/projects", headers=front).status_code for _ in range(4)] == [
        200,
        200,
        200,
        429,
    ]
    spoofed = {"X-Forwarded-For": "10.0.0.1, 127.0.0.1"}
    assert client.get("/api/v1/projects", headers=spoofed).status_code == 200
    # It does not open one for another client at the same address.
    assert (
        client.get("/api/v1/projects", headers={**front, "Authorization": "Bearer x"}).headers[
            "ratelimit-remaining"
        ]
        == "2"
    )


def test_limit_503_differs_in_the_status_alone(broken: Callable[[str], TestClient]) -> None:
    client = broken("limit-503")
    answers = [client.get("/api/v1/projects") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 503]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["ratelimit-remaining"] == "0"
