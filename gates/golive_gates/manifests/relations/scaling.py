"""How many pods a workload may have at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from golive.sources.kubernetes.graph import SCALERS, Graph
from golive.sources.kubernetes.label_index import NameIndex
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.values import share, text, whole

REPLICATED = frozenset(
    {
        "Deployment.apps",
        "StatefulSet.apps",
        "ReplicaSet.apps",
        "ReplicationController",
        "Rollout.argoproj.io",
    }
)
"""Types whose ``spec.replicas`` says how many pods they make."""

TYPES = {name.partition(".")[0]: name for name in REPLICATED}
"""Scalable kinds to their types."""

SURGING = frozenset({"Deployment.apps", "Rollout.argoproj.io"})
"""Types that may start new pods before they stop old ones."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Fewest and most pods of a workload. ``scaler``: what moves it between them, if anything."""

    least: int
    most: int
    scaler: KubernetesObject | None = None


def run_by(graph: Graph, owner: KubernetesObject) -> KubernetesObject:
    """The Rollout that runs the pods of *owner* in its place (``workloadRef``), else *owner*."""
    found = _rollouts(graph).first(owner.namespace, (owner.kind, owner.name))
    return owner if found is None else found


@lru_cache(maxsize=2)
def _rollouts(graph: Graph) -> NameIndex[KubernetesObject]:
    """Rollouts by kind and name of the workload that they take over."""
    index: NameIndex[KubernetesObject] = NameIndex()
    for rollout in graph.all("Rollout.argoproj.io"):
        kind, name = (text(rollout.get("spec", "workloadRef", key)) for key in ("kind", "name"))
        if name:
            index.add(rollout.namespace, (kind, name), rollout)
    return index


def scalers_of(graph: Graph, owner: KubernetesObject) -> tuple[KubernetesObject, ...]:
    """Everything that scales *owner* or the Rollout that runs its pods."""
    return graph.scalers_of(run_by(graph, owner))


def scale_of(graph: Graph, owner: KubernetesObject) -> Scale:
    """The scale of a workload with replicas; an autoscaler's minimum and maximum come first."""
    known = _known(graph)
    if id(owner) not in known:
        known[id(owner)] = _scale(graph, owner)
    return known[id(owner)]


@lru_cache(maxsize=2)
def _known(graph: Graph) -> dict[int, Scale]:
    """Scales of the objects of *graph*, as far as they were asked for."""
    del graph
    return {}


def _scale(graph: Graph, owner: KubernetesObject) -> Scale:
    static = whole(run_by(graph, owner).get("spec", "replicas"))
    replicas = 1 if static is None else max(static, 0)
    scaler = next(iter(scalers_of(graph, owner)), None)
    if scaler is None:
        return Scale(replicas, replicas)
    keda = scaler.kind == "ScaledObject"
    names = ("minReplicaCount", "maxReplicaCount") if keda else ("minReplicas", "maxReplicas")
    least, most = (whole(scaler.get("spec", name)) for name in names)
    if least is None:
        least = 0 if keda else 1
    if most is None:
        most = 100 if keda else replicas
    return Scale(least, max(least, most), scaler)


def surge_of(owner: KubernetesObject, replicas: int) -> int:
    """Pods that a rollout of *owner* starts beyond *replicas*; 25 % where its file leaves it."""
    if owner.type not in SURGING:
        return 0
    strategy = owner.mapping("spec", "strategy")
    rolling = "rollingUpdate"
    if owner.kind == "Rollout":
        rolling = "canary"
        if "blueGreen" in strategy:
            return replicas
    elif strategy.get("type") == "Recreate":
        return 0
    surge = owner.get("spec", "strategy", rolling, "maxSurge")
    found = share("25%" if surge is None else surge, replicas, up=True)
    return 0 if found is None else found


def serving(graph: Graph, pod: Pod) -> bool:
    """Whether *pod* is one of a replicated workload behind a Service."""
    return pod.owner.type in REPLICATED and bool(graph.services_of(pod))


def target_of(scaler: KubernetesObject) -> tuple[str, str]:
    """Kind and name of what an autoscaler scales; KEDA takes a Deployment where no kind is."""
    kind, name = (text(scaler.get("spec", "scaleTargetRef", key)) for key in ("kind", "name"))
    return kind or ("Deployment" if scaler.kind == "ScaledObject" else ""), name


def astray(graph: Graph, namespace: str) -> bool:
    """Whether an autoscaler of *namespace* finds no target, so that it may mean any workload."""
    spaces = _astray(graph)
    return namespace in spaces or "" in spaces


@lru_cache(maxsize=2)
def _astray(graph: Graph) -> frozenset[str]:
    found = set()
    for scaler in graph.all(*SCALERS):
        kind, name = target_of(scaler)
        if name and graph.find(TYPES.get(kind, kind), scaler.namespace, name) is None:
            found.add(scaler.namespace)
    return frozenset(found)
