"""Persistent volumes of pods: which claim, for how many nodes, shared with whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.values import entries, mapping, text

SINGLE = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})
"""Access modes of a volume that one node can mount."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A persistent volume of a pod. ``modes``: empty where its claim is not among the files.

    ``per_pod``: made from a template of a StatefulSet, one for each of its pods.
    """

    volume: str
    name: str
    path: KeyPath
    modes: frozenset[str]
    per_pod: bool = False
    found: KubernetesObject | None = None
    storage_class: str = ""

    @property
    def one_node(self) -> bool:
        """Whether only one node can mount it."""
        return bool(self.modes) and self.modes <= SINGLE

    @property
    def single(self) -> bool:
        """Whether all pods of a workload share what may be for one node alone."""
        return not self.per_pod and (self.one_node or not self.modes)


def claims_of(graph: Graph, pod: Pod) -> Iterator[Claim]:
    """Persistent volumes of *pod*."""
    for index, volume in entries(pod.spec.get("volumes")):
        name = text(mapping(volume.get("persistentVolumeClaim")).get("claimName"))
        if name:
            path = (*pod.path, "volumes", index, "persistentVolumeClaim", "claimName")
            found = graph.find("PersistentVolumeClaim", pod.owner.namespace, name)
            spec = {} if found is None else found.mapping("spec")
            modes, kind = _modes(spec), text(spec.get("storageClassName"))
            yield Claim(text(volume.get("name")), name, path, modes, False, found, kind)
    for index, template in templates(pod.owner):
        name = text(mapping(template.get("metadata")).get("name"))
        path = ("spec", "volumeClaimTemplates", index)
        spec = mapping(template.get("spec"))
        kind = text(spec.get("storageClassName"))
        yield Claim(name, name, path, _modes(spec), True, None, kind)


def templates(owner: KubernetesObject) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Claim templates of a StatefulSet."""
    if owner.kind == "StatefulSet":
        yield from entries(owner.get("spec", "volumeClaimTemplates"))


def one_writer(graph: Graph, pod: Pod) -> bool:
    """Whether storage or strategy say that *pod* cannot have a second one beside it."""
    if pod.owner.get("spec", "strategy", "type") == "Recreate":
        return True
    return any(claim.one_node or not claim.modes for claim in claims_of(graph, pod))


def _modes(spec: Mapping[str, Any]) -> frozenset[str]:
    modes = spec.get("accessModes")
    listed = modes if isinstance(modes, list | tuple) else ()
    return frozenset(mode for mode in listed if isinstance(mode, str))
