"""Every way into the service that the release's files show, and which of them streams. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import NginxConfig
from golive_gates.streaming.configured import f5, gateway, ingress, nginx, virtual_servers
from golive_gates.streaming.configured.controllers import config_of
from golive_gates.streaming.configured.parts import F5, Route
from golive_gates.streaming.configured.wanted import Wanted


def routes_of(
    objects: Iterable[KubernetesObject], configs: Iterable[NginxConfig], wanted: Wanted
) -> tuple[Route, ...]:
    """Routes of Ingresses, VirtualServers, HTTPRoutes and nginx.conf.

    Where nobody has said which paths stream and none is called so, a route that turns response
    buffering off itself is meant to.
    """
    graph = Graph(objects)
    found = [
        *ingress.routes(graph, wanted),
        *virtual_servers.routes(graph, wanted, f5.Controller(config_of(graph, F5))),
        *gateway.routes(graph, wanted),
        *(route for config in configs for route in nginx.routes(config, wanted)),
    ]
    if not wanted.paths and not any(r.streaming for r in found):
        found = [replace(r, streaming=_meant(r)) for r in found]
    return tuple(found)


def _meant(route: Route) -> bool:
    buffering = route.settings.get("buffering")
    return buffering is not None and buffering.value is False and bool(buffering.written)
