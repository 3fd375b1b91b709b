"""Quotas and ranges of a namespace against the release at its largest."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from golive_gates.manifests.relations.compute import NANO, shown
from tests.gates.manifests.objects import (
    Object,
    check,
    claim,
    cron_job,
    hpa,
    obj,
    verdict,
    workload,
)

NAME = "quotas"


def quota(**spec: Any) -> Object:
    return obj("ResourceQuota", "q", spec=spec)


def hard(**limits: str) -> Object:
    return quota(hard={k.replace("_", "."): v for k, v in limits.items()})


def asking(cpu: str = "100m", **more: Any) -> Object:
    return {"resources": {"requests": {"cpu": cpu}, "limits": {"cpu": "1"}}, **more}


def web(replicas: int | None = 2, **spec: Any) -> Object:
    given = {} if replicas is None else {"replicas": replicas}
    return workload(container=asking(), spec={**given, **spec})


RECREATE = {"strategy": {"type": "Recreate"}}
SIDE = {"name": "side", "image": "s:1", **asking("50m")}


@pytest.mark.parametrize(
    ("objects", "needed"),
    [
        # Two replicas, and one that an update adds: a quarter of two, rounded up.
        ([web()], "300m"),
        ([web(**RECREATE)], "200m"),
        ([web(8)], "1"),
        ([web(strategy={"rollingUpdate": {"maxSurge": "50%"}})], "300m"),
        ([web(None, **RECREATE), hpa(most=7)], "700m"),
        ([workload("StatefulSet", container=asking(), spec={"replicas": 3})], "300m"),
        ([workload("DaemonSet", container=asking())], "100m"),
        ([cron_job(container=asking())], "100m"),
        ([workload(pod={"container": asking(), "containers": [SIDE]}, spec=RECREATE)], "150m"),
        ([workload(pod={"container": asking(), "initContainers": [SIDE]}, spec=RECREATE)], "100m"),
        ([workload(pod={"container": asking(), "initContainers": [
            {**SIDE, **asking("3")}]}, spec=RECREATE)], "3"),
        ([workload(pod={"container": asking(), "initContainers": [
            {**SIDE, "restartPolicy": "Always"}]}, spec=RECREATE)], "150m"),
        ([workload(pod={"container": asking(), "overhead": {"cpu": "10m"}}, spec=RECREATE)],
         "110m"),
        ([workload(container={"resources": {"limits": {"cpu": "2"}}}, spec=RECREATE)], "2"),
    ],
)  # fmt: skip
def test_what_the_release_needs_at_its_largest(objects: list[Object], needed: str) -> None:
    result = check(NAME, *objects, hard(requests_cpu="1m"))
    assert [f.reason.params["needed"] for f in result.findings] == [needed]
    assert verdict(NAME, *objects, hard(requests_cpu=needed)) == ("pass", [])
    assert verdict(NAME, *objects, hard(cpu=needed)) == ("pass", [])


@pytest.mark.parametrize(
    ("limits", "codes"),
    [
        ({"pods": "3"}, []),
        ({"pods": "2"}, ["too-small"]),
        ({"limits_cpu": "2"}, ["too-small"]),
        ({"persistentvolumeclaims": "0"}, ["too-small"]),
        ({"requests_storage": "10Gi"}, []),
        ({"requests_storage": "9Gi"}, ["too-small"]),
        ({"services": "0"}, []),
        ({"requests_nvidia": "0"}, []),
        ({"pods": "many"}, []),
    ],
)
def test_each_limit_of_a_quota(limits: dict[str, str], codes: list[str]) -> None:
    storage = claim(resources={"requests": {"storage": "10Gi"}})
    assert verdict(NAME, web(), storage, hard(**limits))[1] == codes


def test_a_quota_counts_its_own_namespace_and_scoped_ones_are_left() -> None:
    other = workload(namespace="other", spec={"replicas": 9})
    assert verdict(NAME, other, hard(pods="1")) == ("pass", [])
    assert verdict(NAME, web(), quota(hard={"pods": "1"}, scopes=["BestEffort"])) == (
        "not-applicable",
        [],
    )


def test_a_limit_that_the_quota_demands() -> None:
    bare = workload(spec=RECREATE)
    assert verdict(NAME, bare, hard(limits_cpu="9")) == ("fail", ["unspecified"])
    limits = obj("LimitRange", "l", spec={"limits": [{"type": "Container", "max": {"cpu": "1"}}]})
    assert verdict(NAME, bare, hard(limits_cpu="9"), limits) == ("pass", [])
    assert verdict(NAME, bare, hard(pods="9")) == ("pass", [])


def test_containers_within_a_range() -> None:
    bounds = {"type": "Container", "min": {"cpu": "200m"}, "max": {"cpu": "2"}}
    limits = obj("LimitRange", "l", spec={"limits": [bounds]})
    assert verdict(NAME, workload(container=asking("200m")), limits) == ("pass", [])
    assert verdict(NAME, workload(container=asking("100m")), limits) == ("fail", ["below-range"])
    large = {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "4"}}}
    assert verdict(NAME, workload(container=large), limits) == ("fail", ["above-range"])


def test_nothing_to_hold_against_and_something_unread() -> None:
    assert verdict(NAME, web()) == ("not-applicable", [])
    assert verdict(NAME, web(), hard(pods="9"), problems=1) == ("inconclusive", [])
    assert verdict(NAME, web(), hard(pods="1"), problems=1)[0] == "fail"


@pytest.mark.parametrize(
    ("number", "resource", "text"),
    [
        (Fraction(1, 4), "requests.cpu", "250m"),
        (Fraction(3), "cpu", "3"),
        (Fraction(5, 2), "limits.cpu", "2500m"),
        (Fraction(3 * 2**29), "limits.memory", "1.5Gi"),
        (Fraction(2**30 * 10 + 1), "requests.storage", "10.01Gi"),
        (Fraction(12), "pods", "12"),
    ],
)
def test_amounts_read_as_people_write_them(number: Fraction, resource: str, text: str) -> None:
    assert shown(int(number * NANO), resource) == text
