"""VirtualServers of F5's NGINX Ingress Controller and what they state for a stream. Pure.

From the controller's documentation of VirtualServer, VirtualServerRoute and Policy. A rate limit
by Policy answers 503 by default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, dig
from golive_gates.streaming.configured.f5 import Controller, general_settings, refused
from golive_gates.streaming.configured.parts import DEFAULT, F5, FIELD, Effective, Route, stated
from golive_gates.streaming.configured.wanted import EXACT, REGEX, STARTS, Pattern, Wanted

_FIELDS: Mapping[str, KeyPath] = {
    "proxy-buffering": ("buffering",),
    "proxy-read-timeout": ("read-timeout",),
    "proxy-send-timeout": ("send-timeout",),
    "proxy-next-upstream": ("next-upstream",),
    "client-max-body-size": ("client-max-body-size",),
    "keepalive": ("keepalive",),
}


_Entry = tuple[KubernetesObject, KeyPath, Mapping[str, Any]]
"""A route of a VirtualServer: the object that holds it, where, and its content."""


def routes(graph: Graph, wanted: Wanted, controller: Controller) -> Iterator[Route]:
    """Routes of VirtualServers, and of the VirtualServerRoutes that they delegate to."""
    servers = graph.all("VirtualServer.k8s.nginx.org")
    held = {(str(n), _host(server)): _entries(graph, server) for n, server in enumerate(servers)}
    patterns = {h: [_pattern(str(e["path"])) for *_, e in entries] for h, entries in held.items()}
    taken = wanted.taken(patterns)
    reached = (
        (server, host, number, upstream)
        for server, (host, entries) in zip(servers, held.items(), strict=True)
        for number, (owner, _, entry) in enumerate(entries)
        for upstream in _upstreams(server, owner, entry)
    )
    for server, host, number, (home, at) in reached:
        owner, path, entry = held[host][number]
        yield Route(
            F5,
            f"{owner.ref} {entry['path']}",
            host[1],
            patterns[host][number].path,
            owner.at((*path, "path")),
            number in taken[host],
            str(home.get(*at, "service") or ""),
            str(home.get(*at, "port") or ""),
            owner.ref,
            settings=_of_upstream(home, at, controller) | _policies(graph, server, owner, path),
        )


def _host(server: KubernetesObject) -> str:
    host = server.get("spec", "host")
    return host if isinstance(host, str) else ""


def _entries(graph: Graph, server: KubernetesObject) -> list[_Entry]:
    owners = [(server, "routes"), *_delegates(graph, server)]
    return [
        (owner, ("spec", key, index), entry)
        for owner, key in owners
        for index, entry in enumerate(owner.sequence("spec", key))
        if isinstance(entry, Mapping) and isinstance(entry.get("path"), str)
        # One that delegates takes no request itself.
        if not entry.get("route")
    ]


def _delegates(graph: Graph, server: KubernetesObject) -> Iterator[tuple[KubernetesObject, str]]:
    for entry in server.sequence("spec", "routes"):
        name = entry.get("route") if isinstance(entry, Mapping) else None
        if isinstance(name, str):
            space, _, bare = name.rpartition("/")
            kind = "VirtualServerRoute.k8s.nginx.org"
            found = graph.find(kind, space or server.namespace, bare)
            if found is not None:
                yield found, "subroutes"


def _pattern(path: str) -> Pattern:
    if path.startswith("="):
        return Pattern(path[1:].strip(), EXACT)
    if path.startswith("~"):
        return Pattern(path.lstrip("~*").strip(), REGEX, path.startswith("~*"))
    return Pattern(path, STARTS)


def _upstreams(
    server: KubernetesObject, owner: KubernetesObject, entry: Mapping[str, Any]
) -> Iterator[tuple[KubernetesObject, KeyPath]]:
    """Every upstream that a request for *entry* may reach, its own and by conditions."""
    matches = entry.get("matches")
    ways = [entry, *(matches if isinstance(matches, list) else ())]
    split = [way.get("splits") for way in ways if isinstance(way, Mapping)]
    ways += [part for parts in split if isinstance(parts, list) for part in parts]
    seen: set[tuple[int, KeyPath]] = set()
    for way in ways:
        found = _upstream(owner, way) or _upstream(server, way)
        if found is not None and (id(found[0]), found[1]) not in seen:
            seen.add((id(found[0]), found[1]))
            yield found


def _upstream(owner: KubernetesObject, way: object) -> tuple[KubernetesObject, KeyPath] | None:
    name = dig(way, ("action", "pass")) or dig(way, ("action", "proxy", "upstream"))
    for index, upstream in enumerate(owner.sequence("spec", "upstreams")):
        if isinstance(upstream, Mapping) and name is not None and upstream.get("name") == name:
            return owner, ("spec", "upstreams", index)
    return None


def _of_upstream(
    home: KubernetesObject, at: KeyPath, controller: Controller
) -> dict[str, Effective]:
    def of(name: str) -> Effective:
        general = controller.word(name)
        path = (*at, *_FIELDS.get(name, ("-",)))
        value = home.get(*path)
        if value is None:
            return general
        text = str(value)
        wrong = refused(name, text)
        if wrong:
            return stated(home, path, None, "", instead=general, discarded=wrong, unknown=True)
        return stated(home, path, text, FIELD)

    return general_settings(of, controller)


def _policies(
    graph: Graph, server: KubernetesObject, owner: KubernetesObject, path: KeyPath
) -> dict[str, Effective]:
    """Limits of the rate-limit Policies on the route, or else on its server."""
    for home, at in ((owner, (*path, "policies")), (server, ("spec", "policies"))):
        for reference in home.sequence(*at):
            name = reference.get("name") if isinstance(reference, Mapping) else None
            space = reference.get("namespace") if isinstance(reference, Mapping) else None
            if not isinstance(name, str):
                continue
            kind = "Policy.k8s.nginx.org"
            found = graph.find(kind, space if isinstance(space, str) else home.namespace, name)
            limit = found.get("spec", "rateLimit") if found is not None else None
            if found is None or not isinstance(limit, Mapping):
                continue
            code = limit.get("rejectCode")
            if isinstance(code, int):
                answer = ("spec", "rateLimit", "rejectCode")
                return {"limit-status": stated(found, answer, float(code), FIELD)}
            whole = stated(found, ("spec", "rateLimit"), 503.0, DEFAULT)
            return {"limit-status": replace(whole, written="rateLimit")}
    return {}
