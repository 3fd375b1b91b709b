"""Volumes for one node that several workloads mount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from golive.api import Finding
from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.selectors import selects
from golive_gates.manifests.looking import finding
from golive_gates.manifests.relations.claims import Claim
from golive_gates.manifests.relations.values import entries, mapping

HOST = "kubernetes.io/hostname"
LOCAL = ("local", "hostpath")
"""In names of storage classes: volumes of one node, to which the scheduler sends their pods."""


def shared(users: list[tuple[Pod, Claim]]) -> Iterator[Finding]:
    """Of *users* of volumes for one node, those that may be put on another node than the first."""
    by_claim: dict[int, list[tuple[Pod, Claim]]] = defaultdict(list)
    for pod, claim in users:
        # A Job runs once, when somebody or a hook starts it: a restore, say, while the owner of
        # the volume is scaled to zero. An affinity to that owner would then keep it waiting.
        if pod.owner.type == "Job.batch":
            continue
        by_claim[id(claim.found)].append((pod, claim))
    for group in by_claim.values():
        first = next((pod for pod, _ in group if pod.lasting), None)
        if first is None:
            continue  # Jobs that take turns.
        for pod, claim in group:
            local = any(word in claim.storage_class.lower() for word in LOCAL)
            # The same workload again, in another overlay, is no second one.
            if local or _named(pod) == _named(first):
                continue
            alone = claim.modes == {"ReadWriteOncePod"}
            if alone or not _beside(pod, first):
                yield finding(
                    pod.owner,
                    claim.path,
                    "exclusive" if alone else "other-node",
                    name=claim.name,
                    other=f"{first.owner.kind}/{first.owner.name}",
                )


def _named(pod: Pod) -> tuple[str, str]:
    return pod.owner.kind, pod.owner.name


def _beside(pod: Pod, other: Pod) -> bool:
    """Whether both are bound to one node."""
    pinned = (pod.spec.get("nodeName"), mapping(pod.spec.get("nodeSelector")).get(HOST))
    if any(pinned) and pinned == (
        other.spec.get("nodeName"),
        mapping(other.spec.get("nodeSelector")).get(HOST),
    ):
        return True
    return _follows(pod, other) or _follows(other, pod)


def _follows(pod: Pod, other: Pod) -> bool:
    affinity = mapping(mapping(pod.spec.get("affinity")).get("podAffinity"))
    return any(
        term.get("topologyKey") == HOST and selects(term.get("labelSelector"), other.labels)
        for _, term in entries(affinity.get("requiredDuringSchedulingIgnoredDuringExecution"))
    )
