"""``manifests.live-pdb``: every PodDisruptionBudget allows a disruption now.

What: ``status.disruptionsAllowed`` is above 0. Why: at 0 no node can be drained, so an upgrade of
the cluster hangs or is forced, which cuts the streams that the budget should protect. Remedy: run
more replicas than the budget demands, or let it demand fewer.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Severity, Status
from golive_gates.manifests.live.judging import (
    DRIFT_CHECK,
    ROLLOUT_CHECK,
    concluded_live,
    found,
    missing,
    release_of,
)
from golive_gates.manifests.live.parts import Budget, Live
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-pdb", severity=Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No budget forbids every disruption while all its pods are well."""
    del settings
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live = release.live
    absent = missing(live, "PodDisruptionBudget")
    findings = [f for b in release.budgets if (f := _finding(live, b)) is not None]
    ill = any(f.reason.code == "pods-ill" for f in findings)
    return concluded_live(
        SPEC,
        live,
        len(release.budgets),
        (*findings, *absent),
        blocked_by=ROLLOUT_CHECK if ill else DRIFT_CHECK if absent else "",
    )


def _finding(live: Live, budget: Budget) -> Finding | None:
    code, status = _state(budget)
    if not code:
        return None
    return found(
        live,
        "PodDisruptionBudget",
        budget.name,
        code,
        status=status,
        healthy="?" if budget.healthy is None else budget.healthy,
        desired="?" if budget.desired is None else budget.desired,
        expected="?" if budget.expected is None else budget.expected,
    )


def _state(budget: Budget) -> tuple[str, Status | None]:
    behind = (budget.observed_generation or 0) < (budget.generation or 0)
    if budget.allowed is None or behind:
        return "not-computed", Status.INCONCLUSIVE
    if budget.allowed > 0:
        return "", None
    if budget.expected == 0:
        return "selects-none", Status.WARN
    if budget.healthy is not None and budget.healthy < (budget.expected or 0):
        # Pods are missing or not ready: `manifests.live-rollout` says so.
        return "pods-ill", Status.INCONCLUSIVE
    return "none-allowed", None


CHECK = Check(SPEC, (Live, Manifests), judge)
