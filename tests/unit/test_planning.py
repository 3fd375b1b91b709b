"""A plan sends nothing, and a plugin that cannot plan is a problem of its own gate."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from core_records import config
from fake_gates import Further, Settings, Watcher, fake_gate

from golive import isolation, planning
from golive.config.model import Cluster, Config, Prometheus, ServiceEndpoint, Target
from golive.context import Scope
from golive.gate import Lane, Need, PlannedWork
from golive.planning import GatePlan, plan_gate, plan_gates, unmet

SERVICE = ServiceEndpoint("api", "http://127.0.0.1:1")
OFFERED: Mapping[Need, Config] = {
    Need.TARGET: replace(config(), target=Target((SERVICE,))),
    Need.PROMETHEUS: replace(config(), prometheus=Prometheus("http://127.0.0.1:1")),
    Need.CLUSTER: replace(config(), cluster=Cluster("default")),
    Need.FILES: replace(config(), files={"manifests": ("k8s/*.yaml",)}),
}


def scope(configuration: Config | None = None) -> Scope:
    return Scope(configuration or config(), Path())


def work(lane: Lane = Lane.QUIET, seconds: float = 2.0) -> PlannedWork:
    return PlannedWork("watch", lane, 10, seconds)


@pytest.mark.parametrize("need", list(Need))
def test_a_need_is_met_by_what_is_configured_and_by_nothing_else(need: Need) -> None:
    assert unmet(frozenset({need}), scope()) is need
    assert unmet(frozenset({need}), scope(OFFERED[need])) is None
    for other in Need:
        if other is not need:
            assert unmet(frozenset({need, other}), scope(OFFERED[need])) is other


def test_a_target_without_services_is_no_target() -> None:
    assert unmet(frozenset({Need.TARGET}), scope(replace(config(), target=Target(())))) is (
        Need.TARGET
    )


def test_nothing_needed_is_always_met() -> None:
    assert unmet(frozenset(), scope()) is None


def test_plans_add_up_and_files_count_side_by_side() -> None:
    plan = GatePlan("a", (work(Lane.FILES, 3.0), work(Lane.FILES, 5.0), work(), work(Lane.LOUD)))
    assert (plan.requests, plan.seconds) == (40, 9.0)
    assert (GatePlan("a", ()).requests, GatePlan("a", ()).seconds) == (0, 0.0)


def test_what_an_observer_cannot_do_is_not_planned() -> None:
    watcher = Watcher(needs=frozenset({Need.TARGET}), planned=lambda: (work(),))
    assert plan_gate(fake_gate("alpha", watcher), scope(), Settings()).work == ()
    there = scope(OFFERED[Need.TARGET])
    assert plan_gate(fake_gate("alpha", watcher), there, Settings()).work == (work(),)


def raising(error: BaseException) -> Watcher:
    def planned() -> object:
        raise error

    return Watcher(part=Further, planned=planned)


@pytest.mark.parametrize(
    ("watcher", "problem"),
    [
        (raising(ValueError("\x1b[31mred")), "ValueError: [31mred"),
        (raising(SystemExit(1)), "SystemExit"),
        (Watcher(part=Further, planned=lambda: None), "TypeError"),
        (Watcher(part=Further, planned=lambda: "text"), "something else than planned work"),
        (Watcher(part=Further, planned=lambda: (work(), None)), "something else"),
    ],
)
def test_a_plan_that_fails_is_a_problem_of_its_gate(watcher: Watcher, problem: str) -> None:
    gates = {
        "alpha": fake_gate("alpha", Watcher(planned=lambda: (work(),)), watcher),
        "beta": fake_gate("beta", Watcher(planned=lambda: [work()])),
    }
    alpha, beta = plan_gates(gates, scope(), {"alpha": Settings(), "beta": Settings()})
    assert problem in alpha.problem
    assert alpha.work == (work(),)
    assert (beta.problem, beta.work) == ("", (work(),))


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_plan_that_hangs_is_a_problem_too(
    monkeypatch: pytest.MonkeyPatch, release: threading.Event
) -> None:
    monkeypatch.setattr(planning, "PLAN_SECONDS", 0.1)
    monkeypatch.setattr(isolation, "GRACE", 0.1)
    plan = plan_gate(fake_gate("alpha", Watcher(planned=release.wait)), scope(), Settings())
    assert "TimedOut" in plan.problem
