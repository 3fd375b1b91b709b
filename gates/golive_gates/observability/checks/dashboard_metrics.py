"""``observability.dashboard-metrics``: what the dashboards show is there to be shown.

What: metrics in the queries of Grafana dashboards against what the services expose, what rules
record and what Prometheus writes itself. Metrics of other exporters are left alone. Why: a panel
over a metric that was renamed says "No data" for ever. Remedy: correct the name.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.config.suggestion import closest
from golive_gates.observability.checks.dashboards import PROMETHEUS
from golive_gates.observability.dashboards.reading import Dashboard, dashboards_of
from golive_gates.observability.dashboards.variables import PLACEHOLDER, parsed
from golive_gates.observability.looking import finding, rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.inventory import Inventory
from golive_gates.observability.metrics.judging import exposed_of, judged_exposed
from golive_gates.observability.metrics.selecting import OWN, recorded
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.settings import Settings

SPEC = CheckSpec(
    "observability.dashboard-metrics", severity=Severity.LOW, needs=EvidenceLevel.STATIC
)
COMMON = frozenset({"process", "python", "go", "jvm", "nodejs", "promhttp", "target"})
"""First words that every client library uses: sharing one ties a metric to no service."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every metric that a query names."""
    del settings
    part = observation.require(Alerting)
    dashboards = dashboards_of(part)
    if not dashboards and not part.problems:
        return judged_exposed(SPEC, observation, 0, ())
    inventory = exposed_of(observation).inventory
    records = recorded(rules_of(part).rules)
    found: list[Finding] = []
    looked = 0
    for dashboard in dashboards:
        for metric, panel, path in _metrics(dashboard):
            looked += 1
            if metric in OWN or metric in records or inventory.declared(metric):
                continue
            names = records if ":" in metric else inventory.names()
            near = closest(metric, sorted(names)) or ""
            if not near and not _ours(metric, inventory):
                continue
            status = None if near or ":" not in metric else Status.WARN
            code = "renamed" if near else "nowhere"
            subject = f"{dashboard.title}: {panel}"
            place = dashboard.place
            found.append(
                finding(place, subject, code, below=path, status=status, metric=metric, near=near)
            )
    return judged_exposed(SPEC, observation, looked, found)


def _metrics(dashboard: Dashboard) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Names of metrics with the panel and the place that select them, each once a query."""
    for panel in dashboard.panels:
        for target in panel.targets:
            if target.source and not PROMETHEUS.search(target.source):
                continue
            tree = parsed(target.expr, dashboard.variables, dashboard.intervals).tree
            if isinstance(tree, promql.Refused):
                continue
            for metric in dict.fromkeys(s.metric for s in promql.selectors(tree)):
                if metric and PLACEHOLDER not in metric:
                    yield metric, panel.title, dashboard.at(target.path)


def _ours(metric: str, inventory: Inventory) -> bool:
    """Whether the missing metric would be one of the services that were seen."""
    families = {name.partition("_")[0] for name in inventory.families} - COMMON
    return metric.partition("_")[0] in families


CHECK = Check(SPEC, (Alerting, Exposed), judge)
