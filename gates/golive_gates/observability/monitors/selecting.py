"""What a monitor selects: Services by their own labels, pods, and their ports.

Source of the semantics: prometheus-operator, API reference of ``monitoring.coreos.com/v1``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.observability.looking import Known
from golive_gates.observability.monitors.values import entries, text, whole
from golive_gates.observability.parts import Alerting

SERVICE_MONITOR = "ServiceMonitor.monitoring.coreos.com"
POD_MONITOR = "PodMonitor.monitoring.coreos.com"
PROBE = "Probe.monitoring.coreos.com"
SCRAPE_CONFIG = "ScrapeConfig.monitoring.coreos.com"
ENDPOINTS: Mapping[str, str] = {
    SERVICE_MONITOR: "endpoints",
    POD_MONITOR: "podMetricsEndpoints",
}
"""Where each kind of monitor lists what it scrapes."""

_PODLESS = (
    "argoproj.io",
    "bitnami.com",
    "cert-manager.io",
    "cilium.io",
    "external-secrets.io",
    "istio.io",
    "k8s.io",
    "keda.sh",
    "kyverno.io",
    "projectcalico.org",
    "traefik.io",
    "toolkit.fluxcd.io",
)
"""Groups, with those below them, whose objects make no pods or Services of the release."""
_MONITORING = frozenset({"Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"})


@lru_cache(maxsize=2)
def _graph(known: Known) -> Graph:
    return Graph(known.part.objects)


def graph_of(part: Alerting) -> Graph:
    """The graph of the objects of *part*; made once for all checks of a run."""
    return _graph(Known(part))


@dataclass(frozen=True, slots=True)
class Port:
    """One port that a container declares."""

    name: str
    number: int


def namespaces_of(monitor: KubernetesObject) -> tuple[str, ...]:
    """Namespaces that a monitor looks into; an empty name stands for all of them."""
    chosen = monitor.mapping("spec", "namespaceSelector")
    if chosen.get("any") is True:
        return ("",)
    names = chosen.get("matchNames")
    listed = [n for n in names if isinstance(n, str)] if isinstance(names, list | tuple) else []
    return tuple(dict.fromkeys(listed)) or (monitor.namespace,)


def services_monitored(graph: Graph, monitor: KubernetesObject) -> list[KubernetesObject]:
    """Services that a ServiceMonitor selects, by their own labels."""
    selector = monitor.get("spec", "selector")
    spaces = namespaces_of(monitor)
    return [s for space in spaces for s in graph.services_selected(selector, space)]


def pods_monitored(graph: Graph, monitor: KubernetesObject) -> list[Pod]:
    """Pods that a PodMonitor selects."""
    selector = monitor.get("spec", "selector")
    return [p for space in namespaces_of(monitor) for p in graph.iter_selected(selector, space)]


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
        if ("" in spaces or not item.namespace or item.namespace in spaces) and _makes_pods(item)
    )


def _makes_pods(item: KubernetesObject) -> bool:
    group = item.group
    if "." not in group or any(group == p or group.endswith(f".{p}") for p in _PODLESS):
        return False
    return group != "monitoring.coreos.com" or item.kind in _MONITORING


def points_of(monitor: KubernetesObject) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Endpoints of a monitor with their paths; a Probe or ScrapeConfig is one itself."""
    field = ENDPOINTS.get(monitor.type)
    if field is None:
        yield ("spec",), monitor.mapping("spec")
        return
    for index, point in entries(monitor.get("spec", field)):
        yield ("spec", field, index), point
