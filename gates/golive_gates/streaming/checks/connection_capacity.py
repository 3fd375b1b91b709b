"""``streaming.connection-capacity``: proxies and servers on the way have room for the streams.

What: the declared number of streams at once (``gates.streaming.concurrent_streams``, else the
largest of ``held`` or of the canary stages, else 50) against every limit that the files state:
connection limits for each client address (``limit_conn``, ``limit-connections``), where a
Gateway or NAT lets many clients share one address; ``worker_connections`` and
``worker_rlimit_nofile`` of an nginx, two connections a stream; and what the server itself
takes (``--limit-concurrency``, workers and threads of gunicorn). Why: streams are held for
minutes, so limits that fit short requests are reached with few users; the rest is turned away.
Remedy: raise the limit, or take the client's address from the header of the proxy before
(``real_ip_header``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from golive.api import (
    CheckResult,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive_gates.streaming.configured.capacities import (
    limit_of,
    replicas_of,
    room_of,
    tells_clients_apart,
)
from golive_gates.streaming.configured.lifecycle import (
    Params,
    at_object,
    graph_in,
    judged,
    streams_of,
    ways_in,
)
from golive_gates.streaming.configured.looking import at, file_based, file_check, streaming_with
from golive_gates.streaming.configured.parts import Effective, Route
from golive_gates.streaming.configured.workloads import Hop, Ways
from golive_gates.streaming.settings import Settings

SPEC = file_check("connection-capacity")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No stated limit may be below the streams that have to be open at once."""
    part, ways = ways_in(observation)
    graph = graph_in(observation)
    wanted, _ = streams_of(settings, part)
    findings: list[Finding] = []
    looked = 0
    for route, limit in streaming_with(part, "limit-connections"):
        looked += 1
        findings += _limit(route, limit, ways, settings, wanted)
    for hop in ways.hops:
        found = list(_nginx(hop, graph, wanted) if hop.front else _server(hop, graph, wanted))
        looked += bool(found)
        findings += [f for f in found if f is not None]
    fact = Fact("concurrent_streams", wanted)
    return judged(SPEC, observation, looked, findings, fact)


def _limit(
    route: Route, limit: Effective, ways: Ways, settings: Settings, wanted: int
) -> Iterator[Finding]:
    owners = ways.at.get(id(route), ())
    configs = tuple(c for hop in owners for c in hop.configs)
    shared = limit_of(limit, configs)
    if limit.unknown or shared is None:
        return
    params: Params = {"most": shared.most, "streams": wanted}
    if not shared.by_address:
        if shared.most < wanted:
            yield at(route, limit, "for-all", None, **params)
        return
    # Whoever is behind another proxy of this release sees that one's address only.
    behind = any(hop.routes for hop in owners) and not tells_clients_apart(configs)
    declared = settings.connection_limit
    if behind and shared.most < wanted:
        yield at(route, limit, "one-peer", None, **params)
    elif declared is not None and shared.most < declared:
        yield at(route, limit, "below-declared", None, declared=declared, **params)
    elif declared is None and shared.most < wanted:
        yield at(route, limit, "shared-address", Status.WARN, **params)


def _nginx(hop: Hop, graph: Graph, wanted: int) -> Iterator[Finding | None]:
    replicas = replicas_of(hop.pod, graph)
    for config in hop.configs:
        room = room_of(config)
        if room is None:
            continue
        most = room.streams * replicas
        if most >= wanted:
            yield None
            continue
        place = room.directive.location if room.directive else None
        written = " ".join((room.directive.name, *room.directive.args)) if room.directive else ""
        params: Params = {"most": most, "streams": wanted, "replicas": replicas, "written": written}
        yield Finding(
            f"{hop.pod.owner.ref}",
            Reason("few-connections" if room.sure else "few-connections-a-core", params),
            place or hop.pod.owner.at(hop.container.path),
            None if room.sure else Status.WARN,
            hop.pod.owner.ref,
            hop.container.name,
        )


def _server(hop: Hop, graph: Graph, wanted: int) -> Iterator[Finding | None]:
    room = hop.runtime.streams if hop.runtime is not None else None
    if room is None or room.value is None or hop.runtime is None:
        return
    replicas = replicas_of(hop.pod, graph)
    if math.isinf(room.value) or room.value * replicas >= wanted:
        yield None
        return
    params: Params = {
        "server": hop.runtime.name,
        "most": room.value * replicas,
        "each": room.value,
        "replicas": replicas,
        "streams": wanted,
    }
    name = hop.container.name if room.owner is hop.pod.owner else ""
    yield at_object(room.owner, room.path, "few-workers", params, container=name)


CHECK = file_based(SPEC, judge)
