"""What a monitor selects: Services by their own labels, pods, and their ports.

Source of the semantics: prometheus-operator, API reference of ``monitoring.coreos.com/v1``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.inspecting import Same
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.monitors import POD_MONITOR, SERVICE_MONITOR, namespaces_of
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.operators import makes_pods
from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.values import entries, text, whole
from golive_gates.observability.parts import Alerting

PROBE = "Probe.monitoring.coreos.com"
SCRAPE_CONFIG = "ScrapeConfig.monitoring.coreos.com"
ENDPOINTS: Mapping[str, str] = {
    SERVICE_MONITOR: "endpoints",
    POD_MONITOR: "podMetricsEndpoints",
}
"""Where each kind of monitor lists what it scrapes."""


@lru_cache(maxsize=2)
def _graph(known: Same[Alerting]) -> Graph:
    return Graph(known.part.objects)


def graph_of(part: Alerting) -> Graph:
    """The graph of the objects of *part*; made once for all checks of a run."""
    return _graph(Same(part))


@dataclass(frozen=True, slots=True)
class Port:
    """One port that a container declares."""

    name: str
    number: int


def ports_of(pod: Pod) -> Iterator[Port]:
    """Ports that the containers of *pod* that stay declare."""
    for container in pod.containers:
        if container.stays:
            for port in container.ports:
                number = whole(port.get("containerPort"))
                if number is not None:
                    yield Port(text(port.get("name")), number)


def declares(pods: Iterable[Pod], target: str | int) -> bool:
    """Whether one of *pods* declares the port *target*, by name or number."""
    return any(
        (port.name if isinstance(target, str) else port.number) == target
        for pod in pods
        for port in ports_of(pod)
    )


def port_names(service: KubernetesObject) -> dict[str, int | None]:
    """Ports of a Service: number by name."""
    ports = (port for _, port in entries(service.get("spec", "ports")))
    return {text(port.get("name")): whole(port.get("port")) for port in ports}


def maker(graph: Graph, monitor: KubernetesObject) -> bool:
    """Whether a custom resource of the release may make what *monitor* selects.

    Operators label what they make with names and kinds of their custom resources.
    """
    wanted = monitor.mapping("spec", "selector", "matchLabels")
    words = {str(v).lower() for v in wanted.values()}
    spaces = namespaces_of(monitor)
    return any(
        words & {item.name.lower(), item.kind.lower()}
        for item in graph.objects
        if ("" in spaces or not item.namespace or item.namespace in spaces) and makes_pods(item)
    )


def points_of(monitor: KubernetesObject) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Endpoints of a monitor with their paths; a Probe or ScrapeConfig is one itself."""
    field = ENDPOINTS.get(monitor.type)
    if field is None:
        yield ("spec",), monitor.mapping("spec")
        return
    for index, point in entries(monitor.get("spec", field)):
        yield ("spec", field, index), point
