"""The work of the cross-object checks grows with the objects, not with their pairs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from golive.api import Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.objects import (
    Object,
    budget,
    claim,
    hpa,
    ingress,
    obj,
    path,
    policy,
    service,
    workload,
)
from tests.gates.manifests.snippets import CHECKS, EVIDENCE
from tests.gates.manifests.test_graph_odd_data import OURS

DATA = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
BOUNDS = {"type": "Container", "max": {"cpu": "4"}}


def release(name: str) -> list[Object]:
    """A service with everything around it; its pods refer to each of the others."""
    settings = [{"configMapRef": {"name": name}}]
    labels = {"app": name, "part-of": "all"}
    monitor = {"selector": {"matchLabels": {"app": name}}, "endpoints": [{"port": "http"}]}
    return [
        workload(name=name, labels=labels, container={"envFrom": settings}),
        workload("StatefulSet", f"{name}-db", pod=DATA),
        obj("ConfigMap", name, data={"A": "b"}),
        service(name, labels=labels),
        hpa(name),
        budget(name, maxUnavailable=1),
        policy(name, {"matchLabels": {"app": name}}, ingress=[{"ports": [{"port": "http"}]}]),
        {**ingress(path(name)), "metadata": {"name": name, "namespace": "app"}},
        obj("ServiceMonitor", name, "monitoring.coreos.com/v1", spec=monitor),
    ]


def beside(count: int) -> list[Object]:
    """Services beside each other in one namespace, under one policy, one quota, one range."""
    found = [o for i in range(count) for o in release(f"web{i}")]
    quota = obj("ResourceQuota", "q", spec={"hard": {"pods": "1", "limits.cpu": "1"}})
    limits = obj("LimitRange", "l", spec={"limits": [BOUNDS]})
    return [*found, policy("deny"), quota, limits, claim("data", "ReadWriteMany")]


def apart(count: int) -> list[Object]:
    """The same service in each of many namespaces, each with a policy for all of its pods."""
    found = [o for i in range(count) for o in ({**x} for x in (*release("web"), policy("deny")))]
    each = len(found) // count
    for place, data in enumerate(found):
        data["metadata"] = {**data["metadata"], "namespace": f"team-{place // each}"}
    return found


def work(objects: list[Object]) -> int:
    """Calls that all checks take over *objects*, of functions and of built-ins."""
    found = tuple(
        KubernetesObject(
            o["apiVersion"],
            o["kind"],
            o["metadata"]["namespace"],
            o["metadata"]["name"],
            o,
            "a.yaml",
        )
        for o in objects
    )
    observation = Observation({"Manifests": Manifests((), found, (), (EVIDENCE,))})
    calls = 0

    def count(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for name in OURS:
            CHECKS[name].evaluate(observation, Settings())
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("world", [beside, apart], ids=["beside", "apart"])
def test_twice_the_objects_are_twice_the_work(world: Callable[[int], list[Object]]) -> None:
    small, large = work(world(40)), work(world(80))
    assert small > 40 * len(OURS), "the checks did not look"
    assert large < 2.15 * small, (small, large)
