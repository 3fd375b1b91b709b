"""NetworkPolicies: which select a pod, and whom their rules let in or out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.backends import GATEWAY
from golive_gates.manifests.relations.ports import Port
from golive_gates.manifests.relations.values import entries, mapping, text, whole

POLICY = "NetworkPolicy.networking.k8s.io"
NAME_LABEL = "kubernetes.io/metadata.name"


class Caller(Enum):
    """Who reaches pods from outside the release, with the words that name it in labels."""

    PROMETHEUS = (
        "prometheus", "monitor", "observab", "metric", "victoria", "vmagent", "grafana",
        "alloy", "otel", "opentelemetry", "telemetry", "datadog", "mimir",
    )  # fmt: skip
    GATE = (
        "ingress", "gateway", "envoy", "nginx", "traefik", "istio", "haproxy", "contour",
        "kong", "apisix", "cilium", "proxy", "edge", "balancer",
    )  # fmt: skip


@lru_cache(maxsize=2)
def policies_by_pod(graph: Graph) -> Mapping[int, list[KubernetesObject]]:
    """Policies that select each pod, by the pod's ``id``; an empty selector selects all."""
    found: dict[int, list[KubernetesObject]] = defaultdict(list)
    for policy in graph.all(POLICY):
        for pod in graph.iter_selected(policy.get("spec", "podSelector"), policy.namespace):
            if pod.spec.get("hostNetwork") is not True:
                found[id(pod)].append(policy)
    return found


def restricting(policies: list[KubernetesObject], direction: str) -> list[KubernetesObject]:
    """Those that restrict *direction*, ``Ingress`` or ``Egress``.

    Without ``policyTypes`` a policy restricts what comes in, and what goes out if it has rules
    for that.
    """
    return [p for p in policies if direction in _types(p)]


def _types(policy: KubernetesObject) -> tuple[object, ...]:
    stated = policy.sequence("spec", "policyTypes")
    if stated:
        return stated
    return ("Ingress", "Egress") if policy.sequence("spec", "egress") else ("Ingress",)


def rules(policies: list[KubernetesObject], direction: str) -> Iterator[Mapping[str, Any]]:
    """Rules of *policies* for one direction; what any of them admits is admitted."""
    for policy in policies:
        for _, rule in entries(policy.get("spec", direction.lower())):
            yield rule


def port_admitted(rule: Mapping[str, Any], port: Port | None) -> bool:
    """Whether *rule* is about *port*; of a port that is not known it may be."""
    listed = [entry for _, entry in entries(rule.get("ports"))]
    return not listed or port is None or any(_is(entry, port) for entry in listed)


def _is(entry: Mapping[str, Any], port: Port) -> bool:
    if (text(entry.get("protocol")) or "TCP") != port.protocol:
        return False
    wanted = entry.get("port")
    if wanted is None or isinstance(wanted, str):
        return wanted is None or wanted == port.name
    first, last = whole(wanted), whole(entry.get("endPort"))
    if first is None:
        return False
    return first <= port.number <= (first if last is None else last)


def peers(rule: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    """Peers of *rule*, ``from`` or ``to``; none means everybody."""
    return [peer for _, peer in entries(rule.get(side))]


def may_be(graph: Graph, peer: Mapping[str, Any], caller: Caller, pod: Pod) -> bool:
    """Whether *peer* of a policy on *pod* may be *caller*: only what is clear is denied."""
    space, chosen = peer.get("namespaceSelector"), peer.get("podSelector")
    if "ipBlock" in peer:
        return True
    said = _said(space, chosen)
    if said:
        return caller in said
    home = pod.owner.namespace
    named = mapping(mapping(space).get("matchLabels")).get(NAME_LABEL)
    if isinstance(space, Mapping) and (named is None or named != home):
        return True
    # From here on: pods of the own namespace.
    if not mapping(chosen):
        return _at_home(graph, home, caller)
    # Pods that are not among the files may be anybody.
    inside = list(graph.iter_selected(chosen, home))
    return not inside or any(_is_caller(p, caller) for p in inside)


def _said(*selectors: object) -> set[Caller]:
    """Callers that the labels of *selectors* speak of."""
    words = " ".join(_labels(selectors)).lower()
    return {caller for caller in Caller if any(word in words for word in caller.value)}


def _labels(selectors: tuple[object, ...]) -> Iterator[str]:
    for selector in selectors:
        for key, value in mapping(mapping(selector).get("matchLabels")).items():
            yield f"{key} {value}"
        for _, expression in entries(mapping(selector).get("matchExpressions")):
            if expression.get("operator") in ("In", "Exists"):
                yield f"{expression.get('key')} {expression.get('values')}"


def _is_caller(pod: Pod, caller: Caller) -> bool:
    images = " ".join(text(c.get("image")) for c in pod.containers)
    words = f"{pod.owner.name} {images} {list(pod.labels.values())}".lower()
    return any(word in words for word in caller.value)


def _at_home(graph: Graph, namespace: str, caller: Caller) -> bool:
    """Whether *caller* runs, or may run, in *namespace*."""
    homes = _homes(graph)
    if (namespace, caller) not in homes:
        homes[namespace, caller] = _lives_in(graph, namespace, caller)
    return homes[namespace, caller]


@lru_cache(maxsize=2)
def _homes(graph: Graph) -> dict[tuple[str, Caller], bool]:
    """Answers for *graph*, as far as they were asked for."""
    del graph
    return {}


def _lives_in(graph: Graph, namespace: str, caller: Caller) -> bool:
    if caller is Caller.GATE and graph.within(GATEWAY, namespace):
        return True  # Some controllers start their data plane beside the Gateway.
    if caller is Caller.PROMETHEUS and graph.within("Prometheus.monitoring.coreos.com", namespace):
        return True
    return any(_is_caller(pod, caller) for pod in graph.pods_in(namespace))
