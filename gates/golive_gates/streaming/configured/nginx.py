"""What a plain nginx.conf does to a stream: every location that hands requests on. Pure.

Defaults: nginx.org, ngx_http_proxy_module, ngx_http_core_module, ngx_http_upstream_module,
ngx_http_gzip_module, ngx_http_limit_req_module and ngx_core_module. HTTP/1.1 with kept
connections to the upstream is the default since nginx 1.29.7; the version is not in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from golive.api import Location
from golive.sources.tree import NginxConfig, NginxDirective
from golive_gates.streaming.configured.nginx_tree import Place, Scope, Server, by_name, servers_of
from golive_gates.streaming.configured.parts import DEFAULT, DIRECTIVE, NGINX, Effective, Route
from golive_gates.streaming.configured.units import nginx_seconds, size
from golive_gates.streaming.configured.wanted import Wanted, sounds_streaming

EVENT_STREAM = frozenset({"*", "text/event-stream"})
"""Types whose compression covers event streams."""
BODY_LIMIT = 1024.0**2
"""`client_max_body_size` where none is stated."""


def routes(config: NginxConfig, wanted: Wanted) -> Iterator[Route]:
    """One route for each place of *config* that hands requests on."""
    upstreams = _upstreams(config)
    zones = _rates(config)
    servers = [server for server in servers_of(config) if not server.answers]
    streaming = _streaming(servers, wanted)
    for server in servers:
        for place in server.every():
            if place.named:
                continue  # Reached through the location that names it.
            for scope, handed_on, prefix in server.passing(place):
                to = _target(handed_on, upstreams)
                yield Route(
                    NGINX,
                    place.title,
                    server.host,
                    place.pattern.path if place.pattern else "",
                    place.directive.location,
                    id(place) in streaming,
                    to.host,
                    to.port,
                    settings=_settings(scope, prefix, to, zones),
                )


def _streaming(servers: Sequence[Server], wanted: Wanted) -> set[int]:
    if not wanted.paths:
        return {id(p) for server in servers for p in server.every() if _sounds(p)}
    found = set()
    for path in wanted.paths:
        reached = {
            (str(number), server.host): place
            for number, server in enumerate(servers)
            if (place := server.place_of(path)) is not None
        }
        paths = {h: p.pattern.path if p.pattern else "" for h, p in reached.items()}
        found |= {id(reached[host]) for host in wanted.meant(paths)}
    return found


def _sounds(place: Place) -> bool:
    return place.pattern is not None and sounds_streaming(place.pattern.path)


@dataclass(frozen=True, slots=True)
class _Upstream:
    host: str
    port: str
    scope: Scope | None = None


def _upstreams(config: NginxConfig) -> dict[str, Scope]:
    top = by_name(config.directives)
    blocks = [*top.get("upstream", ())]
    for http in top.get("http", ()):
        blocks += by_name(http.block or ()).get("upstream", ())
    return {b.args[0]: Scope().inside(b.block or ()) for b in blocks if b.args}


def _rates(config: NginxConfig) -> dict[str, float]:
    """Requests a second that each zone of `limit_req_zone` admits."""
    top = by_name(config.directives)
    stated = [*top.get("limit_req_zone", ())]
    for http in top.get("http", ()):
        stated += by_name(http.block or ()).get("limit_req_zone", ())
    found = {}
    for zone in stated:
        words = dict(a.split("=", 1) for a in zone.args if "=" in a)
        number, _, unit = words.get("rate", "").partition("r/")
        if number.isdigit() and unit in ("s", "m"):
            found[words.get("zone", "").partition(":")[0]] = int(number) / (
                60 if unit == "m" else 1
            )
    return found


def _target(handed_on: NginxDirective, upstreams: Mapping[str, Scope]) -> _Upstream:
    """Whom a request is handed to; the first server of an upstream stands for all."""
    address = handed_on.args[0] if handed_on.args else ""
    bare = address.partition("://")[2] or address
    name = bare.partition("/")[0]
    scope = upstreams.get(name)
    if scope is not None:
        servers = [d.args[0] for d in scope.own.get("server", ()) if d.args]
        name = servers[0] if servers else name
    host, _, port = name.rpartition(":") if name.rpartition(":")[2].isdigit() else (name, "", "")
    return _Upstream(host or name, port, scope)


def _settings(
    scope: Scope, prefix: str, to: _Upstream, zones: Mapping[str, float]
) -> Mapping[str, Effective]:
    found = {
        "read-timeout": _time(scope, f"{prefix}_read_timeout", 60.0),
        "send-timeout": _time(scope, f"{prefix}_send_timeout", 60.0),
        "compression": _compression(scope),
        "body-limit": _body_limit(scope),
        "client-keepalive-timeout": _time(scope, "keepalive_timeout", 75.0),
        "worker-shutdown-timeout": _time(scope, "worker_shutdown_timeout", None),
        "retries": _retries(scope, prefix),
    }
    if prefix != "grpc":
        found["buffering"] = _buffering(scope, prefix)
        found["request-buffering"] = _flag(scope, f"{prefix}_request_buffering", True)
    if prefix == "proxy":
        found |= _connection(scope, to)
    return found | _limits(scope, zones)


def _default(scope: Scope, value: str | float | bool | None, *, sure: bool = True) -> Effective:
    """What applies where nothing is stated: nginx's own, unless an outer block is not here."""
    return Effective(value, DEFAULT, unknown=not (sure and scope.whole))


