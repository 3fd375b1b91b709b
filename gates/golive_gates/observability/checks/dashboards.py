"""``observability.dashboards``: the dashboards show something when somebody looks at them.

What: every Grafana dashboard can be read, each panel has a query, every query of Prometheus can
be parsed once its variables are replaced, and variables and data sources that it refers to are
there. Why: a panel that says "No data" during an incident is taken for good news.
Remedy: mend the query, or add the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive.sources.kubernetes.objects import KeyPath
from golive.sources.tree import FileKind, SourceProblem
from golive_gates.observability.dashboards.reading import (
    BUILT_IN,
    QUIET_PANELS,
    Dashboard,
    Panel,
    Target,
    dashboards_of,
)
from golive_gates.observability.dashboards.variables import GLOBAL, parsed
from golive_gates.observability.looking import finding, read_check_of, shown
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.dashboards", severity=Severity.LOW, needs=EvidenceLevel.STATIC)
PROMETHEUS = re.compile(r"prometheus|mimir|thanos|victoria|cortex", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every panel of every dashboard."""
    del settings
    part = observation.require(Alerting)
    found = [_unread(problem) for problem in part.dashboard_problems]
    looked = 0
    for dashboard in dashboards_of(part):
        for panel in dashboard.panels:
            looked += 1
            found += _sources(dashboard, panel)
            if panel.kind not in QUIET_PANELS and not panel.queries:
                found.append(_of(dashboard, panel, panel.path, "no-query", Status.WARN))
            for target in panel.targets:
                found += _query(dashboard, panel, target)
    # A ConfigMap with a dashboard may stand in a manifest that could not be read.
    unread = [p for p in part.problems if p.kind not in (FileKind.RULES, FileKind.ALERTMANAGER)]
    check = read_check_of(part)
    return concluded(SPEC, Inspection(looked, tuple(found), len(unread), check, part.evidence))


def _unread(problem: SourceProblem) -> Finding:
    reason = Reason("unread", {"detail": problem.message})
    return Finding(problem.location.path, reason, problem.location)


def _query(dashboard: Dashboard, panel: Panel, target: Target) -> Iterator[Finding]:
    if target.source and not PROMETHEUS.search(target.source):
        return
    query = parsed(target.expr, dashboard.variables, dashboard.intervals)
    for name in query.unknown:
        yield _of(dashboard, panel, target.path, "no-variable", name=name)
    if isinstance(query.tree, promql.Refused):
        # Loki's queries are called the same, and variables may hold whole expressions.
        sure = bool(target.source) and query.sure and not query.tree.ours
        yield _of(
            dashboard,
            panel,
            target.path,
            "not-promql",
            None if sure else Status.WARN,
            expr=shown(target.expr, 80),
            problem=shown(query.tree.problem),
        )


def _sources(dashboard: Dashboard, panel: Panel) -> Iterator[Finding]:
    """Data sources by variable, which has to be one of the dashboard's."""
    for path, source in dict.fromkeys(panel.sources):
        for match in _REFERENCE.finditer(source):
            name = match[1] or match[2] or match[3]
            known = name in dashboard.variables or GLOBAL.fullmatch(name)
            if not known and source not in BUILT_IN:
                yield _of(dashboard, panel, path, "no-source", name=name)


def _of(
    dashboard: Dashboard,
    panel: Panel,
    path: KeyPath,
    code: str,
    status: Status | None = None,
    **params: str,
) -> Finding:
    subject = f"{dashboard.title}: {panel.title}"
    below = dashboard.at(path)
    return finding(
        dashboard.place,
        subject,
        code,
        below=below,
        status=status,
        key=False,
        panel=panel.title,
        **params,
    )


CHECK = Check(SPEC, (Alerting,), judge)
