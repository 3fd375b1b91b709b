"""Probes of containers, with the defaults that the API server fills in.

Source: Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Container
from golive_gates.manifests.relations.values import mapping, text, whole

LIVENESS, READINESS, STARTUP = "livenessProbe", "readinessProbe", "startupProbe"
KINDS = (STARTUP, READINESS, LIVENESS)
HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe. ``kind``: its key in the container. Times are in seconds.

    ``request``: what it asks, the same for two probes that ask the same; empty for none.
    """

    kind: str
    data: Mapping[str, Any]
    path: KeyPath
    request: tuple[str, ...]
    delay: int
    period: int
    timeout: int
    failures: int

    @property
    def detects_in(self) -> int:
        """How long a lasting fault goes unnoticed, counted in whole periods."""
        return self.period * self.failures

    @property
    def acts_at(self) -> int:
        """When it first acts on a container that never answers, after the container's start.

        The first try is after ``delay``, and the last one still has its time-out.
        """
        return self.delay + (self.failures - 1) * self.period + min(self.timeout, self.period)


def probe_of(container: Container, kind: str) -> Probe | None:
    """The probe of that kind; ``None`` where the container has none."""
    data = container.data.get(kind)
    if not isinstance(data, Mapping):
        return None
    return Probe(
        kind,
        data,
        (*container.path, kind),
        _request(container, data),
        _seconds(data, "initialDelaySeconds", 0),
        _seconds(data, "periodSeconds", 10),
        _seconds(data, "timeoutSeconds", 1),
        _seconds(data, "failureThreshold", 3),
    )


def probes_of(container: Container) -> tuple[Probe, ...]:
    """The probes that the container has: startup, readiness, liveness."""
    found = (probe_of(container, kind) for kind in KINDS if kind in container.data)
    return tuple(probe for probe in found if probe is not None)


def handlers(probe: Probe) -> tuple[str, ...]:
    """Keys of what the probe asks; there should be one."""
    return tuple(name for name in HANDLERS if probe.data.get(name) is not None)


def _seconds(data: Mapping[str, Any], key: str, default: int) -> int:
    """A positive value; the API server takes 0 for not given."""
    value = whole(data.get(key))
    return value if value is not None and value > 0 else default


def _request(container: Container, data: Mapping[str, Any]) -> tuple[str, ...]:
    http, tcp, grpc = (mapping(data.get(k)) for k in ("httpGet", "tcpSocket", "grpc"))
    if http:
        scheme = text(http.get("scheme")) or "HTTP"
        return ("http", scheme, text(http.get("host")), _port(container, http), path_of(data))
    if tcp:
        return ("tcp", text(tcp.get("host")), _port(container, tcp))
    if grpc:
        return ("grpc", _port(container, grpc), text(grpc.get("service")))
    command = mapping(data.get("exec")).get("command")
    return ("exec", *map(str, command)) if isinstance(command, list) and command else ()


def path_of(data: Mapping[str, Any]) -> str:
    """The path that an HTTP probe asks for; empty for other probes."""
    http = mapping(data.get("httpGet"))
    return (text(http.get("path")) or "/") if http else ""


def _port(container: Container, handler: Mapping[str, Any]) -> str:
    """The port as a number, where the container declares the name."""
    wanted = handler.get("port")
    numbers = (p.get("containerPort") for p in container.ports if p.get("name") == wanted)
    return str(next(numbers, wanted) if isinstance(wanted, str) else wanted)
