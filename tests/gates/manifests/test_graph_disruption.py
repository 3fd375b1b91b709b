"""Disruption budgets against the pods and the replicas that they are for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    budget,
    check,
    hpa,
    service,
    verdict,
    workload,
)

NAME = "disruption-budgets"
SPREAD = {"topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname"}]}
HOSTS = [{"topologyKey": "kubernetes.io/hostname"}]
TERMS = {"requiredDuringSchedulingIgnoredDuringExecution": HOSTS}
ANTI = {"affinity": {"podAntiAffinity": TERMS}}


def web(replicas: int | None = 3, **fields: Any) -> Object:
    spec = {} if replicas is None else {"replicas": replicas}
    return workload(pod=fields.pop("pod", SPREAD), spec=spec, **fields)


@pytest.mark.parametrize(
    ("replicas", "spec", "codes"),
    [
        (3, {"maxUnavailable": 1}, []),
        (3, {"minAvailable": 2}, []),
        (3, {"minAvailable": 3}, ["blocks"]),
        (3, {"minAvailable": 4}, ["blocks"]),
        (3, {"minAvailable": "100%"}, ["blocks"]),
        (3, {"minAvailable": "67%"}, ["blocks"]),
        (3, {"minAvailable": "66%"}, []),
        (3, {"maxUnavailable": 0}, ["blocks"]),
        (3, {"maxUnavailable": "0%"}, ["blocks"]),
        (3, {"maxUnavailable": "1%"}, []),
        (1, {"minAvailable": 1}, ["blocks"]),
        (1, {"minAvailable": "50%"}, ["blocks"]),
        (1, {"maxUnavailable": 1}, []),
        (None, {"minAvailable": 1}, ["blocks"]),
        (2, {"minAvailable": "fifty"}, []),
        (0, {"minAvailable": 1}, []),
    ],
)
def test_a_budget_lets_somebody_go(
    replicas: int | None, spec: dict[str, object], codes: list[str]
) -> None:
    assert verdict(NAME, web(replicas), budget(**spec))[1] == codes


@pytest.mark.parametrize(
    ("least", "spec", "codes"),
    [
        (3, {"minAvailable": 2}, []),
        (2, {"minAvailable": 2}, ["blocks-at-minimum"]),
        (2, {"minAvailable": "60%"}, ["blocks-at-minimum"]),
        (None, {"minAvailable": 1}, ["blocks-at-minimum"]),
        (1, {"maxUnavailable": 1}, []),
    ],
)
def test_an_autoscalers_minimum_is_what_counts(
    least: int | None, spec: dict[str, object], codes: list[str]
) -> None:
    objects = (web(None), hpa(least=least, most=9), budget(**spec))
    assert verdict(NAME, *objects)[1] == codes


def test_a_budget_for_several_workloads_counts_all_their_pods() -> None:
    shared = {"selector": {"matchLabels": {"part": "x"}}}
    first = web(1, labels={"app": "web", "part": "x"})
    second = workload(name="api", labels={"app": "api", "part": "x"}, spec={"replicas": 2})
    assert verdict(NAME, first, second, budget(**shared, minAvailable=2)) == ("pass", [])
    assert verdict(NAME, first, second, budget(**shared, minAvailable=3)) == ("fail", ["blocks"])


def test_a_budget_that_selects_nothing() -> None:
    lost = budget(selector={"matchLabels": {"app": "x"}}, maxUnavailable=1)
    assert verdict(NAME, web(1), lost) == ("fail", ["nothing"])
    assert verdict(NAME, web(1), lost, problems=1) == ("inconclusive", ["nothing (inconclusive)"])
    assert verdict(NAME, lost) == ("inconclusive", ["no-pods (inconclusive)"])
    assert verdict(NAME, web(1), budget(selector=None)) == ("fail", ["nothing"])


def test_daemons_are_not_counted_by_replicas() -> None:
    assert verdict(NAME, workload("DaemonSet"), budget(minAvailable=1)) == ("pass", [])


def test_two_budgets_for_one_pod_are_one_too_many() -> None:
    everything = budget("all", selector={}, maxUnavailable=1)
    result = check(NAME, web(), budget(maxUnavailable=1), everything)
    assert [f.reason.code for f in result.findings] == ["several"]
    assert str(result.findings[0].resource) == "PodDisruptionBudget/app/all"


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([web(), service(), budget(maxUnavailable=1)], ("pass", [])),
        ([web(pod=ANTI), service(), budget(maxUnavailable=1)], ("pass", [])),
        ([web(), service()], ("warn", ["none (warn)"])),
        ([web(pod={}), service(), budget(maxUnavailable=1)], ("warn", ["not-spread (warn)"])),
        ([web(None), service(), hpa()], ("warn", ["none (warn)"])),
        ([web(1), service()], ("not-applicable", [])),
        ([web()], ("not-applicable", [])),
    ],
)
def test_what_serves_twice_has_a_budget(
    objects: list[Object], expected: tuple[str, list[str]]
) -> None:
    assert verdict(NAME, *objects) == expected
