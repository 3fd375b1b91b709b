"""Routes of Ingresses, whichever controller serves them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.streaming.configured import f5, ingress_nginx
from golive_gates.streaming.configured.controllers import (
    INGRESSES,
    class_of,
    config_of,
    controller_of,
)
from golive_gates.streaming.configured.parts import F5, INGRESS_NGINX, OTHER, Effective, Route
from golive_gates.streaming.configured.units import go_bool
from golive_gates.streaming.configured.wanted import (
    EXACT,
    PREFIX,
    REGEX,
    STARTS,
    Pattern,
    Wanted,
)

_KINDS = {"Exact": EXACT, "Prefix": PREFIX, "ImplementationSpecific": STARTS}


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of one Ingress. ``at``: of the path in it, or of what stands for one."""

    ingress: KubernetesObject
    proxy: str
    host: str
    path: str
    pattern: Pattern
    at: KeyPath
    service: str
    port: str
    canary: bool


def is_canary(ingress: KubernetesObject) -> bool:
    """Whether ingress-nginx takes *ingress* for a canary."""
    value = ingress.mapping("metadata", "annotations").get(ingress_nginx.PREFIX + "canary")
    # Without quotes the API server refuses it; what it was meant as is clear.
    return value is True or (isinstance(value, str) and go_bool(value) is True)


def entries(graph: Graph) -> Iterator[Entry]:
    """Every path of every Ingress; a default backend stands for ``/``."""
    for ingress in graph.all(*INGRESSES):
        proxy, _ = controller_of(graph, ingress)
        canary = proxy == INGRESS_NGINX and is_canary(ingress)
        regex = _regex(ingress, proxy)
        for host, at, held in _paths(ingress):
            path, kind = held.get("path", "/"), held.get("pathType")
            if not isinstance(path, str):
                continue
            pattern = Pattern(path, _KINDS.get(kind if isinstance(kind, str) else "", STARTS))
            if regex:
                pattern = _as_expression(pattern, proxy)
            service, port = _backend(held.get("backend"))
            yield Entry(ingress, proxy, host, path, pattern, at, service, port, canary)


def _as_expression(pattern: Pattern, proxy: str) -> Pattern:
    if pattern.kind in (EXACT, REGEX):
        return pattern
    return Pattern(f"^{pattern.path}", REGEX, proxy == INGRESS_NGINX)


def _patterns(alternatives: Sequence[Entry]) -> list[Pattern]:
    """Patterns of one host: to ingress-nginx all are expressions where one is, longest first."""
    patterns = [e.pattern for e in alternatives]
    nginx = any(e.proxy == INGRESS_NGINX and e.pattern.kind == REGEX for e in alternatives)
    return [_as_expression(p, INGRESS_NGINX) for p in patterns] if nginx else patterns


