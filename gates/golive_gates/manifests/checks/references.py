"""``manifests.references``: what objects name is there.

What: ConfigMaps, Secrets and their keys, service accounts, priority classes, roles, issuers and
stores that objects name are in the release or made by something in it. Why: a pod whose
ConfigMap is missing never starts. A Secret that no file makes is only questioned, for secrets
rightly come from outside the repository. Remedy: add the object, mend the name, or say
``optional: true``.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.made import CLUSTER_CONFIG, config_made, secrets_made
from golive_gates.manifests.relations.refs import CONFIG, Ref, refs_of
from golive_gates.manifests.relations.roles import object_refs
from golive_gates.manifests.relations.values import absent, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.references", needs=EvidenceLevel.STATIC)
PRIORITIES = frozenset({"system-cluster-critical", "system-node-critical"})


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each name that a pod, a binding, a certificate or a stateful set refers to."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    for pod in graph.pods:
        for ref in refs_of(pod):
            looked += 1
            found += _config(graph, pod, ref, missing)
        count, wrong = _pod(graph, pod, missing)
        looked += count
        found += wrong
    for wrong_ref in object_refs(graph, missing):
        looked += 1
        if wrong_ref is not None:
            found.append(wrong_ref)
    return judged(SPEC, observation, looked, found)


def _config(graph: Graph, pod: Pod, ref: Ref, missing: Status | None) -> Iterator[Finding]:
    config = ref.kind == CONFIG
    if config and ref.name in CLUSTER_CONFIG:
        return
    index = config_made(graph) if config else secrets_made(graph)
    made = index.first(pod.owner.namespace, ref.name)
    if made is None:
        yield finding(
            pod.owner,
            ref.path,
            "no-config-map" if config else "no-secret",
            container=ref.container,
            status=missing if config else Status.WARN,
            name=ref.name,
        )
        return
    for key in ref.keys:
        if made.keys is not None and key not in made.keys:
            yield finding(
                pod.owner,
                ref.path,
                "no-key",
                container=ref.container,
                entry=key,
                source=f"{made.by.kind}/{made.by.name}",
            )


def _pod(graph: Graph, pod: Pod, missing: Status | None) -> tuple[int, list[Finding]]:
    """Names in the pod itself."""
    owner, found, looked = pod.owner, [], 0
    account = text(pod.spec.get("serviceAccountName"))
    if account and account != "default":
        looked += 1
        if graph.find("ServiceAccount", owner.namespace, account) is None:
            place = (*pod.path, "serviceAccountName")
            found.append(finding(owner, place, "no-account", status=missing, name=account))
    priority = text(pod.spec.get("priorityClassName"))
    if priority and priority not in PRIORITIES:
        looked += 1
        if graph.find("PriorityClass.scheduling.k8s.io", "", priority) is None:
            place = (*pod.path, "priorityClassName")
            found.append(finding(owner, place, "no-priority", status=Status.WARN, name=priority))
    return looked, found


CHECK = Check(SPEC, (Manifests,), judge)
