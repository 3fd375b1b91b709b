"""``observability.parse``: every rule file and Alertmanager configuration can be read, whole.

What: each file is valid YAML with no key twice and no template left in it. Why: Prometheus and
Alertmanager refuse the whole file, so that none of its alerts exists. The other checks of this
gate do not pass while something is unread. Remedy: mend what the findings name.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive.inspecting import Inspection, concluded, unread_finding
from golive_gates.observability.looking import MANIFESTS_CHECK, OWN_KINDS
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.parse", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whatever could not be read is a finding."""
    del settings
    part = observation.require(Alerting)
    own = [p for p in part.problems if p.kind in OWN_KINDS]
    findings = tuple(unread_finding(p) for p in own)
    # What other files hold is left open; the gate that they belong to says why.
    others = len(part.problems) - len(own)
    return concluded(
        SPEC, Inspection(len(part.documents), findings, others, MANIFESTS_CHECK, part.evidence)
    )


CHECK = Check(SPEC, (Alerting,), judge)
