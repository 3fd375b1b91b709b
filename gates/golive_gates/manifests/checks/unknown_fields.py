"""``manifests.unknown-fields``: every field exists in the target clusters' APIs.

What: the fields of every object, against the definitions of every Kubernetes version in
``kubernetes``. Why: kubectl refuses an unknown field; what applies with validation off drops it
in silence, so a probe or a limit is simply not there. Remedy: correct the name; the findings
name the field that was probably meant.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.manifests.looking import judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from golive_gates.manifests.validating import described_builtin, validation

SPEC = CheckSpec("manifests.unknown-fields", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No object may have a field that a target version does not know."""
    seen = validation(observation, settings)
    findings = described_builtin(seen, settings.kubernetes, unknown_fields=True)
    return judged(SPEC, observation, len(seen.builtin), findings)


CHECK = Check(SPEC, (Manifests,), judge)
