"""Several processes judge the same as one."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from fake_gates import WORDS, Seen, Settings, Watcher

from golive import linting
from golive.api import Check, CheckResult, CheckSpec, Gate, Lane, Need, Observation
from golive.inspecting import Inspection, concluded
from golive.linting import look
from golive.model import EvidenceLevel, Finding, Location, Reason
from golive.sources import forking
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import SourceTree

OBJECT = KubernetesObject("v1", "Namespace", "", "a", {"kind": "Namespace"}, "a.yaml")
TREE = SourceTree(objects=(OBJECT,) * 3)
COUNTS = {"alpha": 3, "beta": 2, "gamma": 1}
SETTINGS = dict.fromkeys(COUNTS, Settings())
HERE = os.getpid()


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the processes that are forked; three objects are worth one."""
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        pid = fork()
        if pid:
            started.append(pid)
        return pid

    monkeypatch.setattr(linting, "ENOUGH_OBJECTS", 3)
    monkeypatch.setattr(os, "fork", counted)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(forking.sys, "platform", "linux")
    return started


def gates(*, dies: bool = False) -> dict[str, Gate[Any]]:
    """Three gates with three, two and one check, each with a finding of its own."""
    found = {}
    for name, count in COUNTS.items():
        specs = [CheckSpec(f"{name}.n{i}", needs=EvidenceLevel.STATIC) for i in range(count)]
        watcher = Watcher(lane=Lane.FILES, needs=frozenset({Need.FILES}))
        checks = tuple(Check(spec, (Seen,), judge(spec, dies=dies)) for spec in specs)
        found[name] = Gate(name, WORDS, Settings, (watcher,), checks)
    return found


def judge(spec: CheckSpec, *, dies: bool) -> Any:
    def work(observation: Observation, settings: Settings) -> CheckResult:
        observation.require(Seen)
        if dies and os.getpid() != HERE:
            os._exit(9)
        place = Location("a.yaml", 3)
        return concluded(
            spec, Inspection(3, (Finding(spec.id, Reason("found", {"what": "it"}), place),))
        )

    return work


@pytest.mark.parametrize("jobs", [2, 3, 16])
def test_the_results_and_their_order_are_the_same(forks: list[int], jobs: int) -> None:
    alone = look(gates(), TREE, SETTINGS)
    assert not forks
    assert [r.spec.id for r in alone] == [f"{n}.n{i}" for n, c in COUNTS.items() for i in range(c)]
    assert look(gates(), TREE, SETTINGS, jobs=jobs) == alone
    assert len(forks) == min(jobs, 3) - 1


def test_what_a_process_takes_to_its_grave_is_judged_again(forks: list[int]) -> None:
    assert look(gates(dies=True), TREE, SETTINGS, jobs=3) == look(gates(), TREE, SETTINGS)
    assert len(forks) == 2


def test_a_few_objects_are_not_worth_a_process(forks: list[int]) -> None:
    assert look(gates(), SourceTree(objects=(OBJECT,) * 2), SETTINGS, jobs=4)
    assert not forks


def test_a_check_that_is_not_wanted_leaves_the_others_in_order(forks: list[int]) -> None:
    only = ["gamma.n0", "alpha.n2"]
    assert [r.spec.id for r in look(gates(), TREE, SETTINGS, only, 2)] == ["alpha.n2", "gamma.n0"]
    assert len(forks) == 1
