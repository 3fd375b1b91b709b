"""``manifests.service-monitors``: every monitor finds something to scrape.

What: a ServiceMonitor selects a Service, by that Service's own labels, which has the port named;
a PodMonitor selects pods with the port named; the interval is above the scrape's time-out and
short enough to alert on. Why: a monitor that matches nothing is silent, and so are the alerts
that rest on it. Remedy: use the Service's labels and the name of its port.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.monitors import (
    POD_MONITOR,
    SERVICE_MONITOR,
    namespaces_of,
    of_pod,
    pods_monitored,
    services_monitored,
)
from golive_gates.manifests.relations.operators import maker_by_labels
from golive_gates.manifests.relations.ports import ports_of, service_port
from golive_gates.manifests.relations.values import absent, entries, mapping, seconds, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.service-monitors", needs=EvidenceLevel.STATIC)
SELECTOR = ("spec", "selector")
LONGEST = 120.0
"""Seconds between scrapes beyond which a rate over five minutes rests on one or two samples."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each endpoint of each monitor."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    for monitor in graph.all(SERVICE_MONITOR, POD_MONITOR):
        field = "endpoints" if monitor.type == SERVICE_MONITOR else "podMetricsEndpoints"
        looked += max(1, len(monitor.sequence("spec", field)))
        if monitor.type == SERVICE_MONITOR:
            found += _of_services(graph, monitor, missing)
        else:
            found += _of_pods(graph, monitor, missing)
        found += _intervals(monitor, field)
    return judged(SPEC, observation, looked, found)


def _nothing(
    graph: Graph, monitor: KubernetesObject, code: str, *, held: bool, missing: Status | None
) -> Finding:
    """A monitor that selects nothing: of another release, if the files hold nothing there."""
    spaces = ", ".join(namespaces_of(monitor)) or "*"
    status = missing
    wanted = mapping(monitor.get(*SELECTOR, "matchLabels")).values()
    if not held:
        code, status = "elsewhere", Status.WARN
    elif any(maker_by_labels(graph, wanted, space) for space in namespaces_of(monitor)):
        code, status = "operator", Status.WARN
    return finding(monitor, SELECTOR, code, status=status, namespaces=spaces)


def _of_services(
    graph: Graph, monitor: KubernetesObject, missing: Status | None
) -> Iterator[Finding]:
    services = services_monitored(graph, monitor)
    if not services:
        held = any(graph.within("Service", space) for space in namespaces_of(monitor))
        yield _nothing(graph, monitor, "no-service", held=held, missing=missing)
        return
    for index, point in entries(monitor.get("spec", "endpoints")):
        name = point.get("port")
        path = ("spec", "endpoints", index)
        names = ", ".join(sorted({s.name for s in services}))
        if isinstance(name, str):
            if all(service_port(s, name) is None for s in services):
                yield finding(monitor, (*path, "port"), "no-port", port=name, names=names)
            continue
        target = point.get("targetPort")
        pods = [pod for s in services for pod in graph.pods_of_service(s)]
        if isinstance(target, str) and pods and not any(_named(pod, target) for pod in pods):
            yield finding(monitor, (*path, "targetPort"), "no-pod-port", port=target, names=names)


def _of_pods(graph: Graph, monitor: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    pods = pods_monitored(graph, monitor)
    if not pods:
        spaces = namespaces_of(monitor)
        held = any(next(graph.pods_in(space), None) is not None for space in spaces)
        yield _nothing(graph, monitor, "no-pod", held=held, missing=missing)
        return
    names = ", ".join(sorted({pod.owner.name for pod in pods}))
    for index, point in entries(monitor.get("spec", "podMetricsEndpoints")):
        name = text(point.get("port"))
        if name and all(of_pod(pod, point) is None for pod in pods):
            place = ("spec", "podMetricsEndpoints", index, "port")
            yield finding(monitor, place, "no-pod-port", port=name, names=names)


def _named(pod: Pod, name: str) -> bool:
    return any(port.name == name for port in ports_of(pod))


def _intervals(monitor: KubernetesObject, field: str) -> Iterator[Finding]:
    for index, point in entries(monitor.get("spec", field)):
        interval, limit = seconds(point.get("interval")), seconds(point.get("scrapeTimeout"))
        path = ("spec", field, index)
        if not interval:
            continue
        if limit is not None and limit > interval:
            yield finding(
                monitor, (*path, "scrapeTimeout"), "above-interval", limit=limit, interval=interval
            )
        if interval > LONGEST:
            yield finding(
                monitor, (*path, "interval"), "rare", status=Status.WARN, interval=interval
            )


CHECK = Check(SPEC, (Manifests,), judge)
