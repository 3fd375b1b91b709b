"""The rate limit: its window, its headers and whom it counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.project_service import create_app
from golive_demo.ratelimit import RateLimit, SlidingWindow
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


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_admission_counts_for_one_window() -> None:
    clock = Clock(100.0)
    window = SlidingWindow(RateLimit(2, 10.0), clock=clock)
    assert window.admit("a").remaining == 1
    clock.now = 104.0
    assert window.admit("a").remaining == 0
    refused = window.admit("a")
    assert not refused.allowed
    assert refused.reset_s == pytest.approx(6.0)
    assert window.admit("b").allowed
    clock.now = 110.0  # the first fell out, the second counts until 114
    again = window.admit("a")
    assert (again.allowed, again.remaining) == (True, 0)
    assert again.reset_s == pytest.approx(4.0)
    refused = window.admit("a")
    assert (refused.allowed, refused.remaining) == (False, 0)
    assert refused.reset_s == pytest.approx(4.0)
    clock.now = 130.0
    rested = window.admit("a")
    assert (rested.allowed, rested.remaining, rested.reset_s) == (True, 1, 10.0)


def test_a_burst_on_each_side_of_a_reset_gets_one_allowance() -> None:
    clock = Clock(0.0)
    window = SlidingWindow(RateLimit(5, 10.0), clock=clock)
    assert window.admit("a").reset_s == 10.0
    clock.now = 9.9
    before = [window.admit("a").allowed for _ in range(5)]
    clock.now = 10.1
    after = [window.admit("a").allowed for _ in range(5)]
    assert (before.count(True), after.count(True)) == (4, 1)


def test_no_window_wherever_it_begins_holds_more_than_the_limit() -> None:
    clock, limit = Clock(0.0), RateLimit(7, 10.0)
    window = SlidingWindow(limit, clock=clock)
    gaps = random.Random(5)  # noqa: S311 - made-up arrivals
    admitted = []
    for _ in range(2_000):
        clock.now += gaps.choice((0.0, 0.001, 0.5, 3.0, 9.999))
        if window.admit("a").allowed:
            admitted.append(clock.now)
    assert len(admitted) > 500
    for first, eighth in zip(admitted, admitted[limit.requests :], strict=False):
        assert eighth - first >= limit.window_s


def test_whoever_waits_as_told_is_served_and_a_moment_earlier_is_not() -> None:
    clock = Clock(0.0)
    window = SlidingWindow(RateLimit(3, 10.0), clock=clock)
    for moment in (0.0, 1.25, 2.5):
        clock.now = moment
        assert window.admit("a").allowed
    told = window.admit("a").reset_s
    assert told == pytest.approx(7.5)
    clock.now = 2.5 + told - 0.01
    assert not window.admit("a").allowed
    clock.now = 2.5 + told
    assert window.admit("a").allowed


def test_refused_requests_do_not_prolong_the_wait() -> None:
    clock = Clock(0.0)
    window = SlidingWindow(RateLimit(1, 10.0), clock=clock)
    window.admit("a")
    for second in range(1, 10):
        clock.now = float(second)
        assert not window.admit("a").allowed
    clock.now = 10.0
    assert window.admit("a").allowed


def test_what_is_kept_is_bounded_by_the_limit_and_the_number_of_clients() -> None:
    clock = Clock(0.0)
    window = SlidingWindow(RateLimit(2, 10.0), clock=clock, most_clients=3)
    for name in ("a", "b", "c"):
        for _ in range(5):
            window.admit(name)
    assert window.kept == 6  # two of each; what was refused leaves nothing
    window.admit("a")  # refused, so that it is still the one that was admitted longest ago
    window.admit("d")
    assert window.kept == 5
    assert not window.admit("b").allowed
    clock.now = 10.0
    window.admit("e")  # and whoever has nothing left to count goes
    assert window.kept == 1


def test_a_client_with_a_long_window_outlives_others_of_a_short_one() -> None:
    clock = Clock(0.0)
    own = {"slow": RateLimit(1, 60.0)}
    window = SlidingWindow(RateLimit(1, 10.0), own, clock=clock)
    window.admit("slow")
    clock.now = 30.0
    window.admit("a")
    assert not window.admit("slow").allowed


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
    window = SlidingWindow(RateLimit(1, 10.0), {"load": RateLimit(3, 5.0)}, clock=lambda: 0.0)
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
