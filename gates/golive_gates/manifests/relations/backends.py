"""Where Ingresses and the routes of the Gateway API send requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.relations.values import entries, mapping, text

INGRESS = "Ingress.networking.k8s.io"
GATEWAY_GROUP = "gateway.networking.k8s.io"
GATEWAY = f"Gateway.{GATEWAY_GROUP}"
ROUTES = tuple(
    f"{kind}.{GATEWAY_GROUP}"
    for kind in ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")
)
ALB_ACTION = "use-annotation"
"""Port name by which the AWS load balancer controller marks a backend that is an annotation."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A reference to a Service. ``port``: its number or name, ``None`` where there is none."""

    owner: KubernetesObject
    path: KeyPath
    namespace: str
    name: str
    port: int | str | None


def backends(graph: Graph) -> Iterator[Backend]:
    """Every Service that an Ingress or a route names."""
    for ingress in graph.all(INGRESS):
        yield from ingress_backends(ingress)
    for route in graph.all(*ROUTES):
        yield from route_backends(route)


def ingress_backends(ingress: KubernetesObject) -> Iterator[Backend]:
    """Services of an Ingress; resources and backends that are annotations are none."""
    default: KeyPath = ("spec", "defaultBackend")
    yield from _of_ingress(ingress, (*default, "service"), ingress.get(*default, "service"))
    for rule, data in entries(ingress.get("spec", "rules")):
        for index, path in entries(mapping(data.get("http")).get("paths")):
            place = ("spec", "rules", rule, "http", "paths", index, "backend", "service")
            yield from _of_ingress(ingress, place, mapping(path.get("backend")).get("service"))


def _of_ingress(ingress: KubernetesObject, path: KeyPath, service: object) -> Iterator[Backend]:
    name = text(mapping(service).get("name"))
    port = mapping(mapping(service).get("port"))
    if name and port.get("name") != ALB_ACTION:
        wanted = _port(port.get("name") or port.get("number"))
        yield Backend(ingress, path, ingress.namespace, name, wanted)


def route_backends(route: KubernetesObject) -> Iterator[Backend]:
    """Services of a route and of its mirrors."""
    for rule, data in entries(route.get("spec", "rules")):
        for index, ref in entries(data.get("backendRefs")):
            yield from _of_route(route, ("spec", "rules", rule, "backendRefs", index), ref)
        for index, part in entries(data.get("filters")):
            ref = mapping(mapping(part.get("requestMirror")).get("backendRef"))
            place = ("spec", "rules", rule, "filters", index, "requestMirror", "backendRef")
            yield from _of_route(route, place, ref)


def _of_route(route: KubernetesObject, path: KeyPath, ref: Mapping[str, Any]) -> Iterator[Backend]:
    name = text(ref.get("name"))
    if name and (ref.get("kind") or "Service") == "Service" and not ref.get("group"):
        namespace = text(ref.get("namespace")) or route.namespace
        yield Backend(route, path, namespace, name, _port(ref.get("port")))


def _port(value: object) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def granted(graph: Graph, source: KubernetesObject, kind: str, namespace: str, name: str) -> bool:
    """Whether a ReferenceGrant in *namespace* lets *source* refer to the *kind* called *name*."""
    for grant in graph.within(f"ReferenceGrant.{GATEWAY_GROUP}", namespace):
        spec = grant.mapping("spec")
        comes = any(
            f.get("group") == source.group
            and f.get("kind") == source.kind
            and f.get("namespace") == source.namespace
            for _, f in entries(spec.get("from"))
        )
        goes = any(
            not t.get("group") and t.get("kind") == kind and t.get("name") in (None, "", name)
            for _, t in entries(spec.get("to"))
        )
        if comes and goes:
            return True
    return False
