"""Workloads and the pods that their selectors claim."""

from __future__ import annotations

from collections.abc import Iterable

from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.selectors import selects

SELECTING = frozenset(
    {"Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps",
     "Rollout.argoproj.io"}
)  # fmt: skip
"""Types whose ``spec.selector`` their author writes."""


def owned(pod: Pod) -> bool:
    """Whether the selector of the workload of *pod* selects it."""
    return selects(pod.owner.get("spec", "selector"), pod.labels)


def claims(pod: Pod, other: Pod) -> bool:
    """Whether the workload of *pod* selects *other*, of another workload beside it."""
    mine, its = pod.owner, other.owner
    return (
        mine.type in SELECTING
        and mine.namespace == its.namespace
        and (mine.kind, mine.name) != (its.kind, its.name)
        and selects(mine.get("spec", "selector"), other.labels)
    )


def unclaimed(pods: Iterable[Pod]) -> list[Pod]:
    """Those of *pods* that no workload of the others claims; `workload-selectors` tells these."""
    pods = list(pods)
    return [pod for pod in pods if not any(claims(other, pod) for other in pods)]


def mislabelled(pods: Iterable[Pod]) -> bool:
    """Whether one of *pods* lacks its own workload's labels; `workload-selectors` tells it."""
    return any(pod.owner.type in SELECTING and not owned(pod) for pod in pods)
