"""From documents and ConfigMaps to dashboards with their panels and queries. Pure.

Source of the format: Grafana, "JSON model" of a dashboard.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.tree import FileKind
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.model import Place

QUIET_PANELS = frozenset(
    {"row", "text", "dashlist", "news", "alertlist", "welcome", "gettingstarted", "pluginlist",
     "live", "debug"}
)  # fmt: skip
"""Panels that show something without a query."""
BUILT_IN = frozenset({"grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --", "__expr__"})


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel. ``source``: type of its data source; empty where nothing tells."""

    expr: str
    path: KeyPath
    source: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. ``sources``: data sources that it and its queries name, with their paths."""

    title: str
    kind: str
    path: KeyPath
    targets: tuple[Target, ...] = ()
    queries: int = 0
    sources: tuple[tuple[KeyPath, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard. ``variables``: their names; ``intervals``: of those that are durations.

    ``inside``: it is text within ``place``, so that what it holds has no lines of its own.
    """

    title: str
    place: Place
    panels: tuple[Panel, ...]
    variables: frozenset[str] = frozenset()
    intervals: frozenset[str] = frozenset()
    inside: bool = False

    def at(self, path: KeyPath) -> KeyPath:
        """*path* of the dashboard, in terms of its place."""
        return () if self.inside else path


def dashboards_of(part: Alerting) -> tuple[Dashboard, ...]:
    """Every dashboard of *part*, those in ConfigMaps too."""
    found = [
        _dashboard(document.data, Place(document, ()), inside=False)
        for document in part.documents
        if document.kind is FileKind.DASHBOARD
    ]
    for item in part.objects:
        if item.type == "ConfigMap":
            found += _held(item)
    return tuple(found)


def _held(item: KubernetesObject) -> Iterator[Dashboard]:
    for key, text in item.mapping("data").items():
        if isinstance(text, str) and '"panels"' in text and '"schemaVersion"' in text:
            try:
                data = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(data, Mapping):
                yield _dashboard(data, Place(item, ("data", key)), inside=True)


def _dashboard(data: Mapping[str, Any], place: Place, *, inside: bool) -> Dashboard:
    prefix: KeyPath = ()
    if isinstance(data.get("dashboard"), Mapping):
        data, prefix = data["dashboard"], ("dashboard",)
    listed = data.get("templating")
    variables = list(_mappings(listed.get("list") if isinstance(listed, Mapping) else None))
    inputs = [v for _, v in _mappings(data.get("__inputs"))]
    names = {_text(v.get("name")) for v in (*(v for _, v in variables), *inputs)}
    intervals = {_text(v.get("name")) for _, v in variables if v.get("type") == "interval"}
    return Dashboard(
        _text(data.get("title")) or "-",
        place,
        tuple(_panels(data, prefix)),
        frozenset(names - {""}),
        frozenset(intervals - {""}),
        inside,
    )


def _panels(data: Mapping[str, Any], prefix: KeyPath) -> Iterator[Panel]:
    """Panels of a dashboard, row or collapsed row, from the first on."""
    waiting = [(data, prefix)]
    while waiting:
        owner, path = waiting.pop(0)
        for key in ("panels", "rows"):
            for index, one in _mappings(owner.get(key)):
                below = (*path, key, index)
                if key == "panels":
                    yield _panel(one, below)
                if "panels" in one:
                    waiting.append((one, below))


def _panel(data: Mapping[str, Any], path: KeyPath) -> Panel:
    own = data.get("datasource")
    targets: list[Target] = []
    sources = [((*path, "datasource"), _named(own))]
    queries = 0
    for index, one in _mappings(data.get("targets")):
        below = (*path, "targets", index)
        source = one.get("datasource", own)
        sources.append(((*below, "datasource"), _named(one.get("datasource"))))
        expr = one.get("expr")
        written = isinstance(expr, str) and bool(expr.strip())
        # Queries of other data sources have other fields: what they ask is not read here.
        queries += written or (expr is None and len(one.keys() - {"refId", "datasource"}) > 0)
        if written:
            targets.append(Target(str(expr), (*below, "expr"), _kind(source, own)))
    kept = "libraryPanel" in data or "snapshotData" in data
    return Panel(
        _text(data.get("title")) or f"#{data.get('id', '?')}",
        _text(data.get("type")),
        path,
        tuple(targets),
        queries + kept,
        tuple((p, s) for p, s in sources if s),
    )


def _kind(source: object, own: object) -> str:
    """Type of a data source: its plugin, or its name where that is all there is."""
    for one in (source, own):
        if isinstance(one, Mapping) and _text(one.get("type")):
            return _text(one.get("type"))
        if isinstance(one, str) and not one.startswith("$"):
            return one.lower()
    return ""


def _named(source: object) -> str:
    return (
        source
        if isinstance(source, str)
        else (_text(source.get("uid")) if isinstance(source, Mapping) else "")
    )


def _mappings(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for index, one in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(one, Mapping):
            yield index, one


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
