"""``observability.monitor-targets``: every monitor finds something to scrape.

What: a ServiceMonitor selects a Service, by that Service's own labels, which has a port of the
name it gives; a PodMonitor selects pods that declare the port; the label that ``jobLabel`` names
is there. Why: a monitor that matches nothing is silent, and so are the alerts that rest on it.
Remedy: use the Service's labels and the name of its port.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.monitors import (
    POD_MONITOR,
    SERVICE_MONITOR,
    namespaces_of,
    pods_monitored,
    services_monitored,
)
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.values import text, whole
from golive_gates.observability.looking import judged
from golive_gates.observability.monitors.judging import about, blocked_by_schema
from golive_gates.observability.monitors.selecting import (
    ENDPOINTS,
    declares,
    graph_of,
    maker,
    points_of,
    port_names,
)
from golive_gates.observability.monitors.values import labels_of, listed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.monitor-targets", needs=EvidenceLevel.STATIC)
SELECTOR = ("spec", "selector")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each endpoint of each ServiceMonitor and PodMonitor."""
    del settings
    part = observation.require(Alerting)
    graph = graph_of(part)
    missing = Status.INCONCLUSIVE if part.problems else None
    found: list[Finding] = []
    looked = 0
    for monitor in graph.all(SERVICE_MONITOR, POD_MONITOR):
        points = list(points_of(monitor))
        looked += max(1, len(points))
        if not points:
            below = ("spec", ENDPOINTS[monitor.type])
            found.append(about(monitor, below, "no-endpoint"))
        look = _services if monitor.type == SERVICE_MONITOR else _pods
        found += look(graph, monitor, missing)
        found += [
            about(monitor, (*path, "path"), "query-in-path", path=text(point.get("path")))
            for path, point in points
            if "?" in text(point.get("path"))
        ]
    result = judged(SPEC, observation, looked, found)
    by_schema = any(f.reason.code.startswith("port-number") for f in found)
    return blocked_by_schema(result) if by_schema else result


def _nothing(
    graph: Graph, monitor: KubernetesObject, code: str, *, held: bool, missing: Status | None
) -> Finding:
    """A monitor that selects nothing: of another release, if the files hold nothing there."""
    spaces = ", ".join(namespaces_of(monitor)) or "*"
    status = missing
    if not held:
        code, status = "elsewhere", Status.WARN
    elif maker(graph, monitor):
        code, status = "operator", Status.WARN
    return about(monitor, SELECTOR, code, status, namespaces=spaces)


def _services(graph: Graph, monitor: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    services = services_monitored(graph, monitor)
    if not services:
        held = any(graph.within("Service", space) for space in namespaces_of(monitor))
        yield _nothing(graph, monitor, "no-service", held=held, missing=missing)
        return
    pods = [pod for service in services for pod in graph.pods_of_service(service)]
    for path, point in points_of(monitor):
        if point.get("port") is not None:
            yield from _service_port(monitor, path, point, services)
        else:
            yield from _pod_port(monitor, (*path, "targetPort"), point.get("targetPort"), pods)
    yield from _job_label(monitor, [(s.name, labels_of(s)) for s in services])


def _service_port(
    monitor: KubernetesObject,
    path: KeyPath,
    point: Mapping[str, Any],
    services: list[KubernetesObject],
) -> Iterator[Finding]:
    """``port`` is the name of a port of the Service, as its schema has it, never a number."""
    name = point["port"]
    names = listed([s.name for s in services])
    ports = [port_names(service) for service in services]
    if isinstance(name, str) and any(name in known for known in ports):
        return
    number = whole(name) if not isinstance(name, str) else int(name) if name.isdecimal() else None
    meant = next((n for known in ports for n, p in known.items() if n and p == number), "")
    there = listed([n for known in ports for n in known if n]) or "-"
    if number is not None:
        code, more = ("port-number", meant) if meant else ("port-number-unnamed", "")
        # A number that is none in quotes is the schema's to refuse.
        status = None if isinstance(name, str) else Status.INCONCLUSIVE
        place = (*path, "port")
        yield about(monitor, place, code, status, port=number, meant=more, names=names)
    elif isinstance(name, str):
        yield about(monitor, (*path, "port"), "no-port", port=name, names=names, there=there)


def _pods(graph: Graph, monitor: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    pods = pods_monitored(graph, monitor)
    if not pods:
        spaces = namespaces_of(monitor)
        held = any(next(graph.pods_in(space), None) is not None for space in spaces)
        yield _nothing(graph, monitor, "no-pod", held=held, missing=missing)
        return
    for path, point in points_of(monitor):
        for key in ("port", "portNumber", "targetPort"):
            if point.get(key) is not None:
                yield from _pod_port(monitor, (*path, key), point[key], pods)
                break
    yield from _job_label(monitor, [(pod.owner.name, pod.labels) for pod in pods])


def _pod_port(
    monitor: KubernetesObject, path: KeyPath, target: object, pods: list[Pod]
) -> Iterator[Finding]:
    """A port of the pods, by name or number: only ports that a container declares are scraped."""
    if isinstance(target, bool) or not isinstance(target, str | int) or not target or not pods:
        return
    if not declares(pods, target):
        names = listed([pod.owner.name for pod in pods])
        code = "no-pod-port" if isinstance(target, str) else "no-pod-number"
        yield about(monitor, path, code, port=target, names=names)


def _job_label(
    monitor: KubernetesObject, targets: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[Finding]:
    """Without its label a target gets another ``job`` than the alerts may ask for."""
    label = text(monitor.get("spec", "jobLabel"))
    without = [name for name, labels in targets if label and label not in labels]
    if without:
        place = ("spec", "jobLabel")
        names = listed(without)
        yield about(monitor, place, "no-job-label", Status.WARN, label=label, names=names)


CHECK = Check(SPEC, (Alerting,), judge)
