"""``manifests.hpa-metrics``: every autoscaler can compute the metrics that it asks for.

What: a share of CPU or memory (``Utilization``) is taken of the requests, so every container of
the target requests that resource; a container named is there; each metric has the value that
its type is compared with. Why: with one request missing the autoscaler computes nothing and the
workload stays at its size under any load. Remedy: request the resource in every container.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.graph import SCALERS, Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.compute import defaults_of, has_request
from golive_gates.manifests.relations.scaling import REPLICATED
from golive_gates.manifests.relations.values import entries, mapping, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.hpa-metrics", needs=EvidenceLevel.STATIC)
FIELDS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
VALUES = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each metric of each HorizontalPodAutoscaler."""
    del settings
    graph = graph_of(observation)
    found: list[Finding] = []
    looked = 0
    for hpa in graph.all(SCALERS[0]):
        pod = _pod(graph, hpa)
        for path, metric in _metrics(hpa):
            looked += 1
            found += _judged(graph, hpa, pod, path, metric)
    return judged(SPEC, observation, looked, found)


def _pod(graph: Graph, hpa: KubernetesObject) -> Pod | None:
    """The pod of the target; ``None`` where it is not there, which `hpa-target` reports."""
    kind, name = (text(hpa.get("spec", "scaleTargetRef", k)) for k in ("kind", "name"))
    known = next((t for t in REPLICATED if t.partition(".")[0] == kind), "")
    owner = graph.find(known, hpa.namespace, name)
    return None if owner is None else graph.pod_of(owner)


def _metrics(hpa: KubernetesObject) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Metrics in the form of autoscaling/v2; without any the API server asks for 80 % of CPU."""
    listed = list(entries(hpa.get("spec", "metrics")))
    for index, metric in listed:
        yield ("spec", "metrics", index), metric
    if not listed:
        place = ("spec", "targetCPUUtilizationPercentage")
        share = hpa.get(*place, default=80)
        target = {"type": "Utilization", "averageUtilization": share}
        yield place, {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _judged(
    graph: Graph,
    hpa: KubernetesObject,
    pod: Pod | None,
    path: KeyPath,
    metric: Mapping[str, Any],
) -> Iterator[Finding]:
    field = FIELDS.get(text(metric.get("type")), "")
    source = mapping(metric.get(field))
    target = mapping(source.get("target"))
    kind = text(target.get("type"))
    if kind in VALUES and VALUES[kind] not in target:
        place = (*path, field, "target")
        yield finding(hpa, place, "no-value", type=kind, field=VALUES[kind])
        return
    if pod is None or field not in ("resource", "containerResource"):
        return
    resource = text(source.get("name"))
    containers: list[Container] = [c for c in pod.containers if c.stays]
    if field == "containerResource":
        named = text(source.get("container"))
        containers = [c for c in containers if c.name == named]
        if not containers:
            owner = f"{pod.owner.kind}/{pod.owner.name}"
            place = (*path, field, "container")
            yield finding(hpa, place, "no-container", name=named, owner=owner)
            return
    if kind != "Utilization":
        return
    defaults = defaults_of(graph, pod.owner.namespace)
    for container in containers:
        if not has_request(pod, container, resource, defaults):
            yield finding(
                hpa,
                path,
                "no-request",
                resource=resource,
                name=container.name,
                owner=f"{pod.owner.kind}/{pod.owner.name}",
            )


CHECK = Check(SPEC, (Manifests,), judge)
