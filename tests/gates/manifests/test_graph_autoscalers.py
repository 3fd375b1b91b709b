"""Autoscalers: their targets, their metrics, and the replicas beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    claim,
    cron_job,
    hpa,
    obj,
    service,
    verdict,
    workload,
)

TARGET, METRICS, REPLICAS = "hpa-target", "hpa-metrics", "hpa-replicas"


def aimed(kind: str = "Deployment", name: str = "web", version: str | None = "apps/v1") -> Object:
    target = {"kind": kind, "name": name}
    return hpa(target=target if version is None else {**target, "apiVersion": version})


def keda(name: str = "web", **spec: Any) -> Object:
    spec = {"scaleTargetRef": {"name": name}, **spec}
    return obj("ScaledObject", "keda", "keda.sh/v1alpha1", spec=spec)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(), hpa()], ("pass", [])),
        ([workload("StatefulSet"), aimed("StatefulSet")], ("pass", [])),
        ([workload(), aimed(name="x")], ("fail", ["no-target"])),
        ([workload(), aimed("StatefulSet")], ("fail", ["no-target"])),
        ([workload("DaemonSet"), aimed("DaemonSet")], ("fail", ["not-scalable"])),
        ([workload(), aimed(version="extensions/v1beta1")], ("fail", ["wrong-group"])),
        ([workload(), aimed(version=None)], ("fail", ["wrong-group"])),
        ([aimed("Cluster", version="example.com/v1")], ("pass", [])),
        ([workload(), aimed("Deploymnet")], ("fail", ["not-scalable"])),
        ([workload(), hpa(least=5, most=2)], ("fail", ["above-maximum"])),
        ([workload(), hpa(least=3, most=3)], ("pass", [])),
        ([workload(), hpa(), {**hpa(), "metadata": {"name": "b", "namespace": "app"}}],
         ("fail", ["second"])),
        ([workload(), hpa(), keda()], ("fail", ["second"])),
        ([workload(), keda()], ("pass", [])),
        ([workload(), keda(name="x")], ("fail", ["no-target"])),
        ([workload(namespace="other"), hpa()], ("fail", ["no-target"])),
        ([workload()], ("not-applicable", [])),
    ],
)  # fmt: skip
def test_targets(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(TARGET, *objects) == expected


def test_an_unread_file_may_hold_the_target() -> None:
    found = verdict(TARGET, hpa(), problems=1)
    assert found == ("inconclusive", ["no-target (inconclusive)"])


def scaled(*metrics: Object) -> Object:
    return hpa(spec={"metrics": list(metrics)})


def of_resource(
    name: str = "cpu", kind: str = "Utilization", field: str = "averageUtilization"
) -> Object:
    target = {"type": kind, field: 70}
    return {"type": "Resource", "resource": {"name": name, "target": target}}


def asking(**resources: Any) -> Object:
    return {"resources": resources}


CPU = asking(requests={"cpu": "100m"})
SIDE = {"name": "side", "image": "s:1"}
OF_CONTAINER = {
    "type": "ContainerResource",
    "containerResource": {
        "name": "cpu",
        "container": "side",
        "target": {"type": "Utilization", "averageUtilization": 70},
    },
}
OF_PODS = {
    "type": "Pods",
    "pods": {"metric": {"name": "streams"}, "target": {"type": "AverageValue", "averageValue": 9}},
}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(container=CPU), scaled(of_resource())], ("pass", [])),
        ([workload(container=asking(limits={"cpu": 1})), scaled(of_resource())], ("pass", [])),
        ([workload(), scaled(of_resource())], ("fail", ["no-request"])),
        ([workload(container=CPU), scaled(of_resource("memory"))], ("fail", ["no-request"])),
        ([workload(), scaled(of_resource(kind="AverageValue", field="averageValue"))],
         ("pass", [])),
        ([workload(), scaled(of_resource(kind="AverageValue"))], ("fail", ["no-value"])),
        ([workload(pod={"container": CPU, "containers": [SIDE]}), scaled(of_resource())],
         ("fail", ["no-request"])),
        ([workload(pod={"container": CPU, "initContainers": [SIDE]}), scaled(of_resource())],
         ("pass", [])),
        ([workload(pod={"container": CPU, "initContainers": [{**SIDE, "restartPolicy": "Always"}]}),
          scaled(of_resource())], ("fail", ["no-request"])),
        ([workload(pod={"resources": {"requests": {"cpu": 1}}}), scaled(of_resource())],
         ("pass", [])),
        ([workload(container=CPU), scaled(OF_CONTAINER)], ("fail", ["no-container"])),
        ([workload(pod={"containers": [{**SIDE, **CPU}]}), scaled(OF_CONTAINER)], ("pass", [])),
        ([workload(), scaled(OF_PODS)], ("pass", [])),
        ([workload(), hpa()], ("fail", ["no-request"])),
        ([workload(container=CPU), hpa()], ("pass", [])),
        ([hpa()], ("not-applicable", [])),
        ([workload()], ("not-applicable", [])),
    ],
)  # fmt: skip
def test_metrics(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(METRICS, *objects) == expected


def test_a_limit_range_gives_the_request() -> None:
    given = {"type": "Container", "defaultRequest": {"cpu": "100m"}}
    limits = obj("LimitRange", "x", spec={"limits": [given]})
    assert verdict(METRICS, workload(), hpa(), limits) == ("pass", [])
    assert verdict(METRICS, workload(), hpa(), problems=1)[0] == "fail"
    assert verdict(METRICS, workload(container=CPU), hpa(), problems=1)[0] == "inconclusive"


RECREATE = {"strategy": {"type": "Recreate"}}
DATA = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(), service(), hpa()], ("pass", [])),
        ([workload(spec={"replicas": 2}), service()], ("pass", [])),
        ([workload(spec={"replicas": 2}), hpa()], ("fail", ["static"])),
        ([workload(spec={"replicas": 2}), keda()], ("fail", ["static"])),
        ([workload(), service()], ("warn", ["single (warn)"])),
        ([workload(spec={"replicas": 1}), service()], ("warn", ["single (warn)"])),
        ([workload(spec={"replicas": 0}), service()], ("warn", ["none (warn)"])),
        ([workload(), service(), hpa(least=1)], ("warn", ["minimum (warn)"])),
        ([workload(), service(), hpa(least=None)], ("warn", ["minimum (warn)"])),
        ([workload(), service(), keda()], ("warn", ["minimum (warn)"])),
        ([workload(spec=RECREATE), service()], ("pass", [])),
        ([workload(pod=DATA), claim(), service()], ("pass", [])),
        ([workload(pod=DATA), claim("data", "ReadWriteMany"), service()],
         ("warn", ["single (warn)"])),
        ([workload()], ("not-applicable", [])),
        ([workload("DaemonSet"), service()], ("not-applicable", [])),
        ([cron_job(), service("backup")], ("not-applicable", [])),
    ],
)  # fmt: skip
def test_replicas(objects: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict(REPLICAS, *objects) == expected


def test_unread_files_keep_replicas_open() -> None:
    assert verdict(REPLICAS, workload(), service(), hpa(), problems=1)[0] == "inconclusive"
