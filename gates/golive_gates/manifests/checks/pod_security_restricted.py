"""``manifests.pod-security-restricted``: pods have no more rights than a service needs.

What: the controls that the Pod Security Standard *restricted* adds to baseline, at the policy
versions of the clusters in ``kubernetes``, for every pod and pod template with its init and
ephemeral containers. Violations of baseline are left to ``manifests.pod-security-baseline``.
Why: they make the next flaw in the service or the kernel harmless. ``runAsUser`` above 0 does
not replace ``runAsNonRoot``. Remedy: set what the finding names, for the pod or the container.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Severity
from golive_gates.manifests.looking import graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.pod_security.reporting import findings_of, rejected, under
from golive_gates.manifests.pod_security.standards import (
    Level,
    assessments,
    enforced,
    minors,
)
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec(
    "manifests.pod-security-restricted", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every violation of restricted that is none of baseline."""
    graph = graph_of(observation)
    versions = minors(settings.kubernetes)
    rules = enforced(graph, versions)
    seen = assessments(graph, versions)
    found: list[Finding] = []
    for assessment in seen:
        pod = assessment.pod
        found += findings_of(pod, assessment.restricted)
        rule = rules.get(pod.owner.namespace)
        if rule and rule.level is Level.RESTRICTED:
            enforcing = under(rule, assessment, versions)
            if enforcing.restricted and not enforcing.baseline:
                found.append(rejected(pod, rule, enforcing.restricted))
    return judged(SPEC, observation, len(seen), found)


CHECK = Check(SPEC, (Manifests,), judge)
