"""``manifests.pod-security-baseline``: no pod can reach the node it runs on.

What: every control of the Pod Security Standard *baseline*, at the policy versions of the
clusters in ``kubernetes``, for every pod and pod template with its init and ephemeral
containers. Each workload's level stands in the result as a fact. Why: what baseline forbids are
known ways out of a container. Remedy: remove the setting; a workload that truly needs it belongs
into a namespace of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
)
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.pod_security.reporting import findings_of, rejected, under
from golive_gates.manifests.pod_security.standards import (
    ENFORCE,
    ENFORCE_VERSION,
    LEVELS,
    Level,
    assessments,
    enforced,
    minors,
    pinned_minor,
)
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.pod-security-baseline", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every violation of baseline, and the level of every workload."""
    graph = graph_of(observation)
    versions = minors(settings.kubernetes)
    rules = enforced(graph, versions)
    seen = assessments(graph, versions)
    found = list(_wrong_labels(graph))
    for assessment in seen:
        pod = assessment.pod
        found += findings_of(pod, assessment.baseline)
        rule = rules.get(pod.owner.namespace)
        violations = under(rule, assessment, versions).baseline if rule else ()
        if rule and violations:
            found.append(rejected(pod, rule, violations))
    facts = [Fact(str(a.pod.owner.ref), a.described) for a in seen]
    counts = [Fact(f"pods_{x}", sum(a.level is x for a in seen)) for x in Level]
    return judged(SPEC, observation, len(seen), found, (*counts, *facts))


def _wrong_labels(graph: Graph) -> Iterator[Finding]:
    """Labels that are no level or no version: the API server refuses such a Namespace."""
    for namespace in graph.all("Namespace"):
        labels = namespace.mapping("metadata", "labels")
        level, version = labels.get(ENFORCE), labels.get(ENFORCE_VERSION)
        if level is not None and level not in LEVELS:
            yield _wrong_label(namespace, ENFORCE, level)
        if pinned_minor(version) is None:
            yield _wrong_label(namespace, ENFORCE_VERSION, version)


def _wrong_label(namespace: KubernetesObject, key: str, value: object) -> Finding:
    path = ("metadata", "labels", key)
    return finding(namespace, path, "wrong-label", label=key, value=str(value))


CHECK = Check(SPEC, (Manifests,), judge)
