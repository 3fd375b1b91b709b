"""``manifests.workload-selectors``: every workload selects its own pods and no other's.

What: ``spec.selector`` selects the labels of the template beside it, and no pod of another
workload in its namespace. Why: the API server refuses the first; with the second an autoscaler
counts, and a controller may take over, pods that are not its own. Remedy: give each workload a
label value of its own, in both places. Pods of a Job only warn where no autoscaler counts them.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.owning import SELECTING, claims, owned
from golive_gates.manifests.relations.scaling import scalers_of
from golive_gates.manifests.relations.values import mapping
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.workload-selectors", needs=EvidenceLevel.STATIC)
PATH = ("spec", "selector")


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
        if not owned(pod):
            found.append(finding(pod.owner, PATH, "not-its-own"))
            continue
        other = _other(graph, pod)
        if other is None:
            continue
        pair = frozenset((id(pod), id(other)))
        if pair not in seen:
            seen.add(pair)
            name = f"{other.owner.kind}/{other.owner.name}"
            # A controller leaves the pods of a Job alone; an autoscaler counts them.
            harmless = not other.lasting and not scalers_of(graph, pod.owner)
            status = Status.WARN if harmless else None
            found.append(finding(pod.owner, PATH, "overlap", status=status, other=name))
    return judged(SPEC, observation, looked, found)


def _other(graph: Graph, pod: Pod) -> Pod | None:
    """The first pod of another workload in the very same namespace that *pod*'s selects."""
    others = graph.iter_selected(pod.owner.get(*PATH), pod.owner.namespace)
    return next((other for other in others if claims(pod, other)), None)


CHECK = Check(SPEC, (Manifests,), judge)
