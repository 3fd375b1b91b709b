"""``manifests.hpa-metrics``: every autoscaler can compute the metrics that it asks for.

What: a share of CPU or memory (``Utilization``) is taken of the requests, so every container of
the target requests that resource; a container named is there; each metric has the value that
its type is compared with. Why: with one request missing the autoscaler computes nothing and the
workload stays at its size under any load. Remedy: request the resource in every container.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.graph import SCALERS
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.shares import (
    Metric,
    metrics_of,
    missing_requests,
    pods_scaled,
)
from golive_gates.manifests.relations.values import text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.hpa-metrics", needs=EvidenceLevel.STATIC)
VALUES = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each metric of each HorizontalPodAutoscaler."""
    del settings
    graph = graph_of(observation)
    found: list[Finding] = []
    looked = 0
    for hpa in graph.all(SCALERS[0]):
        pods = pods_scaled(graph).get(id(hpa), [])
        for metric in metrics_of(hpa):
            # Of pods that are not there, which `hpa-target` reports, nothing can be computed.
            looked += bool(pods) or not metric.of_pods
            found += _formed(hpa, metric, pods)
    found += (
        finding(
            lack.pod.owner,
            (*lack.container.path, "resources", "requests"),
            "no-request",
            container=lack.container.name,
            resource=lack.resource,
            scaler=f"{lack.hpa.kind}/{lack.hpa.name}",
        )
        for lack in missing_requests(graph).values()
    )
    return judged(SPEC, observation, looked, found)


def _formed(hpa: KubernetesObject, metric: Metric, pods: list[Pod]) -> Iterator[Finding]:
    """What is wrong with the metric itself."""
    kind = text(metric.target.get("type"))
    if kind in VALUES and VALUES[kind] not in metric.target:
        place = (*metric.path, metric.field, "target")
        yield finding(hpa, place, "no-value", type=kind, field=VALUES[kind])
    elif metric.field == "containerResource":
        place = (*metric.path, metric.field, "container")
        name = text(metric.source.get("container"))
        for pod in pods:
            if not metric.containers(pod):
                yield finding(hpa, place, "no-container", name=name, owner=_named(pod))


def _named(pod: Pod) -> str:
    return f"{pod.owner.kind}/{pod.owner.name}"


CHECK = Check(SPEC, (Manifests,), judge)
