"""``manifests.hpa-replicas``: replicas are set in one place, and enough of them serve.

What: a workload that an autoscaler scales states no ``spec.replicas`` of its own; a workload
behind a Service has more than one replica, also at its autoscaler's minimum, unless it cannot
have two (strategy Recreate, storage for one writer). Why: each apply of static replicas undoes
the autoscaler and cuts open streams; a single replica is away with its node. Remedy: remove the
field, or raise the number.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.claims import one_writer
from golive_gates.manifests.relations.scaling import (
    REPLICATED,
    astray,
    run_by,
    scale_of,
    serving,
)
from golive_gates.manifests.relations.values import whole
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.hpa-replicas", needs=EvidenceLevel.STATIC)
REPLICAS = ("spec", "replicas")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each workload with replicas that is scaled or serves."""
    del settings
    graph = graph_of(observation)
    found: list[Finding] = []
    looked = 0
    for pod in graph.pods:
        if pod.owner.type not in REPLICATED:
            continue
        owner = run_by(graph, pod.owner)
        scalers = graph.scalers_of(owner)
        if scalers or serving(graph, pod):
            looked += 1
        static = whole(owner.get(*REPLICAS))
        if scalers and static is not None:
            name = f"{scalers[0].kind}/{scalers[0].name}"
            found.append(finding(owner, REPLICAS, "static", replicas=static, scaler=name))
        elif serving(graph, pod):
            found += _enough(graph, pod, owner)
    return judged(SPEC, observation, looked, found)


def _enough(graph: Graph, pod: Pod, owner: KubernetesObject) -> Iterator[Finding]:
    scale = scale_of(graph, pod.owner)
    if scale.least > 1:
        return
    if scale.scaler is not None:
        keda = scale.scaler.kind == "ScaledObject"
        place = ("spec", "minReplicaCount" if keda else "minReplicas")
        yield finding(
            scale.scaler,
            place,
            "minimum",
            status=Status.WARN,
            least=scale.least,
            owner=f"{pod.owner.kind}/{pod.owner.name}",
        )
    elif scale.least == 0:
        yield finding(owner, REPLICAS, "none", status=Status.WARN)
    elif not one_writer(graph, pod) and not astray(graph, owner.namespace):
        yield finding(owner, REPLICAS, "single", status=Status.WARN)


CHECK = Check(SPEC, (Manifests,), judge)
