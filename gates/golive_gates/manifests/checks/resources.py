"""``manifests.resources``: every container says what it needs and what it may take.

What: CPU and memory requests and a memory limit for every container and init container, their
own, the pod's (``spec.resources``) or from a LimitRange; no request above its limit; amounts
that are likely what was meant. A limit stands in for a missing request, as the API server fills
it in. A missing CPU limit is no finding. Why: without requests the scheduler fills a node until
its pods starve, and without a memory limit one leak takes its neighbours down. Remedy: set
requests to what the service uses, and the memory limit above its peak.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.graph import Graph, same
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.quantities import quantity
from golive_gates.manifests.relations.values import entries, mapping
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.resources", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
WANTED = (("requests", "cpu"), ("requests", "memory"), ("limits", "memory"))
LEAST_MEMORY = 2**20
"""Bytes. Less than 1 MiB holds no process: ``512m`` is half a byte, where ``512M`` was meant."""
MOST_CPU = 256
"""Cores. More than the largest nodes have: ``500`` where ``500m`` was meant."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Ephemeral containers cannot have resources and are left out."""
    del settings
    graph = graph_of(observation)
    ranges = _defaults(graph)
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph, "container", "init", "sidecar"):
        looked += 1
        own = mapping(container.data.get("resources"))
        found += _missing(pod, container, own, ranges)
        found += _amounts(pod, container, own)
    return judged(SPEC, observation, looked, found)


Ranges = list[tuple[str, Mapping[str, Any]]]


def _defaults(graph: Graph) -> Ranges:
    """Namespace and defaults of every LimitRange for containers, in the form of resources."""
    return [
        (
            limits.namespace,
            {
                "limits": mapping(item.get("default")),
                "requests": {**mapping(item.get("default")), **mapping(item.get("defaultRequest"))},
            },
        )
        for limits in graph.all("LimitRange")
        for _, item in entries(limits.get("spec", "limits"))
        if item.get("type") == "Container"
    ]


def _missing(
    pod: Pod, container: Container, own: Mapping[str, Any], ranges: Ranges
) -> Iterator[Finding]:
    missing = [place for place in WANTED if not _given(own, place)]
    if not missing:
        return
    others = [mapping(pod.spec.get("resources"))]
    others += [given for namespace, given in ranges if same(namespace, pod.owner.namespace)]
    missing = [place for place in missing if not any(_given(o, place) for o in others)]
    if missing:
        place = missing[0] if len(missing) == 1 else ()
        yield finding(
            pod.owner,
            (*container.path, "resources", *place),
            "missing",
            container=container.name,
            missing=", ".join(map(".".join, missing)),
        )


def _given(resources: Mapping[str, Any], place: tuple[str, str]) -> bool:
    """Whether it is there, or its limit, which the API server takes for a missing request."""
    kind, name = place
    return any(
        mapping(resources.get(k)).get(name) is not None for k in dict.fromkeys((kind, "limits"))
    )


def _amounts(pod: Pod, container: Container, own: Mapping[str, Any]) -> Iterator[Finding]:
    requests, limits = mapping(own.get("requests")), mapping(own.get("limits"))
    for kind, given in (("requests", requests), ("limits", limits)):
        for name, value in given.items():
            amount = quantity(value)  # What is no quantity is `manifests.schema`'s to report.
            if amount is None:
                continue
            code, status = _odd(name, amount)
            if code:
                yield finding(
                    pod.owner,
                    (*container.path, "resources", kind, name),
                    code,
                    container=container.name,
                    status=status,
                    value=str(value),
                    resource=f"{kind}.{name}",
                )
            limit = quantity(limits.get(name)) if kind == "requests" else None
            if limit is not None and amount > limit and not _odd(name, limit)[0]:
                yield finding(
                    pod.owner,
                    (*container.path, "resources", kind, name),
                    "over-limit",
                    container=container.name,
                    request=str(value),
                    limit=str(limits[name]),
                    resource=name,
                )


def _odd(name: str, amount: Fraction) -> tuple[str, Status | None]:
    if name == "memory" and amount < LEAST_MEMORY:
        return "too-little", None
    if name == "cpu" and amount > MOST_CPU:
        return "too-much", Status.WARN
    return "", None


CHECK = Check(SPEC, (Manifests,), judge)
