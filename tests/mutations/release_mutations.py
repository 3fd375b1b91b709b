"""The demo's release folder with one thing broken in it, and what golive then says."""

from __future__ import annotations

from contextlib import chdir
from functools import cache
from pathlib import Path

from golive.linting import look
from golive.model import CheckResult
from golive.sources.reading import read_release
from golive_demo.broken_release import RELEASE, Mutation, broken_copy
from golive_gates.manifests import GATE as MANIFESTS
from golive_gates.observability.files import GATE as OBSERVABILITY
from golive_gates.pipeline.files import GATE as PIPELINE
from golive_gates.recovery.files import GATE as RECOVERY
from golive_gates.streaming import GATE as STREAMING

GROUPS = {
    "manifests": (
        "k8s/*.yaml",
        "prometheus/servicemonitor.yaml",
        "prometheus/prometheusrule.yaml",
    ),
    "nginx": ("nginx/nginx.conf",),
    "rules": ("prometheus/rules.yml",),
    "alertmanager": ("alertmanager/alertmanager.yml",),
    "dashboards": ("grafana/dashboard.json",),
    "workflows": (".github/workflows/*.yml",),
}
GATES = (STREAMING, MANIFESTS, OBSERVABILITY, PIPELINE, RECOVERY)
CLEAN = ("pass", "not-applicable")
NOT_INSTALLED = frozenset({"pipeline.actionlint"})
"""Checks whose program no package brings along: whether it is there must not decide a test."""


def results(folder: Path) -> dict[str, CheckResult]:
    gates = {gate.id: gate for gate in GATES}
    settings = {name: gate.settings() for name, gate in gates.items()}
    with chdir(folder):  # from where paths are shown: what lies beside a workflow is looked for
        found = look(gates, read_release(GROUPS, folder), settings)
    return {r.spec.id: r for r in found if r.spec.id not in NOT_INSTALLED}


@cache
def _healthy() -> dict[str, CheckResult]:
    return results(RELEASE)


def demand_only(mutation: Mutation, folder: Path) -> None:
    """Only the mutation's check may say something else than of the healthy release.

    What it makes unreadable keeps others from passing: those have to name it as their cause.
    """
    healthy, broken = _healthy(), results(broken_copy(mutation, folder))
    changed = {
        check: (result.status.value, [(f.subject, f.reason) for f in result.findings])
        for check, result in broken.items()
        if result.status is not healthy[check].status
        and result.status.value not in CLEAN
        and result.blocked_by != mutation.check
    }
    assert set(changed) == {mutation.check}, changed
    assert changed[mutation.check][0] == mutation.status, changed
