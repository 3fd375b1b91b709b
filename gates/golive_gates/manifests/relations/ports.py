"""Ports of pods and Services, and how one finds the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.values import entries, text, whole


@dataclass(frozen=True, slots=True)
class Port:
    """One port that a container declares."""

    name: str
    number: int
    protocol: str


def ports_of(pod: Pod) -> tuple[Port, ...]:
    """Ports of the containers that stay."""
    return tuple(
        Port(text(port.get("name")), number, protocol(port))
        for container in pod.containers
        if container.stays
        for port in container.ports
        if (number := whole(port.get("containerPort"))) is not None
    )


def protocol(port: Mapping[str, Any]) -> str:
    """The protocol of a port; TCP where its file leaves it."""
    return text(port.get("protocol")) or "TCP"


def service_ports(service: KubernetesObject) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Ports of a Service with their places in ``spec.ports``."""
    return entries(service.get("spec", "ports"))


def target_of(port: Mapping[str, Any]) -> str | int | None:
    """The pod's port that a Service port leads to, by name or number."""
    target = port.get("targetPort")
    if isinstance(target, str) and target:
        return target
    number = whole(target)
    return whole(port.get("port")) if number is None else number


def port_in(pod: Pod, target: str | int, transport: str = "TCP") -> Port | None:
    """The declared port of *pod* that *target* names; ``None`` where it declares none."""
    for port in ports_of(pod):
        named = port.name if isinstance(target, str) else port.number
        if named == target and port.protocol == transport:
            return port
    return None


def service_port(service: KubernetesObject, wanted: object) -> Mapping[str, Any] | None:
    """The port of a Service by number or name, as routes and monitors refer to it."""
    field = "name" if isinstance(wanted, str) else "port"
    found = (port for _, port in service_ports(service) if port.get(field) == wanted)
    return None if isinstance(wanted, bool) else next(found, None)
