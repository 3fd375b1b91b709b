"""A Grafana dashboard for the SLOs: how they stand, what is left, and the signals. Pure.

Source of the format: Grafana, "JSON model" of a dashboard; written for schema version 39.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive_gates.observability.burn.policy import HOUR, tiers_for
from golive_gates.observability.burn.slis import Sli
from golive_gates.observability.metrics.roles import Role, Unfilled
from golive_gates.observability.rules.durations import written

SOURCE: Mapping[str, str] = {"type": "prometheus", "uid": "${datasource}"}
NOW = "$__rate_interval"
WIDTH = 24
_OVER_BURN = (300.0, HOUR, 6 * HOUR)


@dataclass(frozen=True, slots=True)
class Line:
    """One query of a panel and the name of its line."""

    expr: str
    legend: str = "__auto"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One panel. ``limits``: values at which it changes colour, the colour first."""

    title: str
    lines: Sequence[Line]
    unit: str
    kind: str = "timeseries"
    width: int = 8
    limits: Sequence[tuple[str, float | None]] = field(default=(("green", None),))


def dashboard(
    title: str, slis: Sequence[Sli], roles: Mapping[str, Role | Unfilled], uid: str = "golive-slo"
) -> dict[str, Any]:
    """The dashboard: a row for each SLO, then one for latency, signals and firing alerts."""
    rows = [(f"SLO {sli.slo}", _of_slo(sli)) for sli in slis]
    rows.append(("Signals", _signals(roles)))
    panels: list[dict[str, Any]] = []
    top = 0
    for name, drawn in rows:
        panels.append(_row(len(panels) + 1, name, top))
        top += 1
        left = 0
        for one in drawn:
            if left + one.width > WIDTH:
                left, top = 0, top + 8
            panels.append(_panel(len(panels) + 1, one, left, top))
            left += one.width
        top += 8
    return {
        "uid": uid,
        "title": title,
        "tags": ["slo", "golive"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "label": "Prometheus", "type": "datasource",
                 "query": "prometheus"}
            ]
        },
        "annotations": {"list": []},
        "panels": panels,
    }  # fmt: skip


def _of_slo(sli: Sli) -> list[Drawn]:
    whole = sli.over(sli.errors, sli.window_s)
    length = written(sli.window_s)
    budget = f"{sli.budget:g}"
    goal = (("red", None), ("green", sli.objective))
    left = (("red", None), ("orange", 0.0), ("green", 0.25))
    tiers, _ = tiers_for(sli.objective, sli.window_s)
    speeds = sorted(t.factor(sli.window_s) for t in tiers)
    colours = zip(("yellow", "orange", "red"), speeds, strict=False)
    burning = [
        Line(f"({sli.over(sli.errors, w)}) / {budget}", written(w))
        for w in _OVER_BURN
        if w < sli.window_s
    ]
    drawn = [
        Drawn(f"SLI over {length}", [Line(f"1 - ({whole})")], "percentunit", "stat", 4, goal),
        Drawn(
            f"Error budget left of {length}",
            [Line(f"1 - ({whole}) / {budget}")],
            "percentunit",
            "stat",
            4,
            left,
        ),
        Drawn("Burn rate", burning, "none", limits=(("green", None), *colours)),
    ]
    if sli.events:
        lines = [
            Line(sli.over(sli.events, 300.0), "events in 5m"),
            Line(sli.over(sli.failures, 300.0), "failures in 5m"),
        ]
        drawn.append(Drawn("Events and failures", lines, "short"))
    return drawn


def _signals(roles: Mapping[str, Role | Unfilled]) -> list[Drawn]:
    found = {name: role for name, role in roles.items() if isinstance(role, Role)}
    drawn = [
        Drawn(title, [_quantile(found[name])], "s")
        for name, title in (
            ("first-content", "First content, p95"),
            ("durations", "Request durations, p95"),
        )
        if name in found
    ]
    requests = found.get("requests")
    if requests is not None:
        status = requests.labels["status"]
        drawn.append(Drawn("Requests", [_by(requests, status)], "reqps"))
    drawn += [
        Drawn(title, [Line(f"sum(rate({_selector(found[name])}[{NOW}]))", title)], "reqps")
        for name, title in (("auth-failures", "Auth failures"), ("rate-limited", "Rate limited"))
        if name in found
    ]
    calls = found.get("provider-requests")
    if calls is not None:
        both = f"{calls.labels['provider']}, {calls.labels['outcome']}"
        drawn.append(Drawn("Calls of providers", [_by(calls, both)], "reqps"))
    streams = found.get("streams")
    if streams is not None:
        drawn.append(Drawn("Streams", [_by(streams, streams.labels["outcome"])], "reqps"))
    firing = 'count by (alertname, severity) (ALERTS{alertstate="firing"})'
    drawn.append(Drawn("Targets that are up", [Line("min by (job) (up)", "{{job}}")], "short"))
    drawn.append(Drawn("Firing alerts", [Line(firing, "{{alertname}}")], "short"))
    return drawn


def _by(role: Role, labels: str) -> Line:
    legend = " ".join(f"{{{{{name.strip()}}}}}" for name in labels.split(","))
    return Line(f"sum by ({labels}) (rate({_selector(role)}[{NOW}]))", legend)


def _quantile(role: Role) -> Line:
    seconds = f"histogram_quantile(0.95, sum by (le) (rate({role.metric}_bucket[{NOW}])))"
    return Line(seconds if role.unit_s == 1 else f"{seconds} * {role.unit_s:g}", "p95")


def _selector(role: Role) -> str:
    only = ",".join(f'{name}="{value}"' for name, value in role.only.items())
    return f"{role.metric}{{{only}}}" if only else role.metric


def _row(number: int, title: str, top: int) -> dict[str, Any]:
    place = {"h": 1, "w": WIDTH, "x": 0, "y": top}
    return {"id": number, "type": "row", "title": title, "collapsed": False, "gridPos": place}


def _panel(number: int, drawn: Drawn, left: int, top: int) -> dict[str, Any]:
    steps = [{"color": colour, "value": value} for colour, value in drawn.limits]
    defaults: dict[str, Any] = {
        "unit": drawn.unit,
        "thresholds": {"mode": "absolute", "steps": steps},
    }
    if drawn.kind == "timeseries" and len(steps) > 1:
        defaults["custom"] = {"thresholdsStyle": {"mode": "dashed"}}
    return {
        "id": number,
        "type": drawn.kind,
        "title": drawn.title,
        "datasource": dict(SOURCE),
        "gridPos": {"h": 8, "w": drawn.width, "x": left, "y": top},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {},
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": dict(SOURCE),
                "expr": line.expr,
                "legendFormat": line.legend,
            }
            for place, line in enumerate(drawn.lines)
        ],
    }
