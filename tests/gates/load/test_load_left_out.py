"""Requests that are left out of a figure must not be what makes it good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Status
from golive_gates.load.parts import Count
from tests.gates.load import parts as p

CHECKS = ("load.availability", "load.error-rate", "load.latency", "load.first-content")
ODD = (
    {"client_errors": (Count("status-404", 14),)},
    {"limited": 14},
    {"local": 14},
)


@pytest.mark.parametrize("odd", ODD, ids=lambda o: next(iter(o)))
@pytest.mark.parametrize("check", ["load.availability", "load.error-rate"])
def test_what_is_proven_only_without_them_is_not_proven(check: str, odd: dict[str, object]) -> None:
    part = p.load(p.requests(594, **odd))
    result = p.judge(check, part)
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "left-out")
    assert result.reason.params["left_out"] == 14


@pytest.mark.parametrize("check", CHECKS)
def test_a_few_that_could_change_nothing_leave_it_proven(check: str) -> None:
    part = p.load(p.requests(599, client_errors=(Count("status-404", 1),)))
    assert p.judge(check, part).status is Status.PASS


def test_times_are_held_to_it_too() -> None:
    # 95 % of 100 streams within the limit: none may be late, and two had no answer at all.
    streams = replace(p.streams(100), limited=2)
    result = p.judge("load.first-content", p.load(of_streams=streams))
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "left-out")
    api = p.requests(100, client_errors=(Count("status-404", 2),))
    result = p.judge("load.latency", p.load(api))
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "left-out")


def test_a_refuted_figure_stays_refuted() -> None:
    part = p.load(p.requests(540, silent=60, client_errors=(Count("status-404", 5),)))
    assert p.judge("load.availability", part).status is Status.FAIL
    assert p.judge("load.error-rate", part).reason.code == "owned"