def _stated(
    directive: NginxDirective, value: str | float | bool | None, *, unknown: bool = False
) -> Effective:
    written = " ".join((directive.name, *directive.args))
    return Effective(value, DIRECTIVE, directive.location, written, unknown=unknown)


def _time(scope: Scope, name: str, default: float | None) -> Effective:
    directive = scope.last(name)
    if directive is None or not directive.args:
        return _default(scope, default)
    seconds = nginx_seconds(directive.args[0])
    return _stated(directive, seconds, unknown=seconds is None)


def _flag(scope: Scope, name: str, default: bool) -> Effective:
    directive = scope.last(name)
    if directive is None or not directive.args:
        return _default(scope, default)
    word = directive.args[0].lower()
    return _stated(directive, word == "on", unknown=word not in ("on", "off"))


def _buffering(scope: Scope, prefix: str) -> Effective:
    """On is only certain where nginx does not listen to the service's `X-Accel-Buffering`."""
    found = _flag(scope, f"{prefix}_buffering", True)
    ignored = [a.lower() for d in scope.nearest(f"{prefix}_ignore_headers") for a in d.args]
    if found.value is not True or "x-accel-buffering" in ignored:
        return found
    return Effective(True, found.origin, found.location, found.written, unknown=True)


def _compression(scope: Scope) -> Effective:
    best = _default(scope, False)
    for name in ("gzip", "brotli", "zstd"):
        switch = scope.last(name)
        if switch is None or not switch.args:
            continue
        types = {a for d in scope.nearest(f"{name}_types") for a in d.args}
        on = switch.args[0].lower() == "on" and bool(types & EVENT_STREAM)
        if on:
            stated = scope.last(f"{name}_types") or switch
            return _stated(stated, True)
        best = _stated(switch, False)
    return best


def _body_limit(scope: Scope) -> Effective:
    directive = scope.last("client_max_body_size")
    if directive is None or not directive.args:
        return _default(scope, BODY_LIMIT)
    value = size(directive.args[0])
    return _stated(directive, value or None, unknown=value is None)


def _retries(scope: Scope, prefix: str) -> Effective:
    """A request that was sent and may have done something is sent again only if so told."""
    directive = scope.last(f"{prefix}_next_upstream")
    if directive is None:
        return _default(scope, False)
    again = "non_idempotent" in directive.args and "off" not in directive.args
    tries = scope.last(f"{prefix}_next_upstream_tries")
    if again and tries is not None and tries.args == ("1",):
        return _stated(tries, False)
    return _stated(directive, again)


def _connection(scope: Scope, to: _Upstream) -> dict[str, Effective]:
    version = scope.last("proxy_http_version")
    found = {
        "http-version": _default(scope, "1.0", sure=False)
        if version is None or not version.args
        else _stated(version, version.args[0])
    }
    kept = to.scope.last("keepalive") if to.scope is not None else None
    if kept is None or to.scope is None or kept.args[:1] == ("0",):
        return found
    found["keep-alive"] = _stated(kept, True)
    found["upstream-keepalive-timeout"] = _time(to.scope, "keepalive_timeout", 60.0)
    headers = [d for d in scope.nearest("proxy_set_header") if d.args[:1]]
    named = [d for d in headers if d.args[0].lower() == "connection"]
    found["connection-header"] = (
        _stated(named[-1], named[-1].args[1] if len(named[-1].args) > 1 else "")
        if named
        else Effective("close", DEFAULT, _lost(scope, headers), unknown=True)
    )
    return found


def _lost(scope: Scope, headers: list[NginxDirective]) -> Location | None:
    """Where headers are set anew, which drops an outer `Connection`; ``None`` if none was."""
    outer = [
        d
        for block in scope.blocks
        for d in block.get("proxy_set_header", ())
        if d.args[:1] and d.args[0].lower() == "connection"
    ]
    return headers[0].location if outer and headers else None


def _limits(scope: Scope, zones: Mapping[str, float]) -> dict[str, Effective]:
    found: dict[str, Effective] = {}
    for kind in ("limit_conn", "limit_req"):
        limits = [d for d in scope.nearest(kind) if d.args]
        if not limits:
            continue
        status = scope.last(f"{kind}_status")
        code = float(status.args[0]) if status and status.args[0].isdigit() else 503.0
        told = _stated(status, code) if status is not None else _default(scope, code)
        if told.location is None:
            told = replace(told, location=limits[0].location)  # What answers so stands there.
        # One that is not 429 is worth telling before one that is.
        if "limit-status" not in found or code != 429:
            found["limit-status"] = told
        if kind == "limit_conn":
            numbers = [float(d.args[1]) for d in limits if d.args[1:] and d.args[1].isdigit()]
            if numbers:
                found["limit-connections"] = _stated(limits[0], min(numbers))
        else:
            rates = [zones[z] for d in limits if (z := _zone(d)) in zones]
            if rates:
                found["limit-requests"] = _stated(limits[0], min(rates))
    return found


def _zone(directive: NginxDirective) -> str:
    return next((a[5:] for a in directive.args if a.startswith("zone=")), "")
