"""``observability.routes``: every alert that asks for attention is routed to somebody.

What: walks Alertmanager's tree with the labels of every alert: matchers, ``continue``, the
operator's namespace matcher, the default receiver. Why: a matcher with a typing error, an earlier
route that takes everything or a default receiver called ``null`` let a page go nowhere, and
nothing complains. Remedy: route what the findings name to a receiver with people behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import named
from golive_gates.observability.routing.arrivals import Arrival, Fate, arrivals_of, fate_of
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.judging import concluded_on, faults, told
from golive_gates.observability.routing.model import AlertmanagerConfig, Configs, Route
from golive_gates.observability.routing.refused import unknown_receivers
from golive_gates.observability.routing.shadows import dead_routes
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.routes", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each alert has to arrive in some configuration; each route has to be reachable."""
    del settings
    part = observation.require(Alerting)
    configs = configs_of(part)
    every = arrivals_of(part)
    found = [
        *_unread(configs),
        *(f for config in configs.read for f in _structure(config)),
        *_alerts(every),
    ]
    routes = sum(len(list(c.root.walk())) for c in configs.read)
    alerts = len(every[0][1]) if every else 0
    return concluded_on(SPEC, observation, routes + alerts, found)


def _unread(configs: Configs) -> Iterator[Finding]:
    for config in configs.unread:
        status = Status.INCONCLUSIVE if config.hidden else None
        if config not in configs.blocking:
            if config.code == "in-secret":
                continue
            status = Status.WARN
        yield told(config.place, config.name, config.code, config.params, status)


def _structure(config: AlertmanagerConfig) -> Iterator[Finding]:
    yield from faults(config, "routes")
    for route in unknown_receivers(config):
        place = route.place.below("receiver")
        yield finding(place, config.name, "receiver-unknown", receiver=route.receiver)
    for dead in dead_routes(config.root) if config.sound else ():
        status = Status.WARN if dead.harmless else None
        shown = _shown(dead.route)
        if dead.by is not None:
            yield finding(
                dead.route.place,
                config.name,
                "shadowed",
                status=status,
                route=shown,
                by=_shown(dead.by),
                line=dead.by.place.at().line or 0,
            )
        elif dead.clash is not None:
            one, other = map(str, dead.clash)
            yield finding(
                dead.route.place, config.name, "contradictory", route=shown, one=one, other=other
            )


def _shown(route: Route) -> str:
    return ", ".join(map(str, route.matchers)) or "*"


def _alerts(every: tuple[tuple[AlertmanagerConfig, tuple[Arrival, ...]], ...]) -> Iterator[Finding]:
    arrived = {id(a.alert) for _, arrivals in every for a in arrivals if a.fate is Fate.ARRIVES}
    for config, arrivals in every:
        if not config.sound:
            continue  # Where its alerts would go depends on what is wrong with it.
        lost: dict[tuple[str, int, bool], tuple[Route, list[Arrival]]] = {}
        for arrival in arrivals:
            elsewhere = id(arrival.alert) in arrived
            told = _told(arrival, config.root, elsewhere=elsewhere)
            if told is not None:
                code, route = told
                _, group = lost.setdefault((code, id(route), elsewhere), (route, []))
                group.append(arrival)
        for (code, _, elsewhere), (route, group) in lost.items():
            yield _lost(config, code, route, group, elsewhere=elsewhere)


def _told(arrival: Arrival, root: Route, *, elsewhere: bool) -> tuple[str, Route] | None:
    """What is to be said of an alert, and the route at which it ends."""
    if arrival.fate is Fate.ARRIVES:
        return None
    ways = arrival.outcomes
    usual = arrival.usual or ways
    if not usual:
        return None if elsewhere else ("too-many-ways", root)
    wrong = next((o for o in usual if fate_of(o) is not Fate.ARRIVES), usual[0])
    end = wrong.deliveries[0].route
    if arrival.fate is Fate.NOWHERE:
        return "route-to-nowhere", end
    if elsewhere:
        return None
    return ("unseen-root" if fate_of(wrong) is Fate.UNSEEN else "depends"), end


def _lost(
    config: AlertmanagerConfig, code: str, route: Route, group: list[Arrival], *, elsewhere: bool
) -> Finding:
    alerts = named(a.alert.rule.name for a in group)
    status: Status | None = Status.INCONCLUSIVE
    if code == "route-to-nowhere":
        status = Status.WARN if elsewhere else None
    return finding(
        route.place,
        config.name,
        code,
        status=status,
        alerts=alerts,
        receiver=route.receiver,
        condition=_condition(group[0]),
    )


def _condition(arrival: Arrival) -> str:
    """What has to hold of its labels for the alert to arrive."""
    ways = [o for o in arrival.outcomes or () if fate_of(o) is Fate.ARRIVES]
    return ", ".join(ways[0].assumed) if ways else ""


CHECK = Check(SPEC, (Alerting,), judge)
