"""What F5's NGINX Ingress Controller does to a stream: annotations and VirtualServers. Pure.

From the controller's documentation: time-outs take nginx's units, switches are ``True`` or
``False`` (``off`` is none), response buffering is **on** by default, and an Ingress with an
annotation that does not parse is refused as a whole. A rate limit by annotation answers 429 by
default, one by Policy 503.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.streaming.configured.ingress_nginx import read_as, unless_told
from golive_gates.streaming.configured.ingress_rules import (
    NOT_A_SIZE,
    NOT_A_TIME,
    NOT_BOOL,
    NOT_INTEGER,
    NOT_TEXT,
)
from golive_gates.streaming.configured.parts import (
    ANNOTATION,
    CONFIG_MAP,
    DEFAULT,
    F5,
    FIELD,
    Effective,
    Route,
)
from golive_gates.streaming.configured.units import go_bool, integer, nginx_seconds, size
from golive_gates.streaming.configured.wanted import EXACT, REGEX, STARTS, Pattern, Wanted

PREFIX = "nginx.org/"
CONFIG_NAMES = ("nginx-config", "nginx-ingress")


def _bool(text: str) -> str:
    return "" if go_bool(text) is not None else NOT_BOOL


def _time(text: str) -> str:
    return "" if nginx_seconds(text) is not None else NOT_A_TIME


def _integer(text: str) -> str:
    return "" if integer(text) is not None else NOT_INTEGER


def _size(text: str) -> str:
    return "" if size(text) is not None else NOT_A_SIZE


RULES: Mapping[str, Callable[[str], str]] = {
    "proxy-buffering": _bool,
    "proxy-connect-timeout": _time,
    "proxy-read-timeout": _time,
    "proxy-send-timeout": _time,
    "fail-timeout": _time,
    "proxy-next-upstream-timeout": _time,
    "client-max-body-size": _size,
    "proxy-buffer-size": _size,
    "proxy-max-temp-file-size": _size,
    "keepalive": _integer,
    "max-fails": _integer,
    "max-conns": _integer,
    "proxy-next-upstream-tries": _integer,
    "ssl-redirect": _bool,
    "redirect-to-https": _bool,
}

DEFAULTS: Mapping[str, str] = {
    "proxy-buffering": "True",
    "proxy-read-timeout": "60s",
    "proxy-send-timeout": "60s",
    "client-max-body-size": "1m",
    "proxy-next-upstream": "error timeout",
    "keepalive": "0",
    "keepalive-timeout": "75s",
    "limit-req-reject-code": "429",
}


def refused(name: str, value: object) -> str:
    """Why the controller refuses an Ingress for annotation *name*; empty when it does not."""
    if not isinstance(value, str):
        return NOT_TEXT
    rule = RULES.get(name)
    return rule(value) if rule is not None else ""


class Controller:
    """The controller's settings, from its ConfigMap if that is among the files."""

    def __init__(self, config: KubernetesObject | None = None) -> None:
        self._config = config

    def word(self, name: str) -> Effective:
        """What applies where nothing else is stated; ``value`` as written."""
        value = self._config.get("data", name) if self._config is not None else None
        if self._config is None or value is None:
            return Effective(DEFAULTS.get(name), DEFAULT)
        place = self._config.at(("data", name))
        wrong = refused(name, value)
        if wrong:
            return Effective(DEFAULTS.get(name), DEFAULT, place, str(value), wrong)
        return Effective(str(value), CONFIG_MAP, place, str(value))

    def setting(self, ingress: KubernetesObject, name: str) -> Effective:
        """What applies to *ingress*; one that is refused has whatever it had before."""
        key = PREFIX + name
        value = ingress.mapping("metadata", "annotations").get(key)
        general = self.word(name)
        if value is None:
            return general
        place = ingress.at(("metadata", "annotations", key))
        wrong = refused(name, value)
        if wrong:
            return Effective(general.value, general.origin, place, str(value), wrong, unknown=True)
        return Effective(str(value), ANNOTATION, place, str(value))


def settings(ingress: KubernetesObject, controller: Controller) -> dict[str, Effective]:
    """Effective settings of every path of *ingress*."""

    def of(name: str) -> Effective:
        return controller.setting(ingress, name)

    found = _settings(of, controller)
    rate = of("limit-req-rate")
    if rate.origin == ANNOTATION:
        number, _, unit = str(rate.value).strip().partition("r/")
        if number.isdigit() and unit in ("s", "m"):
            value = int(number) / (60 if unit == "m" else 1)
            found["limit-requests"] = Effective(value, ANNOTATION, rate.location, rate.written)
        found["limit-status"] = read_as(of("limit-req-reject-code"), _number)
    return found


