"""Shares of requests that autoscalers ask for, and the requests that are missing for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.sources.kubernetes.graph import SCALERS, Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.relations.compute import defaults_of, has_request
from golive_gates.manifests.relations.scaling import REPLICATED, scalers_of
from golive_gates.manifests.relations.values import entries, mapping, text

FIELDS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
"""Types of metrics, and the field of each that says which one."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of an autoscaler. ``field``: empty for a type that is none."""

    path: KeyPath
    field: str
    source: Mapping[str, Any]

    @property
    def target(self) -> Mapping[str, Any]:
        """What its value is compared with."""
        return mapping(self.source.get("target"))

    @property
    def of_pods(self) -> bool:
        """Whether it is measured on the pods of the target itself."""
        return self.field in ("resource", "containerResource")

    def containers(self, pod: Pod) -> list[Container]:
        """Containers of *pod* that it is measured on."""
        staying = [c for c in pod.containers if c.stays]
        if self.field != "containerResource":
            return staying
        return [c for c in staying if c.name == text(self.source.get("container"))]


@dataclass(frozen=True, slots=True)
class Missing:
    """A request of *container* without which *hpa* cannot compute a share of ``resource``."""

    hpa: KubernetesObject
    pod: Pod
    container: Container
    resource: str


def metrics_of(hpa: KubernetesObject) -> Iterator[Metric]:
    """Metrics in the form of autoscaling/v2; without any the API server asks for 80 % of CPU."""
    listed = list(entries(hpa.get("spec", "metrics")))
    for index, metric in listed:
        field = FIELDS.get(text(metric.get("type")), "")
        yield Metric(("spec", "metrics", index), field, mapping(metric.get(field)))
    if not listed:
        place = ("spec", "targetCPUUtilizationPercentage")
        share = hpa.get(*place, default=80)
        target = {"type": "Utilization", "averageUtilization": share}
        yield Metric(place, "resource", {"name": "cpu", "target": target})


@lru_cache(maxsize=2)
def pods_scaled(graph: Graph) -> Mapping[int, list[Pod]]:
    """Pods of the workloads that each HorizontalPodAutoscaler scales, by its ``id``."""
    found: dict[int, list[Pod]] = defaultdict(list)
    for pod in graph.pods:
        if pod.owner.type in REPLICATED:
            for scaler in scalers_of(graph, pod.owner):
                if scaler.type == SCALERS[0]:
                    found[id(scaler)].append(pod)
    return found


@lru_cache(maxsize=2)
def missing_requests(graph: Graph) -> Mapping[tuple[int, str], Missing]:
    """Requests that are missing, by the ``id`` of the container's data and the resource."""
    found: dict[tuple[int, str], Missing] = {}
    for hpa in graph.all(SCALERS[0]):
        for metric in metrics_of(hpa):
            if metric.of_pods and metric.target.get("type") == "Utilization":
                resource = text(metric.source.get("name"))
                for pod in pods_scaled(graph).get(id(hpa), ()):
                    defaults = defaults_of(graph, pod.owner.namespace)
                    for container in metric.containers(pod):
                        if not has_request(pod, container, resource, defaults):
                            missing = Missing(hpa, pod, container, resource)
                            found.setdefault((id(container.data), resource), missing)
    return found
