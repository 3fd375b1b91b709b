"""``manifests.service-selectors``: every Service leads to pods of one workload.

What: the selector of each Service selects pods that the release makes, of one workload only. A
Service without a selector, an ExternalName or one with Endpoints of its own is as it should be.
Why: a Service whose selector has a slip answers nothing, and nothing else complains. Remedy: use
the labels of the pod template.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.operators import foreign, maker_by_labels
from golive_gates.manifests.relations.owning import mislabelled, unclaimed
from golive_gates.manifests.relations.values import absent, pairs
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.service-selectors", needs=EvidenceLevel.STATIC)
PATH = ("spec", "selector")
ENDPOINTS = "EndpointSlice.discovery.k8s.io"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each Service with a selector has pods, of one workload."""
    del settings
    graph = graph_of(observation)
    found = []
    looked = 0
    sliced = _sliced(graph)
    for service in graph.all("Service"):
        wanted = service.mapping(*PATH)
        if not wanted or service.get("spec", "type") == "ExternalName":
            continue
        looked += 1
        pods = graph.pods_of_service(service)
        workloads = {(p.owner.kind, p.owner.name): p for p in pods}
        selector = pairs(wanted)
        if len(workloads) > 1:
            if len(unclaimed(workloads.values())) > 1:
                names = ", ".join(f"{kind}/{name}" for kind, name in sorted(workloads))
                found.append(
                    finding(
                        service, PATH, "several", status=Status.WARN, selector=selector, names=names
                    )
                )
        elif not (workloads or _by_hand(graph, sliced, service) or _mislabelled(graph, service)):
            code, status = _nothing(graph, service)
            if status is None:
                status = absent(observation)
            found.append(finding(service, PATH, code, status=status, selector=selector))
    return judged(SPEC, observation, looked, found)


def _sliced(graph: Graph) -> set[tuple[str, str]]:
    """Services that EndpointSlices of the release belong to."""
    return {
        (s.namespace, str(s.mapping("metadata", "labels").get("kubernetes.io/service-name")))
        for s in graph.all(ENDPOINTS)
    }


def _by_hand(graph: Graph, sliced: set[tuple[str, str]], service: KubernetesObject) -> bool:
    held = graph.find("Endpoints", service.namespace, service.name)
    return held is not None or (service.namespace, service.name) in sliced


def _mislabelled(graph: Graph, service: KubernetesObject) -> bool:
    return mislabelled(graph.pods_owned(service.mapping(*PATH), service.namespace))


def _nothing(graph: Graph, service: KubernetesObject) -> tuple[str, Status | None]:
    """What to say of a Service that selects no pod."""
    wanted, space = service.mapping(*PATH), service.namespace
    if foreign(wanted) or maker_by_labels(graph, wanted.values(), space) is not None:
        return "operator", Status.WARN
    if next(graph.pods_owned(wanted, space), None) is not None:
        return "workload-labels", None
    if next(graph.iter_selected({"matchLabels": wanted}, ""), None) is not None:
        return "other-namespace", None
    if next(graph.pods_in(space), None) is None:
        return "no-pods", Status.INCONCLUSIVE
    return "nothing", None


CHECK = Check(SPEC, (Manifests,), judge)
