"""``manifests.parse``: every manifest can be read, whole.

What: each file and each document of it is valid YAML (no key twice, no template left in it),
and is a Kubernetes object. Why: what cannot be read cannot be judged, and kubectl would stop
half-way through the folder. The other checks of this gate do not pass while something is unread.
Remedy: mend what the findings name; render templates first.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive.inspecting import Inspection, concluded, unread_finding
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.parse", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whatever could not be read is a finding."""
    del settings
    part = observation.require(Manifests)
    findings = tuple(unread_finding(p) for p in part.problems)
    # An empty List, a library chart: read well, and nothing that could be judged.
    read = len(part.files) if part.objects else 0
    return concluded(SPEC, Inspection(read, findings, evidence=part.evidence))


CHECK = Check(SPEC, (Manifests,), judge)
