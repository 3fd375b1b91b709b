"""``manifests.quotas``: the namespace's quota has room for the release at its largest.

What: the requests and limits of all workloads of a namespace, at their autoscalers' maximum,
with the pods that a rolling update adds and one pod of each job, are held against its
ResourceQuota, and each container against its LimitRange. Why: beyond a quota pods are refused,
which shows as a scale-up or a rollout that stops half-way. Remedy: raise the quota, or lower the
maximum or the requests.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.compute import (
    RESOURCES,
    SIDES,
    amount,
    defaults_of,
    nanos,
    shown,
    unspecified,
)
from golive_gates.manifests.relations.usage import counts, usage
from golive_gates.manifests.relations.values import entries, mapping
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.quotas", needs=EvidenceLevel.STATIC)
DEMANDED = frozenset({"limits.cpu"})
"""What a pod has to state once a quota counts it, and need not otherwise.

The same holds for requests and memory limits, which `manifests.resources` asks for in any case.
"""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each hard limit of each quota, and each container under a LimitRange."""
    del settings
    graph = graph_of(observation)
    found: list[Finding] = []
    looked = 0
    for quota in graph.all("ResourceQuota"):
        if quota.get("spec", "scopes") or quota.get("spec", "scopeSelector"):
            continue  # It counts some pods only, and which is not said by files alone.
        looked += sum(1 for _ in _hard(quota))
        found += _room(graph, quota)
        found += _stated(graph, quota)
    for limits in graph.all("LimitRange"):
        if next(graph.pods_in(limits.namespace), None) is not None:
            bounds = list(_bounds(limits))
            looked += len(bounds)
            found += _ranges(graph, limits, bounds) if bounds else ()
    return judged(SPEC, observation, looked, found)


def _key(name: str) -> str:
    """``cpu`` in a quota means requests."""
    return f"requests.{name}" if name in RESOURCES else name


def _hard(quota: KubernetesObject) -> Iterator[tuple[str, str, int]]:
    """Limits of a quota that files tell the use of: name, as written, and in billionths."""
    for name, written in quota.mapping("spec", "hard").items():
        hard = nanos(written)
        if hard is not None and counts(_key(str(name))):
            yield str(name), str(written), hard


def _room(graph: Graph, quota: KubernetesObject) -> Iterator[Finding]:
    used = usage(graph, quota.namespace)
    for name, written, hard in _hard(quota):
        needed = used.get(_key(name), 0)
        if needed > hard:
            yield finding(
                quota,
                ("spec", "hard", name),
                "too-small",
                resource=name,
                hard=written,
                needed=shown(needed, name),
            )


def _stated(graph: Graph, quota: KubernetesObject) -> Iterator[Finding]:
    """Containers that the quota makes the API server refuse."""
    keys = DEMANDED & {_key(str(name)) for name in quota.mapping("spec", "hard")}
    if not keys:
        return
    defaults = defaults_of(graph, quota.namespace)
    for pod in graph.pods_in(quota.namespace):
        for container, key in unspecified(pod, keys, defaults):
            yield finding(
                pod.owner,
                (*container.path, "resources"),
                "unspecified",
                container=container.name,
                resource=key,
                quota=quota.name,
            )


Bound = tuple[str, int, str]
"""``min`` or ``max``, its amount in billionths, and as written, of one resource."""


def _bounds(limits: KubernetesObject) -> Iterator[tuple[str, Bound]]:
    """Bounds that a LimitRange sets to containers, each with its resource."""
    for _, item in entries(limits.get("spec", "limits")):
        if item.get("type") == "Container":
            for end in ("min", "max"):
                for resource, written in mapping(item.get(end)).items():
                    number = nanos(written)
                    if number is not None:
                        yield str(resource), (end, number, str(written))


def _ranges(
    graph: Graph, limits: KubernetesObject, bounds: list[tuple[str, Bound]]
) -> Iterator[Finding]:
    """Containers outside the bounds of a LimitRange."""
    defaults = defaults_of(graph, limits.namespace)
    sides = [(side, resource, bound) for resource, bound in bounds for side in SIDES]
    for pod in graph.pods_in(limits.namespace):
        for container in pod.containers:
            for side, resource, (end, number, written) in sides:
                own = amount(container, side, resource, defaults)
                if own is not None and _outside(own, end, number):
                    yield finding(
                        pod.owner,
                        (*container.path, "resources", side, resource),
                        "below-range" if end == "min" else "above-range",
                        container=container.name,
                        resource=f"{side}.{resource}",
                        value=shown(own, resource),
                        bound=written,
                        range=limits.name,
                    )


def _outside(own: int, end: str, bound: int) -> bool:
    return own < bound if end == "min" else own > bound


CHECK = Check(SPEC, (Manifests,), judge)
