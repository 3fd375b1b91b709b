"""What ServiceMonitors and PodMonitors select: Services by their own labels, and pods.

Source of the semantics: prometheus-operator, API reference of ``monitoring.coreos.com/v1``.
"""

from __future__ import annotations

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod

SERVICE_MONITOR = "ServiceMonitor.monitoring.coreos.com"
POD_MONITOR = "PodMonitor.monitoring.coreos.com"


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
