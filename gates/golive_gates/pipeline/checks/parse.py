"""``pipeline.parse``: every workflow can be read, whole.

What: each pipeline file is valid YAML with no key twice. Why: GitHub and GitLab refuse the whole
file, so that none of its jobs exists, or take the last of two keys. The other checks of this gate
do not pass while something is unread. Remedy: mend what the findings name.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive.inspecting import Inspection, concluded, unread_finding
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.parse", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whatever could not be read is a finding."""
    del settings
    part = observation.require(Pipeline)
    documents = sum(len(r.documents) for r in part.repositories)
    findings = tuple(unread_finding(p) for p in part.problems)
    return concluded(SPEC, Inspection(documents, findings, evidence=part.evidence))


CHECK = Check(SPEC, (Pipeline,), judge)
