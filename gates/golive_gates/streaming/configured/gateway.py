"""What a Gateway is told to do to a stream: HTTPRoutes, and Envoy Gateway's policies. Pure.

gateway-api.sigs.k8s.io (HTTPRouteTimeouts, HTTPRouteRetry): ``request`` bounds the whole
answer, ``0s`` means no limit, and what applies where it is not stated is up to the
implementation. Buffering, idle limits and compression cannot be written there at all, so that
a route has no such settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from golive.sources.kubernetes.graph import Graph, same
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.streaming.configured.parts import (
    DEFAULT,
    FIELD,
    GATEWAY,
    Effective,
    Route,
    stated,
)
from golive_gates.streaming.configured.units import gateway_seconds
from golive_gates.streaming.configured.wanted import EXACT, PREFIX, REGEX, Host, Pattern, Wanted

ROUTE = "HTTPRoute.gateway.networking.k8s.io"
TRAFFIC = "BackendTrafficPolicy.gateway.envoyproxy.io"
_KINDS = {"Exact": EXACT, "PathPrefix": PREFIX, "RegularExpression": REGEX}

_Entry = tuple[KubernetesObject, KeyPath, KeyPath, Pattern]
"""The HTTPRoute, the paths of a rule and of the match in it, and what it matches."""
_Policies = dict[tuple[str, str], list[KubernetesObject]]
"""BackendTrafficPolicies by kind and name of what they are for."""


def routes(graph: Graph, wanted: Wanted) -> Iterator[Route]:
    """One route for each match of each rule that has backends."""
    policies = _policies(graph)
    by_host: dict[Host, list[_Entry]] = defaultdict(list)
    for found in graph.all(ROUTE):
        hosts = [h for h in found.sequence("spec", "hostnames") if isinstance(h, str)]
        for entry in _entries(found):
            by_host["", hosts[0] if hosts else ""].append(entry)
    taken = wanted.taken({h: [pattern for *_, pattern in e] for h, e in by_host.items()})
    for host, entries in by_host.items():
        for number, (route, rule, match, pattern) in enumerate(entries):
            backend = _backend(route, rule)
            yield Route(
                GATEWAY,
                f"{route.ref} {pattern.path}",
                host[1],
                pattern.path,
                route.at((*match, "path", "value")),
                number in taken[host],
                str(backend.get("name") or ""),
                str(backend.get("port") or ""),
                route.ref,
                settings=_settings(policies, route, rule),
            )


def _entries(route: KubernetesObject) -> Iterator[_Entry]:
    for index, rule in enumerate(route.sequence("spec", "rules")):
        at: KeyPath = ("spec", "rules", index)
        if not isinstance(rule, Mapping) or not route.sequence(*at, "backendRefs"):
            continue  # A redirect, or nothing: no stream goes through it.
        matches = route.sequence(*at, "matches")
        if not matches:
            yield route, at, at, Pattern("/", PREFIX)
        for number in range(len(matches)):
            where = (*at, "matches", number)
            value = route.get(*where, "path", "value", default="/")
            kind = route.get(*where, "path", "type", default="PathPrefix")
            if isinstance(value, str) and isinstance(kind, str):
                yield route, at, where, Pattern(value, _KINDS.get(kind, PREFIX))


def _backend(route: KubernetesObject, rule: KeyPath) -> Mapping[str, Any]:
    return route.mapping(*rule, "backendRefs", 0)


def _settings(policies: _Policies, route: KubernetesObject, rule: KeyPath) -> dict[str, Effective]:
    policy = _policy(policies, route)
    request = _limit(route, (*rule, "timeouts", "request"))
    if request is None and policy is not None:
        request = _limit(policy, ("spec", "timeout", "http", "requestTimeout"))
    found = {"total-timeout": request or Effective(None, DEFAULT, unknown=True)}
    attempt = _limit(route, (*rule, "timeouts", "backendRequest"))
    if attempt is not None:
        found["backend-timeout"] = attempt
    retries = _retries(route, (*rule, "retry"), "attempts")
    if retries is None and policy is not None:
        retries = _retries(policy, ("spec", "retry"), "numRetries")
    if retries is not None:
        found["retries"] = retries
    return found


def _limit(holder: KubernetesObject, path: KeyPath) -> Effective | None:
    """Seconds at *path*, no limit for ``0s``; ``None`` where nothing is stated."""
    value = holder.get(*path)
    if value is None:
        return None
    seconds = gateway_seconds(value)
    return stated(holder, path, seconds or None, FIELD, unknown=seconds is None)


def _retries(holder: KubernetesObject, path: KeyPath, count: str) -> Effective | None:
    """Whether a sent request is sent again: whoever states retries means all methods."""
    retry = holder.get(*path)
    if not isinstance(retry, Mapping):
        return None
    number = retry.get(count)
    if number is None:
        return replace(stated(holder, path, True, FIELD), written=str(path[-1]))
    return stated(holder, (*path, count), number != 0, FIELD)


def _policies(graph: Graph) -> _Policies:
    found: _Policies = defaultdict(list)
    for policy in graph.all(TRAFFIC):
        for target in (*policy.sequence("spec", "targetRefs"), policy.get("spec", "targetRef")):
            if isinstance(target, Mapping):
                found[str(target.get("kind")), str(target.get("name"))].append(policy)
    return found


def _policy(policies: _Policies, route: KubernetesObject) -> KubernetesObject | None:
    """The BackendTrafficPolicy on *route*, or else on a Gateway that it hangs on."""
    targets = [("HTTPRoute", route.namespace, route.name)]
    for parent in route.sequence("spec", "parentRefs"):
        if isinstance(parent, Mapping):
            space = parent.get("namespace")
            home = space if isinstance(space, str) else route.namespace
            targets.append(("Gateway", home, str(parent.get("name"))))
    for kind, space, name in targets:
        for policy in policies.get((kind, name), ()):
            if same(policy.namespace, space):  # A policy is for what lies in its namespace.
                return policy
    return None
