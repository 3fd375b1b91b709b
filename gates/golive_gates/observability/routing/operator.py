"""AlertmanagerConfig objects, as the Prometheus operator puts them together.

Each becomes a first child of the root that says ``continue``, held to its own namespace by a
matcher unless the Alertmanager's ``alertmanagerConfigMatcherStrategy`` says otherwise. Names of
its receivers and intervals are its own. Source:
https://prometheus-operator.dev/docs/developer/alerting/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.selectors import selects
from golive_gates.observability.routing.matchers import Matcher, Matchers, matcher
from golive_gates.observability.routing.model import (
    AlertmanagerConfig,
    Configs,
    Inhibition,
    Integration,
    Interval,
    Receiver,
    Route,
    Topic,
    Unread,
)
from golive_gates.observability.routing.reading import Reader, entries, good, mapping, text, texts
from golive_gates.observability.rules.model import Place

ALERTMANAGER = "Alertmanager.monitoring.coreos.com"
CONFIG = "AlertmanagerConfig.monitoring.coreos.com"
_NAMESPACE_NAME = "kubernetes.io/metadata.name"
_CONFIGS = "Configs"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def operator_configs(objects: Iterable[KubernetesObject]) -> Configs:
    """What the Alertmanagers of the operator load, as far as *objects* tell."""
    every = tuple(objects)
    parts = [o for o in every if o.type == CONFIG]
    alertmanagers = [o for o in every if o.type == ALERTMANAGER]
    if not alertmanagers:
        if not parts:
            return Configs()
        place = Place(parts[0], ("spec",))
        return Configs((_together("AlertmanagerConfig", place, parts, None, None),))
    read: list[AlertmanagerConfig] = []
    unread: list[Unread] = []
    chosen: set[int] = set()
    spaces = {o.name: mapping(o.get("metadata", "labels")) for o in every if o.type == "Namespace"}
    for alertmanager in alertmanagers:
        found = [p for p in parts if _selected(alertmanager, p, spaces)]
        whole = alertmanager.get("spec", "alertmanagerConfiguration", "name")
        first = next(
            (p for p in parts if (p.name, p.namespace) == (whole, alertmanager.namespace)), None
        )
        chosen |= {id(p) for p in (*found, first)}
        place = Place(alertmanager, ("spec",))
        if found or first is not None:
            read.append(_together(_called(alertmanager), place, found, first, alertmanager))
        else:
            held = alertmanager.get("spec", "configSecret")
            secret = text(held) or f"alertmanager-{alertmanager.name}"
            unread.append(Unread(place, _called(alertmanager), "in-secret", {"secret": secret}))
    unread += [
        Unread(Place(p, ("metadata", "name")), _called(p), "config-unselected")
        for p in parts
        if id(p) not in chosen
    ]
    return Configs(tuple(read), tuple(unread))


def _called(item: KubernetesObject) -> str:
    return f"{item.namespace}/{item.name}" if item.namespace else item.name


def _selected(
    alertmanager: KubernetesObject,
    part: KubernetesObject,
    spaces: Mapping[str, Mapping[str, Any]],
) -> bool:
    spec = alertmanager.mapping("spec")
    of_spaces = spec.get("alertmanagerConfigNamespaceSelector")
    labels = {_NAMESPACE_NAME: part.namespace, **spaces.get(part.namespace, {})}
    here = (
        part.namespace == alertmanager.namespace
        if of_spaces is None
        else selects(of_spaces, labels)
    )
    selector = spec.get("alertmanagerConfigSelector")
    return here and selects(selector, mapping(part.get("metadata", "labels")))


def _together(
    name: str,
    place: Place,
    parts: Iterable[KubernetesObject],
    whole: KubernetesObject | None,
    alertmanager: KubernetesObject | None,
) -> AlertmanagerConfig:
    """*parts* below the root that *whole* gives, or below one that nobody sees."""
    reader = Reader()
    root = Route(place, "")
    defaults: Mapping[str, Any] = {}
    receivers: dict[str, Receiver] = {}
    inhibitions: list[Inhibition] = []
    intervals: dict[str, Interval] = {}
    children: list[Route] = []
    if whole is not None:
        root = _Part(reader, whole, ()).tree()
        defaults = _global(alertmanager)
        # Its own receivers have to be there before those of others.
    for item in (*((whole,) if whole is not None else ()), *parts):
        forced = () if item is whole else _forced(item, alertmanager)
        part = _Part(reader, item, forced)
        receivers.update(part.receivers())
        inhibitions += part.inhibitions()
        intervals.update(part.intervals())
        if item is not whole and item.get("spec", "route") is not None:
            children.append(part.tree())
    tree = Route(
        root.place, root.receiver, (), group_by=root.group_by, routes=(*children, *root.routes)
    )
    return AlertmanagerConfig(
        name,
        place,
        tree,
        receivers,
        tuple(inhibitions),
        intervals,
        defaults,
        tuple(reader.faults),
        "operator",
    )


def _forced(item: KubernetesObject, alertmanager: KubernetesObject | None) -> Matchers:
    strategy = "OnNamespace"
    if alertmanager is not None:
        asked = alertmanager.get("spec", "alertmanagerConfigMatcherStrategy", "type")
        strategy = text(asked) or strategy
    own = alertmanager is not None and alertmanager.namespace == item.namespace
    if strategy == "None" or (strategy == "OnNamespaceExceptForAlertmanagerNamespace" and own):
        return ()
    return (Matcher("namespace", "=", item.namespace),)


def _global(alertmanager: KubernetesObject | None) -> Mapping[str, Any]:
    if alertmanager is None:
        return {}
    found = alertmanager.mapping("spec", "alertmanagerConfiguration", "global")
    smtp = mapping(found.get("smtp"))
    named = {f"smtp_{_snake(str(k)).replace('_', '')}": v for k, v in smtp.items()}
    return {**named, **{_snake(str(k)).replace("ops_genie", "opsgenie"): found[k] for k in found}}


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()


class _Part:
    """One AlertmanagerConfig. ``forced``: matchers that the operator adds."""

    def __init__(self, reader: Reader, item: KubernetesObject, forced: Matchers) -> None:
        self.reader = reader
        self.item = item
        self.spec = Place(item, ("spec",))
        self.forced = forced
        self.prefix = f"{item.namespace}/{item.name}/"

    def tree(self) -> Route:
        place = self.spec.below("route")
        route = self._route(self.item.mapping("spec", "route"), place, Route(place, ""))
        return Route(
            place,
            route.receiver,
            (*self.forced, *route.matchers),
            True,
            route.group_by,
            route.mute,
            route.active,
            route.routes,
        )

    def _route(self, data: Mapping[str, Any], place: Place, above: Route) -> Route:
        named = text(data.get("receiver"))
        groups = texts(data.get("groupBy"))
        own = Route(
            place,
            self.prefix + named if named else above.receiver,
            self._matchers(data, place, "matchers"),
            data.get("continue") is True,
            groups or above.group_by,
            tuple(self.prefix + n for n in texts(data.get("muteTimeIntervals"))),
            tuple(self.prefix + n for n in texts(data.get("activeTimeIntervals"))),
        )
        children = tuple(
            self._route(child, place.below("routes", number), own)
            for number, child in entries(data.get("routes"))
        )
        return Route(
            place,
            own.receiver,
            own.matchers,
            own.continues,
            own.group_by,
            own.mute,
            own.active,
            children,
        )

    def _matchers(
        self, data: Mapping[str, Any], place: Place, key: str, *, routes: bool = True
    ) -> Matchers:
        return tuple(
            m
            for number, item in entries(data.get(key))
            for m in self._matcher(item, place.below(key, number), routes=routes)
        )

    def _matcher(self, data: Mapping[str, Any], place: Place, *, routes: bool) -> Iterator[Matcher]:
        op = text(data.get("matchType")) or ("=~" if data.get("regex") is True else "=")
        name = text(data.get("name"))
        topic: Topic = "routes" if routes else "inhibition"
        if op not in ("=", "!=", "=~", "!~") or not name:
            self.reader.fault(topic, place, "matcher-text", matcher=name or op)
            return
        found = matcher(name, op, text(data.get("value")))
        yield from good(self.reader, topic, place, found)

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        for number, data in entries(self.item.get("spec", "receivers")):
            place = self.spec.below("receivers", number)
            name = self.prefix + text(data.get("name"))
            integrations = tuple(
                Integration(
                    str(key).removesuffix(_CONFIGS).lower(),
                    place.below(str(key), at),
                    {_snake(str(k)): v for k, v in entry.items()},
                    referenced=True,
                )
                for key, listed in data.items()
                if str(key).endswith(_CONFIGS)
                for at, entry in entries(listed)
            )
            yield name, Receiver(name, place, integrations)

    def inhibitions(self) -> Iterator[Inhibition]:
        for number, data in entries(self.item.get("spec", "inhibitRules")):
            place = self.spec.below("inhibitRules", number)
            source = self._matchers(data, place, "sourceMatch", routes=False)
            target = self._matchers(data, place, "targetMatch", routes=False)
            yield Inhibition(
                place,
                (*self.forced, *source),
                (*self.forced, *target),
                texts(data.get("equal")),
            )

    def intervals(self) -> Iterator[tuple[str, Interval]]:
        for key in ("muteTimeIntervals", "timeIntervals"):
            for number, data in entries(self.item.get("spec", key)):
                name = self.prefix + text(data.get("name"))
                times = data.get("timeIntervals")
                listed = tuple(times) if isinstance(times, list | tuple) else ()
                place = self.spec.below(key, number)
                yield name, Interval(name, place, listed, native=False)
