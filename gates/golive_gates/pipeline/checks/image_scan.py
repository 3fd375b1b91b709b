"""``pipeline.image-scan``: a pipeline scans the images.

What: looks for Trivy, Grype, Docker Scout or Snyk on images in every workflow. Asked where images
are built or deployed. Why: the image holds packages that no lock file of the project names.
Remedy: scan what is deployed, by its digest, before it is.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.judging import existing
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.image-scan", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """At least one, in whatever job; where it stands is judged by other checks."""
    return existing(SPEC, "image-scan", observation, settings)


CHECK = Check(SPEC, (Pipeline,), judge)
