"""What a namespace holds at the most, as a ResourceQuota counts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.claims import templates
from golive_gates.manifests.relations.compute import (
    NANO,
    RESOURCES,
    SIDES,
    defaults_of,
    demand,
    nanos,
)
from golive_gates.manifests.relations.scaling import REPLICATED, scale_of, surge_of
from golive_gates.manifests.relations.values import mapping, text, whole

COUNTED = {
    "services": "Service",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "count/deployments.apps": "Deployment.apps",
    "count/statefulsets.apps": "StatefulSet.apps",
    "count/cronjobs.batch": "CronJob.batch",
    "count/ingresses.networking.k8s.io": "Ingress.networking.k8s.io",
}
"""Kinds that a quota counts, by the name that it has for them."""

CLAIMED = ("persistentvolumeclaims", "requests.storage")
BY_CLASS = ".storageclass.storage.k8s.io/"


def counts(name: str) -> bool:
    """Whether :func:`usage` tells how much of what a quota calls *name* is asked for."""
    of_class = BY_CLASS in name and name.partition(BY_CLASS)[2] in CLAIMED
    side, _, resource = name.partition(".")
    computed = side in SIDES and resource in RESOURCES
    return of_class or computed or name == "pods" or name in CLAIMED or name in COUNTED


def usage(graph: Graph, namespace: str) -> Mapping[str, int]:
    """Most that the files ask for, in billionths, by the quota's name.

    What a cluster adds comes on top.
    """
    used: dict[str, int] = defaultdict(int)
    defaults = defaults_of(graph, namespace)
    seen: set[tuple[str, str]] = set()
    for pod in graph.pods_in(namespace):
        named = (pod.owner.kind, pod.owner.name)
        if named in seen:
            continue  # Written twice, as in a base and its overlay; `duplicate-objects` judges it.
        seen.add(named)
        count = pods_at_most(graph, pod)
        used["pods"] += count * NANO
        for name, one in demand(pod, defaults).items():
            used[name] += one * count
    for spec, count in _claims(graph, namespace):
        used["persistentvolumeclaims"] += count * NANO
        asked = nanos(mapping(mapping(spec.get("resources")).get("requests")).get("storage"))
        used["requests.storage"] += (asked or 0) * count
        kind = text(spec.get("storageClassName"))
        used[f"{kind}{BY_CLASS}requests.storage"] += (asked or 0) * count
        used[f"{kind}{BY_CLASS}persistentvolumeclaims"] += count * NANO
    for name, kind in COUNTED.items():
        used[name] += len(graph.within(kind, namespace)) * NANO
    return used


def pods_at_most(graph: Graph, pod: Pod) -> int:
    """Pods of one workload at a time: at its maximum, while it is updated; one of a DaemonSet."""
    owner = pod.owner
    if owner.type in REPLICATED:
        most = scale_of(graph, owner).most
        return most + surge_of(owner, most)
    if owner.kind in ("Job", "CronJob"):
        base = ("spec",) if owner.kind == "Job" else ("spec", "jobTemplate", "spec")
        beside = whole(owner.get(*base, "parallelism"))
        runs = whole(owner.get(*base, "completions"))
        count = 1 if beside is None else beside
        return min(count, runs) if runs is not None else count
    return 0 if owner.kind == "PodTemplate" else 1


def _claims(graph: Graph, namespace: str) -> Iterator[tuple[Mapping[str, object], int]]:
    for claim in graph.within("PersistentVolumeClaim", namespace):
        yield claim.mapping("spec"), 1
    for owner in graph.within("StatefulSet.apps", namespace):
        for _, template in templates(owner):
            yield mapping(template.get("spec")), _most(graph, owner)


def _most(graph: Graph, owner: KubernetesObject) -> int:
    return scale_of(graph, owner).most
