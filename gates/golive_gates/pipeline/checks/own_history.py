"""``pipeline.own-history``: the whole history was looked at for secrets.

What: whether the release's folder is a git work tree with every commit, and gitleaks got through
it. What it found is ``pipeline.own-secrets``. Why: files without their history prove nothing about
keys that an earlier commit holds. Remedy: run golive in a full clone (``fetch-depth: 0``).
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    Measurement,
    Observation,
    Reason,
    Severity,
)
from golive_gates.pipeline.programs.own import OwnSecrets
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec(
    "pipeline.own-history", Severity.MEDIUM, required=False, needs=EvidenceLevel.STATIC
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every repository has its history, and gitleaks looked at it."""
    del settings
    part = observation.require(OwnSecrets)
    if not part.scans:
        return SPEC.inconclusive(Reason("no-folder"))
    for scan in part.scans:
        if scan.history != "whole":
            reason = Reason(f"history-{scan.history}", {"subject": scan.root or "."})
            return SPEC.inconclusive(reason, evidence=part.evidence)
        if any(run.problem for run in scan.runs if run.what == "history"):
            reason = Reason("history-unscanned", {"subject": scan.root or "."})
            return SPEC.inconclusive(
                reason, evidence=part.evidence, blocked_by="pipeline.own-secrets"
            )
    n = len(part.scans)
    none = Measurement("violations", 0.0, "", Comparator.LE, 0.0, n=n, failures=0)
    return SPEC.passed(Reason("history-whole", {"n": n}), measurement=none, evidence=part.evidence)


CHECK = Check(SPEC, (OwnSecrets,), judge)
