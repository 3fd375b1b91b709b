"""``manifests.service-account-token``: a pod holds a key to the API server only if it uses it.

What: ``automountServiceAccountToken`` is false, in the pod or in its ServiceAccount (the pod's
word counts), unless a RoleBinding or ClusterRoleBinding of the files gives the account rights. A
token of an account that the files do not hold only warns. Why: whoever breaks into the pod can
speak to the API server with it. Remedy: set it to false in the ServiceAccount and the pod.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.graph import Graph, same
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.values import entries, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec(
    "manifests.service-account-token", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC
)
KEY = "automountServiceAccountToken"
EVERYONE = "system:serviceaccounts"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every pod; the account of one that names none is ``default``."""
    del settings
    graph = graph_of(observation)
    bound = _bound(graph)
    found: list[Finding] = []
    for pod in graph.pods:
        name = text(pod.spec.get("serviceAccountName")) or text(pod.spec.get("serviceAccount"))
        name = name or "default"
        account = graph.find("ServiceAccount", pod.owner.namespace, name)
        said = pod.spec.get(KEY)
        if said is None and account is not None:
            said = account.get(KEY)
        if said is False or isinstance(said, str) or _has_rights(bound, pod, name):
            continue
        unknown = account is None and name != "default"
        found.append(
            finding(
                pod.owner,
                (*pod.path, KEY),
                "unknown-account" if unknown else "mounted",
                status=Status.WARN if unknown else None,
                account=name,
            )
        )
    return judged(SPEC, observation, len(graph.pods), found)


Bound = dict[str, set[str]]


def _bound(graph: Graph) -> Bound:
    """Names of accounts that have rights, and groups of accounts, each with its namespaces."""
    found: Bound = {}
    for binding in graph.all(
        "RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"
    ):
        for _, subject in entries(binding.get("subjects")):
            name = text(subject.get("name"))
            if subject.get("kind") == "ServiceAccount":
                namespace = text(subject.get("namespace")) or binding.namespace
                found.setdefault(name, set()).add(namespace)
            elif subject.get("kind") == "Group" and name.startswith(EVERYONE):
                found.setdefault(EVERYONE, set()).add(name.removeprefix(EVERYONE).lstrip(":"))
    return found


def _has_rights(bound: Bound, pod: Pod, account: str) -> bool:
    namespaces = bound.get(account, set()) | bound.get(EVERYONE, set())
    return any(same(namespace, pod.owner.namespace) for namespace in namespaces)


CHECK = Check(SPEC, (Manifests,), judge)
