"""Which containers stand behind a Service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.relations.ports import service_ports, target_of


@dataclass(frozen=True, slots=True)
class Served:
    """Requests of a Service reach one of ``containers`` of ``pod``, as far as the files tell.

    There is one where a container declares the port, or is alone; else all that stay.
    """

    service: KubernetesObject
    pod: Pod
    containers: tuple[Container, ...]


@lru_cache(maxsize=2)
def served(graph: Graph) -> tuple[Served, ...]:
    """Every pod behind a Service of *graph*, once for each of the Service's ports.

    A Service that publishes addresses that are not ready waits for no readiness, and pods of
    Jobs are no servers: both are left out.
    """
    found = []
    for service in graph.all("Service"):
        if service.get("spec", "publishNotReadyAddresses") is True:
            continue
        ports = [port for _, port in service_ports(service)] or [{}]
        for pod in graph.pods_of_service(service):
            staying = tuple(c for c in pod.containers if c.stays)
            if pod.lasting and staying:
                found += [Served(service, pod, _behind(staying, port)) for port in ports]
    return tuple(found)


def _behind(staying: tuple[Container, ...], port: Mapping[str, Any]) -> tuple[Container, ...]:
    target = target_of(port)
    field = "name" if isinstance(target, str) else "containerPort"
    for container in staying if target is not None else ():
        if any(p.get(field) == target for p in container.ports):
            return (container,)
    main = tuple(c for c in staying if c.role == "container")
    return main if len(main) == 1 else staying