def routes(graph: Graph, wanted: Wanted) -> Iterator[Route]:
    """One route for each path; those of one host and class are alternatives."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    canaries: list[Entry] = []
    for entry in entries(graph):
        if entry.canary:
            canaries.append(entry)
        else:
            found[class_of(entry.ingress), entry.host].append(entry)
    effective = _Settings(graph)
    mains: dict[tuple[str, str], Route] = {}
    taken = wanted.taken({key: _patterns(entries) for key, entries in found.items()})
    for key, alternatives in found.items():
        for number, entry in enumerate(alternatives):
            route = _route(entry, number in taken[key], effective.of(entry))
            mains.setdefault((entry.host, entry.path), route)
            yield route
    for entry in canaries:
        main = mains.get((entry.host, entry.path))
        if main is not None:
            yield _route(entry, main.streaming, main.settings)
        else:
            yield _route(entry, False, {})


def _route(entry: Entry, streaming: bool, settings: Mapping[str, Effective]) -> Route:
    return Route(
        entry.proxy,
        f"{entry.ingress.ref} {entry.path}",
        entry.host,
        entry.path,
        entry.ingress.at((*entry.at, "path")),
        streaming,
        entry.service,
        entry.port,
        entry.ingress.ref,
        entry.canary,
        settings,
    )


class _Settings:
    """Effective settings of each Ingress, worked out once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._nginx: ingress_nginx.Controller | None = None
        self._f5: f5.Controller | None = None
        self._known: dict[int, Mapping[str, Effective]] = {}
        self._masters = dict(_masters(graph))

    def of(self, entry: Entry) -> Mapping[str, Effective]:
        """Those of *entry*'s Ingress."""
        key = id(entry.ingress)
        if key not in self._known:
            self._known[key] = self._worked_out(entry)
        return self._known[key]

    def _worked_out(self, entry: Entry) -> Mapping[str, Effective]:
        if entry.proxy == F5:
            if self._f5 is None:
                self._f5 = f5.Controller(config_of(self._graph, F5))
            master = self._masters.get(entry.host) if f5.role(entry.ingress) == "minion" else None
            return f5.settings(entry.ingress, self._f5, master)
        if entry.proxy != INGRESS_NGINX:
            return {}
        if self._nginx is None:
            self._nginx = ingress_nginx.Controller(config_of(self._graph, INGRESS_NGINX))
        found = ingress_nginx.settings(entry.ingress, self._nginx)
        if not controller_of(self._graph, entry.ingress)[1]:
            # The other controller of this class name buffers where nobody says otherwise.
            found["buffering"] = Effective(None, found["buffering"].origin, unknown=True)
        return found


def _masters(graph: Graph) -> Iterator[tuple[str, KubernetesObject]]:
    for ingress in graph.all(*INGRESSES):
        if f5.role(ingress) == "master":
            hosts = (rule.get("host") for rule in _rules(ingress))
            yield from ((host, ingress) for host in hosts if isinstance(host, str))


def _rules(ingress: KubernetesObject) -> Iterator[Mapping[str, Any]]:
    rules = ingress.sequence("spec", "rules")
    return (rule for rule in rules if isinstance(rule, Mapping))


def _regex(ingress: KubernetesObject, proxy: str) -> bool:
    annotations = ingress.mapping("metadata", "annotations")
    if proxy == F5:
        return annotations.get("nginx.org/path-regex") in ("case_sensitive", "case_insensitive")
    if proxy == OTHER:
        return False
    # A rewrite target makes every path of the host an expression, too.
    rewrite = annotations.get(ingress_nginx.PREFIX + "rewrite-target")
    use = annotations.get(ingress_nginx.PREFIX + "use-regex")
    return bool(rewrite) or (isinstance(use, str) and go_bool(use) is True)


def _paths(ingress: KubernetesObject) -> Iterator[tuple[str, KeyPath, Mapping[str, Any]]]:
    """Host, place and content of each path of *ingress*."""
    for index, rule in enumerate(ingress.sequence("spec", "rules")):
        if not isinstance(rule, Mapping):
            continue
        host, http = rule.get("host"), rule.get("http")
        paths = http.get("paths") if isinstance(http, Mapping) else None
        for number, path in enumerate(paths if isinstance(paths, list | tuple) else ()):
            if isinstance(path, Mapping):
                at: KeyPath = ("spec", "rules", index, "http", "paths", number)
                yield host if isinstance(host, str) else "", at, path
    default = ingress.mapping("spec", "defaultBackend")
    if default:
        yield "", ("spec", "defaultBackend"), {"backend": default}


def _backend(backend: object) -> tuple[str, str]:
    """Name and port of the Service, as the current API has them or the one before."""
    if not isinstance(backend, Mapping):
        return "", ""
    service = backend.get("service")
    if not isinstance(service, Mapping):
        return str(backend.get("serviceName") or ""), str(backend.get("servicePort") or "")
    port = service.get("port")
    named = port if isinstance(port, Mapping) else {}
    return str(service.get("name") or ""), str(named.get("number") or named.get("name") or "")
