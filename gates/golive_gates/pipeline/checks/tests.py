"""``pipeline.tests``: a pipeline runs the tests.

What: looks for a test runner in every workflow; ``make test`` is followed into the Makefile. Why:
a pipeline that tests nothing shows nothing. Remedy: run the tests before anything is deployed.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.judging import existing
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.tests", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """At least one, in whatever job; where it stands is judged by other checks."""
    return existing(SPEC, "tests", observation, settings)


CHECK = Check(SPEC, (Pipeline,), judge)
