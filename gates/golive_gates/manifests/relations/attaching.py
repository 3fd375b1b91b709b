"""Routes of the Gateway API and the listeners that they are attached to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.api import Finding, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.selectors import selects
from golive_gates.manifests.looking import finding
from golive_gates.manifests.relations.backends import GATEWAY
from golive_gates.manifests.relations.hosts import meets
from golive_gates.manifests.relations.values import entries, mapping, text

Listener = Mapping[str, Any]


def attached(graph: Graph, route: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    """What keeps *route* from the Gateways that it names. *missing*: how an absence weighs."""
    refs = list(entries(route.get("spec", "parentRefs")))
    if not refs:
        yield finding(route, ("spec",), "no-parent", status=Status.WARN, key=True)
    for index, ref in refs:
        path: KeyPath = ("spec", "parentRefs", index)
        name = text(ref.get("name"))
        if not name or (ref.get("kind") or "Gateway") != "Gateway":
            continue
        namespace = text(ref.get("namespace")) or route.namespace
        gateway = graph.find(GATEWAY, namespace, name)
        if gateway is not None:
            yield from _to(graph, route, path, ref, gateway)
        else:
            # Another team's Gateway is often not among the release's files.
            known = bool(graph.within(GATEWAY, namespace))
            yield finding(
                route,
                path,
                "no-gateway",
                status=missing if known else Status.WARN,
                gateway=name,
                namespace=namespace,
            )


def _to(
    graph: Graph,
    route: KubernetesObject,
    path: KeyPath,
    ref: Mapping[str, Any],
    gateway: KubernetesObject,
) -> Iterator[Finding]:
    listeners = [listener for _, listener in entries(gateway.get("spec", "listeners"))]
    section, port = ref.get("sectionName"), ref.get("port")
    named = [
        x
        for x in listeners
        if (not section or x.get("name") == section) and (not port or x.get("port") == port)
    ]
    params: dict[str, Any] = {"gateway": gateway.name, "section": str(section or port or "")}
    if not named:
        yield finding(route, path, "no-listener", **params)
        return
    admitting = [x for x in named if _admits(graph, x, gateway, route)]
    if not admitting:
        yield finding(route, path, "not-allowed", **params)
        return
    hosts = route.get("spec", "hostnames")
    wanted = [h for h in hosts if isinstance(h, str)] if isinstance(hosts, list | tuple) else []
    served = [text(x.get("hostname")) for x in admitting]
    if wanted and not any(meets(h, s) for h in wanted for s in served):
        yield finding(
            route, ("spec", "hostnames"), "no-listener-host", hosts=", ".join(wanted), **params
        )


def _admits(
    graph: Graph, listener: Listener, gateway: KubernetesObject, route: KubernetesObject
) -> bool:
    """Whether the listener lets routes of that namespace in; what files do not tell, it may."""
    rules = mapping(mapping(listener.get("allowedRoutes")).get("namespaces"))
    if rules.get("from") == "All" or not (gateway.namespace and route.namespace):
        return True
    if rules.get("from") == "Selector":
        space = graph.find("Namespace", "", route.namespace)
        if space is None:
            return True
        # Every namespace carries its name as a label.
        labels = {
            "kubernetes.io/metadata.name": route.namespace,
            **space.mapping("metadata", "labels"),
        }
        return selects(rules.get("selector"), labels)
    return gateway.namespace == route.namespace
