"""What the platform allows: descriptors, and whether there is an epoll at all."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from golive.probe.load import descriptors

INFINITE = resource.RLIM_INFINITY


class Limits:
    """Stands for the limits of a process; *refuse* like a kernel whose own limit is lower."""

    def __init__(self, soft: int, hard: int, *, refuse: bool = False) -> None:
        self.now = (soft, hard)
        self.refuse = refuse

    def get(self, _: int) -> tuple[int, int]:
        return self.now

    def set(self, _: int, limits: tuple[int, int]) -> None:
        if self.refuse:
            raise ValueError("not allowed to raise maximum limit")
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "left", "raised"),
    [
        (1024, INFINITE, 10_000, 10_000, True),
        (1024, 524_288, 10_000, 10_000, True),
        (1024, 4096, 10_000, 4096, True),
        (1024, 1024, 10_000, 1024, False),
        (1024, 524_288, 100, 100, False),
        (INFINITE, INFINITE, 10_000, 10_000, False),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_is_needed(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, wanted: int, left: int, *, raised: bool
) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    spare = descriptors.SPARE + descriptors.open_now()
    found = descriptors.in_flight_limit(wanted)
    assert found == (wanted if left == wanted else left - spare)
    assert limits.now[1] == hard
    assert (limits.now[0] != soft) == raised
    if raised:
        assert limits.now[0] == min(wanted + spare, hard if hard != INFINITE else 1 << 30)


def test_a_limit_that_cannot_be_raised_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(1024, INFINITE, refuse=True)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)
    found = descriptors.in_flight_limit(10_000)
    assert found == 1024 - descriptors.SPARE - descriptors.open_now()


_WITHOUT_EPOLL = """
import asyncio, select
for name in [n for n in dir(select) if n.lower().startswith("epoll")]:
    delattr(select, name)
from golive.probe.load import *
from golive.probe.load.cluster import run_on_cluster
plan = LoadPlan((Request("GET", "http://127.0.0.1:9/"),), Schedule(Arrival.CONSTANT, 1, rate=1.0))
for run in (lambda: run_here(plan), lambda: asyncio.run(run_load(plan))):
    try:
        run()
    except LoadUnsupportedError as error:
        print("refused:", error, "|", error.hint)
print("problem:", asyncio.run(calibrate()).problem)
"""


def test_without_epoll_all_can_be_imported_and_a_run_says_what_is_missing() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _WITHOUT_EPOLL], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [line.partition(":")[0] for line in said] == ["refused", "refused", "problem"]
    assert all("epoll" in line for line in said)
    assert all("Linux" in line for line in said[:2])
