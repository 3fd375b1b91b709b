"""``manifests.resources``: every container says what it needs and what it may take.

What: CPU and memory requests and a memory limit for every container and init container, their
own, the pod's (``spec.resources``) or from a LimitRange; no request above its limit; amounts
that are likely what was meant. A limit stands in for a missing request, as the API server fills
it in. A missing CPU limit is no finding; a request that an autoscaler computes with is left to
``manifests.hpa-metrics``. Why: without requests the scheduler fills a node until
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
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Container, Pod
from golive.sources.kubernetes.quantities import quantity
from golive_gates.manifests.looking import containers, finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.compute import defaults_of
from golive_gates.manifests.relations.shares import missing_requests
from golive_gates.manifests.relations.values import mapping, misspelt
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
    found: list[Finding] = []
    looked = 0
    for pod, container in containers(graph, "container", "init", "sidecar"):
        looked += 1
        own = mapping(container.data.get("resources"))
        found += _missing(graph, pod, container, own)
        found += _amounts(pod, container, own)
    return judged(SPEC, observation, looked, found)


def _missing(
    graph: Graph, pod: Pod, container: Container, own: Mapping[str, Any]
) -> Iterator[Finding]:
    missing = [place for place in WANTED if not _given(own, place)]
    if not missing or misspelt(container.data, "resources"):
        return
    defaults = defaults_of(graph, pod.owner.namespace)
    others = (
        mapping(pod.spec.get("resources")),
        {"requests": defaults.requests, "limits": defaults.limits},
    )
    # What an autoscaler computes with is reported by `manifests.hpa-metrics`.
    needed = missing_requests(graph)
    missing = [
        (kind, name)
        for kind, name in missing
        if not any(_given(other, (kind, name)) for other in others)
        and not (kind == "requests" and (id(container.data), name) in needed)
    ]
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
    if misspelt(resources, kind):
        return True
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
