"""``manifests.schema``: every object is one that the target clusters' API servers accept.

What: types, required fields, allowed values and ranges, names, labels and other formats, for
every Kubernetes version in ``kubernetes``, offline. Why: what the API server refuses stops the
roll-out half-way. Fields that do not exist are ``manifests.unknown-fields``', kinds that do not
exist ``manifests.removed-apis``'. Remedy: mend the field that the finding names.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive_gates.manifests.looking import judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from golive_gates.manifests.validating import described_builtin, validation

SPEC = CheckSpec("manifests.schema", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No object may break its kind's schema in any target version."""
    seen = validation(observation, settings)
    findings = described_builtin(seen, settings.kubernetes, unknown_fields=False)
    return judged(SPEC, observation, len(seen.builtin), findings)


CHECK = Check(SPEC, (Manifests,), judge)
