"""What Prometheus scrapes of the release: by ServiceMonitors, PodMonitors and annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.monitors import (
    POD_MONITOR,
    SERVICE_MONITOR,
    pods_monitored,
    services_monitored,
)
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.ports import (
    Port,
    port_in,
    ports_of,
    protocol,
    service_port,
    target_of,
)
from golive_gates.manifests.relations.values import entries, mapping, text, whole


@dataclass(frozen=True, slots=True)
class Scrape:
    """One port of a pod that is scraped; ``port`` is ``None`` where files do not tell it."""

    pod: Pod
    port: Port | None
    by: str


def scrapes(graph: Graph) -> Iterator[Scrape]:
    """Everything of the release that is scraped."""
    for monitor in graph.all(SERVICE_MONITOR):
        points = [p for _, p in entries(monitor.get("spec", "endpoints"))]
        for service in services_monitored(graph, monitor):
            for pod in graph.pods_of_service(service):
                for point in points:
                    yield Scrape(pod, _of_service(pod, service, point), str(monitor.ref))
    for monitor in graph.all(POD_MONITOR):
        points = [p for _, p in entries(monitor.get("spec", "podMetricsEndpoints"))]
        for pod in pods_monitored(graph, monitor):
            for point in points:
                yield Scrape(pod, of_pod(pod, point), str(monitor.ref))
    for pod in graph.pods:
        if pod.annotations.get("prometheus.io/scrape") == "true":
            number = text(pod.annotations.get("prometheus.io/port"))
            port = _numbered(pod, int(number)) if number.isdecimal() else None
            yield Scrape(pod, port, "prometheus.io/scrape")


def of_pod(pod: Pod, point: Mapping[str, Any]) -> Port | None:
    """The port of *pod* that an endpoint of a PodMonitor means."""
    name, number = text(point.get("port")), whole(point.get("portNumber"))
    if name:
        return next((p for p in ports_of(pod) if p.name == name), None)
    return None if number is None else _numbered(pod, number)


def _of_service(pod: Pod, service: KubernetesObject, point: Mapping[str, Any]) -> Port | None:
    target = point.get("targetPort")
    transport = "TCP"
    if point.get("port"):
        port = service_port(service, text(point.get("port")))
        target = None if port is None else target_of(port)
        transport = protocol(mapping(port))
    if isinstance(target, bool) or not isinstance(target, int | str):
        return None
    found = port_in(pod, target, transport)
    return Port("", target, transport) if found is None and isinstance(target, int) else found


def _numbered(pod: Pod, number: int) -> Port:
    return port_in(pod, number) or Port("", number, "TCP")
