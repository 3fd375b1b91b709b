"""``streaming.keep-alive-order``: a proxy lets go of an idle connection before the server does.

What: on every hop, the server's keep-alive (uvicorn 5 s, gunicorn 2 s, hypercorn 5 s by
default; nginx 75 s) is longer than the time that the proxy before it keeps an idle connection
to it (``keepalive_timeout`` of an nginx upstream, ``upstream-keepalive-timeout`` of
ingress-nginx, 60 s by default in both).
Why: where the server closes first, a request that the proxy sends at that moment meets a closed
connection, and with no second try on a generating route the user gets a 502.
Remedy: raise the server's keep-alive above the proxy's, as 75 s above 60 s.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    CheckResult,
    Finding,
    Observation,
    Status,
)
from golive.model import Scalar
from golive_gates.streaming.configured.lifecycle import (
    at_object,
    judged,
    known,
    seconds,
    ways_in,
)
from golive_gates.streaming.configured.looking import at, file_based, file_check
from golive_gates.streaming.configured.parts import Route
from golive_gates.streaming.configured.runtimes import DEFAULT, NGINX
from golive_gates.streaming.configured.workloads import Hop
from golive_gates.streaming.settings import Settings

SPEC = file_check("keep-alive-order", required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Server after proxy, hop by hop."""
    del settings
    _, ways = ways_in(observation)
    findings: list[Finding] = []
    looked = 0
    for hop in ways.hops:
        kept = [(seconds(known(r, "upstream-keepalive-timeout")), r) for r in hop.routes]
        timed = [(idle, route) for idle, route in kept if idle]
        if not timed or (hop.runtime and not hop.runtime.reuses):
            continue  # The proxy opens a connection for each request.
        looked += 1
        idle, route = max(timed, key=lambda pair: pair[0])
        findings += _front(hop, idle) if hop.front else _server(hop, idle, route)
    return judged(SPEC, observation, looked, findings)


def _server(hop: Hop, idle: float, route: Route) -> Iterator[Finding]:
    owner, container, runtime = hop.pod.owner, hop.container, hop.runtime
    params: dict[str, Scalar] = {"limit": idle, "route": route.name}
    if runtime is None or runtime.keep_alive.value is None:
        if runtime is not None and runtime.name == NGINX:
            return  # What it does stands in a configuration that is not here.
        params["server"] = runtime.name if runtime else ""
        code = "unknown" if runtime else "server-unknown"
        status, name = Status.INCONCLUSIVE, container.name
        yield at_object(owner, container.path, code, params, container=name, status=status)
        return
    kept = runtime.keep_alive
    if kept.value is not None and kept.value <= idle:
        params |= {"server": runtime.name, "kept": kept.value, "option": kept.written}
        code = "default-first" if kept.written == DEFAULT else "closes-first"
        name = container.name if kept.owner is owner else ""
        yield at_object(kept.owner, kept.path, code, params, container=name)


def _front(hop: Hop, idle: float) -> Iterator[Finding]:
    """An nginx behind another proxy: its keep-alive to clients is the server's."""
    for own in hop.front:
        setting = known(own, "client-keepalive-timeout")
        kept = seconds(setting)
        if kept is not None and kept <= idle:
            yield at(own, setting, "front-first", kept=kept, limit=idle)


CHECK = file_based(SPEC, judge)
