"""``manifests.workload-selectors``: every workload selects its own pods and no other's.

What: ``spec.selector`` selects the labels of the template beside it, and no pod of another
workload in its namespace. Why: the API server refuses the first; with the second an autoscaler
counts, and a controller may take over, pods that are not its own. Remedy: give each workload a
label value of its own, in both places.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.selectors import selects
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.values import mapping
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.workload-selectors", needs=EvidenceLevel.STATIC)
PATH = ("spec", "selector")
SELECTING = frozenset(
    {"Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps",
     "Rollout.argoproj.io"}
)  # fmt: skip


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each selector, against its own template and every other pod."""
    del settings
    graph = graph_of(observation)
    found = []
    looked = 0
    seen: set[frozenset[int]] = set()
    for pod in graph.pods:
        selector = pod.owner.get(*PATH)
        if pod.owner.type not in SELECTING or not mapping(selector):
            continue  # A missing selector is reported by `manifests.schema`.
        looked += 1
        if not selects(selector, pod.labels):
            found.append(finding(pod.owner, PATH, "not-its-own"))
            continue
        other = _other(graph, pod)
        if other is None:
            continue
        pair = frozenset((id(pod), id(other)))
        if pair not in seen:
            seen.add(pair)
            name = f"{other.owner.kind}/{other.owner.name}"
            found.append(finding(pod.owner, PATH, "overlap", other=name))
    return judged(SPEC, observation, looked, found)


def _other(graph: Graph, pod: Pod) -> Pod | None:
    """The first pod of another workload in the very same namespace that *pod*'s selects."""
    owner = pod.owner
    for other in graph.iter_selected(owner.get(*PATH), owner.namespace):
        named = (other.owner.kind, other.owner.name)
        if other.owner.namespace == owner.namespace and named != (owner.kind, owner.name):
            return other
    return None


CHECK = Check(SPEC, (Manifests,), judge)
