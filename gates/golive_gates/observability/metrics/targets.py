"""Which labels Prometheus adds to a service's series, from the release's monitors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject

SERVICE_MONITOR = "ServiceMonitor.monitoring.coreos.com"
POD_MONITOR = "PodMonitor.monitoring.coreos.com"
ANY = "*"
_UNSAFE = re.compile(r"[^a-zA-Z0-9_]")


@dataclass(frozen=True, slots=True)
class TargetLabels:
    """Labels of one target.

    ``values``: as Prometheus adds them; ``open``: those whose value here is only an example.
    ``added``: labels that relabelling may set beside them, ``*`` for any. ``honor``: what the
    service exposes wins over ``values``.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    honor: bool = False


def target_labels(
    service: str,
    address: str,
    objects: Iterable[KubernetesObject],
    declared: Mapping[str, str],
) -> TargetLabels:
    """Labels of *service*, scraped at *address* (``host:port``).

    From the ServiceMonitor or PodMonitor that selects what has the service's name, with
    *declared* on top. Without a monitor nothing tells how it is scraped: ``job`` and
    ``instance`` are examples and any label may be added, unless *declared* says which.
    """
    found = _by_service(service, address, Graph(objects))
    if found is None:
        found = TargetLabels(
            {"job": service, "instance": address},
            frozenset({"job", "instance"}),
            frozenset() if declared else frozenset({ANY}),
        )
    values = {k: v for k, v in {**found.values, **declared}.items() if v}
    return TargetLabels(values, found.open.difference(declared), found.added, found.honor)


def stored(labels: Mapping[str, str], target: TargetLabels) -> dict[str, str]:
    """*labels* of a sample as Prometheus stores them, with those of *target*.

    Where both have one, ``honorLabels`` decides whether the exposed one wins or becomes
    ``exported_<name>``.
    """
    result = dict(target.values)
    for name, value in labels.items():
        if name not in target.values or target.honor:
            result[name] = value
            continue
        moved = f"exported_{name}"
        while moved in labels:
            moved = f"exported_{moved}"
        result[moved] = value
    return result


def _by_service(service: str, address: str, graph: Graph) -> TargetLabels | None:
    for rank in range(3):
        for monitor in graph.all(SERVICE_MONITOR):
            for owner in _services(graph, monitor):
                if _rank(service, monitor, owner) == rank:
                    return _of_service_monitor(monitor, owner, address)
    for monitor in graph.all(POD_MONITOR):
        if monitor.name == service:
            return _of_pod_monitor(monitor, service, address)
    return None


def _rank(service: str, monitor: KubernetesObject, owner: KubernetesObject | None) -> int | None:
    """How surely *monitor* scrapes *service*, 0 the most; ``None``: it does not."""
    if owner is None:
        return 2 if monitor.name == service else None
    if owner.name == service:
        return 0
    named = owner.mapping("metadata", "labels").get("app.kubernetes.io/name")
    return 1 if named == service else None


def _services(graph: Graph, monitor: KubernetesObject) -> Iterator[KubernetesObject | None]:
    """Services that *monitor* selects; ``None`` where the files hold none of them."""
    chosen = monitor.mapping("spec", "namespaceSelector")
    names = [n for n in _list(chosen.get("matchNames")) if isinstance(n, str)]
    spaces = [""] if chosen.get("any") is True else names or [monitor.namespace]
    selector = monitor.get("spec", "selector")
    found = [s for space in spaces for s in graph.services_selected(selector, space)]
    if not found:
        yield None
    yield from found


def _of_service_monitor(
    monitor: KubernetesObject, owner: KubernetesObject | None, address: str
) -> TargetLabels:
    own = {} if owner is None else owner.mapping("metadata", "labels")
    name = monitor.name if owner is None else owner.name
    values = {
        "job": _text(own.get(_text(monitor.get("spec", "jobLabel")))) or name,
        "namespace": (owner or monitor).namespace,
        "service": name,
    }
    for label in monitor.sequence("spec", "targetLabels"):
        values[_UNSAFE.sub("_", _text(label))] = _text(own.get(_text(label)))
    unsure = {"job", "service", "namespace"} if owner is None else set()
    return _target(monitor, "endpoints", name, address, values, unsure)


def _of_pod_monitor(monitor: KubernetesObject, service: str, address: str) -> TargetLabels:
    values = {"job": f"{monitor.namespace}/{monitor.name}", "namespace": monitor.namespace}
    unsure = {"job"} if monitor.get("spec", "jobLabel") or not monitor.namespace else set()
    return _target(monitor, "podMetricsEndpoints", service, address, values, unsure)


def _target(
    monitor: KubernetesObject,
    key: str,
    name: str,
    address: str,
    values: dict[str, str],
    unsure: set[str],
) -> TargetLabels:
    points = [p for p in monitor.sequence("spec", key) if isinstance(p, Mapping)]
    port = _text(points[0].get("port")) if points else ""
    every = {
        **values,
        "instance": address,
        "pod": f"{name}-0",
        "container": name,
        "endpoint": port or "metrics",
    }
    every = {label: value for label, value in every.items() if value}
    open_ = {"instance", "pod", "container", *unsure}
    if not every.get("namespace"):
        every["namespace"] = "default"
        open_.add("namespace")
    if not port:
        open_.add("endpoint")
    added = {_UNSAFE.sub("_", _text(p)) for p in monitor.sequence("spec", "podTargetLabels")}
    added |= {label for point in points for label in _relabelled(point)}
    # What a relabelling sets has a value that no file tells.
    open_ |= every.keys() if ANY in added else added
    honor = bool(points) and all(p.get("honorLabels") is True for p in points)
    return TargetLabels(every, frozenset(open_ & every.keys()), frozenset(added), honor)


def _relabelled(point: Mapping[str, Any]) -> Iterator[str]:
    """Labels that the relabelings of an endpoint may set."""
    for key in ("relabelings", "metricRelabelings"):
        for rule in _list(point.get(key)):
            if not isinstance(rule, Mapping):
                continue
            action = _text(rule.get("action")).lower() or "replace"
            if action == "labelmap":
                yield ANY
            elif action in ("replace", "lowercase", "uppercase", "hashmod"):
                yield _text(rule.get("targetLabel")) or ANY


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
