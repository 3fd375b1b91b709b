"""Exhaustion: it comes with load that goes on, takes its share and heals."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from golive_demo.broken import Variant
from golive_demo.overload import Exhaustion
from golive_demo.project_service import create_app
from golive_demo.service import ServiceSettings


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(exhaustion: Exhaustion, clock: Clock, rate: float, seconds: float) -> list[bool]:
    """What becomes of requests at a rate."""
    fates = []
    for _ in range(int(rate * seconds)):
        clock.now += 1 / rate
        fates.append(exhaustion.takes())
    return fates


def test_load_that_goes_on_fails_by_its_share() -> None:
    clock = Clock()
    fates = taken(Exhaustion(210, clock), clock, 20.0, 30.0)
    assert fates.index(True) == 213  # of each ten from the 211th on, three fail
    late = fates[300:]
    assert 0.28 < sum(late) / len(late) < 0.32


def test_a_rush_within_the_rate_limit_and_a_calm_rate_are_borne() -> None:
    clock = Clock()
    exhaustion = Exhaustion(210, clock)
    assert not any(taken(exhaustion, clock, 1000.0, 0.205))
    clock.now += 2.0
    assert not any(taken(exhaustion, clock, 1000.0, 0.205))
    clock.now += 2.0
    assert not any(taken(exhaustion, clock, 15.0, 60.0))


def test_a_pause_heals() -> None:
    clock = Clock()
    exhaustion = Exhaustion(210, clock)
    assert any(taken(exhaustion, clock, 20.0, 20.0))
    clock.now += 2.0
    assert not any(taken(exhaustion, clock, 20.0, 5.0))


def test_the_service_answers_503_and_stays_ready(tmp_path: Path) -> None:
    settings = ServiceSettings("secret", variant=Variant(exhausted_above=10))
    with TestClient(create_app(settings, tmp_path / "p.sqlite3")) as client:
        headers = {"Authorization": "Bearer secret"}
        codes = [client.get("/api/v1/projects", headers=headers).status_code for _ in range(20)]
        assert codes[:10] == [200] * 10
        assert codes[10:].count(503) == 3
        assert set(codes) == {200, 503}
        assert client.get("/readyz").status_code == 200
