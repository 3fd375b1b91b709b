"""How many streams the proxies and servers on a way take at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive.sources.tree import NginxDirective
from golive_gates.streaming.configured.parts import Effective
from golive_gates.streaming.configured.scalers import most_pods
from golive_gates.streaming.configured.workloads import Directives

DEFAULT_CONNECTIONS = 512.0
"""``worker_connections`` where none is stated (ngx_core_module)."""
A_STREAM = 2
"""Connections of nginx that one stream takes: to the client and to the upstream."""
ADDRESS = ("remote_addr", "realip_remote_addr")
"""Variables of a key that tell clients apart by their address."""


def replicas_of(pod: Pod, graph: Graph) -> float:
    """Pods of that workload at their most: of its autoscaler, else as stated, else one."""
    for scaler in graph.scalers_of(pod.owner):
        return most_pods(scaler)
    stated = pod.owner.get("spec", "replicas")
    return float(stated) if isinstance(stated, int) and not isinstance(stated, bool) else 1.0


@dataclass(frozen=True, slots=True)
class Room:
    """Streams that one nginx holds. ``sure``: its number of processes is stated.

    ``directive``: what limits it, ``None`` for a default.
    """

    streams: float
    sure: bool
    directive: NginxDirective | None


def room_of(config: Directives) -> Room | None:
    """The room in *config*; ``None`` for a part of a configuration, which says nothing of it."""
    if "events" not in config:
        return None
    connections = _last(config, "worker_connections")
    files = _last(config, "worker_rlimit_nofile")
    processes = _last(config, "worker_processes")
    each, limiting = _number(connections, DEFAULT_CONNECTIONS), connections
    if files is not None and _number(files, each) < each:
        each, limiting = _number(files, each), files
    stated = processes is None or processes.args[:1] != ("auto",)
    count = _number(processes, 1.0) if stated else 1.0
    return Room(each * count / A_STREAM, stated, limiting)


@dataclass(frozen=True, slots=True)
class Shared:
    """A limit of connections. ``by_address``: per client address; else one for all."""

    limit: Effective
    most: float
    by_address: bool


def limit_of(limit: Effective, configs: tuple[Directives, ...]) -> Shared | None:
    """What a route's connection limit counts; ``None`` where it tells clients apart otherwise."""
    if isinstance(limit.value, bool) or not isinstance(limit.value, int | float):
        return None
    words = limit.written.split()
    keys = [_key(z) for c in configs for z in _zones(c, words[1] if words[1:] else "")]
    if not keys:
        return Shared(limit, float(limit.value), by_address=True)
    if any(name in keys[0] for name in ADDRESS):
        return Shared(limit, float(limit.value), by_address=True)
    total = "server_name" in keys[0] or "$" not in keys[0]
    return Shared(limit, float(limit.value), by_address=False) if total else None


def tells_clients_apart(configs: tuple[Directives, ...]) -> bool:
    """Whether an nginx takes the client's address from a header of the proxy before it."""
    return any("set_real_ip_from" in c and "real_ip_header" in c for c in configs)


def _zones(config: Directives, name: str) -> Iterator[NginxDirective]:
    for zone in config.get("limit_conn_zone", ()):
        if any(a.startswith(f"zone={name}:") for a in zone.args[1:]):
            yield zone


def _key(zone: NginxDirective) -> str:
    return zone.args[0] if zone.args else ""


def _last(config: Directives, name: str) -> NginxDirective | None:
    return next(reversed(config.get(name, [])), None)


def _number(directive: NginxDirective | None, default: float) -> float:
    word = directive.args[0] if directive is not None and directive.args else ""
    return float(word) if word.isdigit() and len(word) < 16 else default
