"""``manifests.hpa-target``: every autoscaler scales one workload that is there, within bounds.

What: the target of each HorizontalPodAutoscaler exists and can be scaled, its minimum is not
above its maximum, and it is the only one for its target. Why: an autoscaler without its target
does nothing under load, and two for one target undo each other. Remedy: name the workload with
its ``apiVersion``; keep one autoscaler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import SCALERS, Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.schema_apis import is_builtin
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.scaling import TYPES, target_of
from golive_gates.manifests.relations.values import absent, text, whole
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.hpa-target", needs=EvidenceLevel.STATIC)
TARGET = ("spec", "scaleTargetRef")
UNSCALABLE = ("DaemonSet", "CronJob", "Job", "Pod")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each autoscaler, against its target and the other autoscalers."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    scalers = graph.all(*SCALERS)
    held: dict[tuple[str, str, str], KubernetesObject] = {}
    for scaler in scalers:
        found += _target(graph, scaler, missing)
        names = _bounds(scaler)
        low, high = (whole(scaler.get("spec", name)) for name in names)
        if low is not None and high is not None and low > high:
            place = ("spec", names[0])
            found.append(finding(scaler, place, "above-maximum", least=low, most=high))
        kind, name = target_of(scaler)
        first = held.setdefault((scaler.namespace, kind, name), scaler)
        if name and (first.kind, first.name) != (scaler.kind, scaler.name):
            found.append(
                finding(scaler, TARGET, "second", other=f"{first.kind}/{first.name}", target=name)
            )
    return judged(SPEC, observation, len(scalers), found)


def _bounds(scaler: KubernetesObject) -> tuple[str, str]:
    if scaler.kind == "ScaledObject":
        return ("minReplicaCount", "maxReplicaCount")
    return ("minReplicas", "maxReplicas")


def _target(graph: Graph, scaler: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    kind, name = target_of(scaler)
    if not kind or not name:
        return  # `manifests.schema` reports it.
    params: dict[str, Any] = {"kind": kind, "target": name}
    version = text(scaler.get(*TARGET, "apiVersion"))
    known = TYPES.get(kind)
    if known is None:
        # A custom resource is one that an operator may make.
        if kind in UNSCALABLE or (version and is_builtin(version.rpartition("/")[0])):
            yield finding(scaler, (*TARGET, "kind"), "not-scalable", **params)
        return
    if graph.find(known, scaler.namespace, name) is None:
        alone = next(graph.pods_in(scaler.namespace), None) is None
        alone = alone and graph.find(known, "", name) is None
        status = Status.INCONCLUSIVE if alone else missing
        yield finding(scaler, TARGET, "no-target", status=status, **params)
        return
    group = version.rpartition("/")[0]
    if group != known.partition(".")[2] and not (scaler.kind == "ScaledObject" and not version):
        yield finding(scaler, TARGET, "wrong-group", version=version or "-", group=known, **params)


CHECK = Check(SPEC, (Manifests,), judge)
