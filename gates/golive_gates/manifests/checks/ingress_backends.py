"""``manifests.ingress-backends``: every way into the release leads to a Service.

What: each backend of an Ingress and of a route of the Gateway API is a Service of the release
that has the port named; a route is attached to a Gateway whose listener admits it; an Ingress
names its class. Why: a backend that is not there answers 503 to whoever follows that path.
Remedy: name a Service and one of its ports, or grant the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.attaching import attached
from golive_gates.manifests.relations.backends import (
    GATEWAY_GROUP,
    INGRESS,
    ROUTES,
    Backend,
    backends,
    granted,
)
from golive_gates.manifests.relations.hosts import covered, ingress_hosts, tls_hosts
from golive_gates.manifests.relations.operators import maker_by_name
from golive_gates.manifests.relations.ports import service_port
from golive_gates.manifests.relations.values import absent, entries, mapping, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.ingress-backends", needs=EvidenceLevel.STATIC)
ANSWERING = frozenset({"RequestRedirect", "ExtensionRef"})
"""Filters that answer themselves, so that their rule needs no backend."""
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
CLASS = "kubernetes.io/ingress.class"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each backend, each route's parents, each Ingress's class and hosts."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    for backend in backends(graph):
        looked += 1
        found += _backend(graph, backend, missing)
    default = any(
        c.mapping("metadata", "annotations").get(DEFAULT_CLASS) == "true"
        for c in graph.all("IngressClass.networking.k8s.io")
    )
    for ingress in graph.all(INGRESS):
        looked += 1
        found += _ingress(ingress, default=default)
    for route in graph.all(*ROUTES):
        looked += 1
        found += attached(graph, route, missing)
        found += _answers(route)
    return judged(SPEC, observation, looked, found)


def _backend(graph: Graph, backend: Backend, missing: Status | None) -> Iterator[Finding]:
    owner, namespace = backend.owner, backend.namespace
    service = graph.find("Service", namespace, backend.name)
    abroad = bool(namespace and owner.namespace and namespace != owner.namespace)
    if service is None:
        code, status = "no-service", missing
        if abroad and not graph.within("Service", namespace):
            code, status = "elsewhere", Status.WARN
        elif maker_by_name(graph, backend.name, namespace) is not None:
            code, status = "operator", Status.WARN
        elif _alone(graph, backend):
            status = Status.INCONCLUSIVE
        params: dict[str, Any] = {"service": backend.name, "namespace": namespace}
        yield finding(owner, backend.path, code, status=status, **params)
        return
    if abroad and not granted(graph, owner, "Service", namespace, backend.name):
        yield finding(
            owner,
            backend.path,
            "not-granted",
            status=missing,
            service=backend.name,
            namespace=namespace,
            kind=owner.kind,
        )
    if service.get("spec", "type") == "ExternalName":
        return
    if backend.port is None:
        if owner.group == GATEWAY_GROUP:
            yield finding(owner, backend.path, "port-needed", service=backend.name)
    elif service_port(service, backend.port) is None:
        yield finding(owner, backend.path, "no-port", service=backend.name, port=backend.port)


def _alone(graph: Graph, backend: Backend) -> bool:
    """Whether the files hold nothing that *backend* may lead to: they are not the release."""
    return (
        not graph.within("Service", backend.namespace)
        and next(graph.pods_in(backend.namespace), None) is None
        and graph.find("Service", "", backend.name) is None
    )


def _ingress(ingress: KubernetesObject, *, default: bool) -> Iterator[Finding]:
    named = ingress.get("spec", "ingressClassName")
    if not named and not ingress.mapping("metadata", "annotations").get(CLASS) and not default:
        yield finding(ingress, ("spec",), "no-class", status=Status.WARN, key=True)
    hosts = set(ingress_hosts(ingress))
    if not hosts:
        return  # It serves every host.
    for path, host in tls_hosts(ingress):
        if not covered(host, hosts) and not any(covered(h, {host}) for h in hosts):
            yield finding(ingress, path, "host-without-rule", status=Status.WARN, host=host)


def _answers(route: KubernetesObject) -> Iterator[Finding]:
    """A rule of an HTTPRoute with neither a backend nor a filter that answers gives 500."""
    for index, rule in entries(route.get("spec", "rules")):
        filters = {text(mapping(f).get("type")) for _, f in entries(rule.get("filters"))}
        if route.kind == "HTTPRoute" and not rule.get("backendRefs") and not filters & ANSWERING:
            yield finding(route, ("spec", "rules", index), "no-backend")


CHECK = Check(SPEC, (Manifests,), judge)
