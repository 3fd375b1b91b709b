"""``pipeline.secret-scan``: a pipeline scans for secrets.

What: looks for gitleaks, TruffleHog, detect-secrets, ggshield or Trivy's secret scanner in every
workflow, called ones and composite actions included. Why: without one a key that was committed
travels to production unseen. Remedy: run ``gitleaks git`` before anything is deployed.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.judging import existing
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.secret-scan", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """At least one, in whatever job; where it stands is judged by other checks."""
    return existing(SPEC, "secret-scan", observation, settings)


CHECK = Check(SPEC, (Pipeline,), judge)