def _settings(of: Callable[[str], Effective], controller: Controller) -> dict[str, Effective]:
    found = {
        "buffering": unless_told(read_as(of("proxy-buffering"), go_bool)),
        "request-buffering": Effective(True, DEFAULT),
        "read-timeout": read_as(of("proxy-read-timeout"), nginx_seconds),
        "send-timeout": read_as(of("proxy-send-timeout"), nginx_seconds),
        "http-version": Effective("1.1", DEFAULT),
        "body-limit": read_as(of("client-max-body-size"), lambda text: size(text) or None),
        "retries": read_as(of("proxy-next-upstream"), _again),
        "client-keepalive-timeout": read_as(controller.word("keepalive-timeout"), _first_time),
        "worker-shutdown-timeout": read_as(
            controller.word("worker-shutdown-timeout"), nginx_seconds
        ),
    }
    kept = of("keepalive")
    if kept.value not in (None, "0"):
        found["keep-alive"] = read_as(kept, lambda _: True)
        found["upstream-keepalive-timeout"] = Effective(60.0, DEFAULT)
    return found


def _again(text: str) -> bool:
    words = text.split()
    return "non_idempotent" in words and "off" not in words


def _first_time(text: str) -> float | None:
    words = text.split()
    return nginx_seconds(words[0]) if words else None


def _number(text: str) -> float | None:
    return float(text) if text.isdigit() else None


_FIELDS: Mapping[str, KeyPath] = {
    "proxy-buffering": ("buffering",),
    "proxy-read-timeout": ("read-timeout",),
    "proxy-send-timeout": ("send-timeout",),
    "proxy-next-upstream": ("next-upstream",),
    "client-max-body-size": ("client-max-body-size",),
    "keepalive": ("keepalive",),
}


def virtual_server_routes(graph: Graph, wanted: Wanted, controller: Controller) -> Iterator[Route]:
    """Routes of VirtualServers, and of the VirtualServerRoutes that they delegate to."""
    for server in graph.all("VirtualServer.k8s.nginx.org"):
        host = server.get("spec", "host")
        owners = [(server, "routes"), *_delegates(graph, server)]
        entries = [
            (owner, (*path, index), entry)
            for owner, key in owners
            for path in [("spec", key)]
            for index, entry in enumerate(owner.sequence("spec", key))
            if isinstance(entry, Mapping) and isinstance(entry.get("path"), str)
        ]
        patterns = [_pattern(str(entry["path"])) for _, _, entry in entries]
        taken = wanted.taken(patterns)
        for number, (owner, path, entry) in enumerate(entries):
            upstream = _upstream(owner, entry) or _upstream(server, entry)
            if upstream is None:
                continue
            home, at = upstream
            yield Route(
                F5,
                f"{owner.ref} {entry['path']}",
                host if isinstance(host, str) else "",
                patterns[number].path,
                owner.at((*path, "path")),
                number in taken,
                str(home.get(*at, "service") or ""),
                str(home.get(*at, "port") or ""),
                owner.ref,
                settings=_of_upstream(home, at, controller) | _policies(graph, server, owner, path),
            )


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


def _upstream(
    owner: KubernetesObject, entry: Mapping[str, Any]
) -> tuple[KubernetesObject, KeyPath] | None:
    action = entry.get("action")
    proxied = action.get("proxy") if isinstance(action, Mapping) else None
    name = action.get("pass") if isinstance(action, Mapping) else None
    if isinstance(proxied, Mapping):
        name = proxied.get("upstream")
    splits = entry.get("splits")
    if name is None and isinstance(splits, list) and splits and isinstance(splits[0], Mapping):
        return _upstream(owner, splits[0])
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
            return Effective(general.value, general.origin, home.at(path), text, wrong, True)
        return Effective(text, FIELD, home.at(path), text)

    return _settings(of, controller)


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
                where = found.at(("spec", "rateLimit", "rejectCode"))
                return {"limit-status": Effective(float(code), FIELD, where, str(code))}
            return {"limit-status": Effective(503.0, DEFAULT, found.at(("spec", "rateLimit")))}
    return {}
