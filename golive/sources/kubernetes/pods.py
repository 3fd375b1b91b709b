"""Pods as workloads describe them: one view for every kind that carries a pod template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, dig

POD_PATHS: Mapping[str, KeyPath] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "ReplicationController": ("spec", "template"),
    "Deployment.apps": ("spec", "template"),
    "StatefulSet.apps": ("spec", "template"),
    "DaemonSet.apps": ("spec", "template"),
    "ReplicaSet.apps": ("spec", "template"),
    "Job.batch": ("spec", "template"),
    "CronJob.batch": ("spec", "jobTemplate", "spec", "template"),
    "Rollout.argoproj.io": ("spec", "template"),
}
"""Where each kind keeps the pod that it makes."""

CONTAINER_LISTS: Mapping[str, str] = {
    "initContainers": "init",
    "containers": "container",
    "ephemeralContainers": "ephemeral",
}


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a pod; ``path`` is its path in the workload's object.

    ``role``: ``container``, ``init``, ``sidecar`` (an init container that restarts always) or
    ``ephemeral``.
    """

    name: str
    role: str
    data: Mapping[str, Any]
    path: KeyPath

    def get(self, *path: str | int, default: Any = None) -> Any:  # noqa: ANN401 - YAML
        """Value at *path* below the container."""
        return dig(self.data, path, default)

    @property
    def stays(self) -> bool:
        """Whether it runs as long as its pod does."""
        return self.role in ("container", "sidecar")

    @property
    def ports(self) -> tuple[Mapping[str, Any], ...]:
        """Its declared ports."""
        found = self.data.get("ports")
        return tuple(p for p in found if isinstance(p, Mapping)) if isinstance(found, list) else ()


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod that *owner* makes. ``path``: of its spec in the owner's object."""

    owner: KubernetesObject
    spec: Mapping[str, Any]
    path: KeyPath
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    containers: tuple[Container, ...]

    @property
    def lasting(self) -> bool:
        """Whether it is meant to run for good: everything but Jobs and CronJobs."""
        return self.owner.type not in ("Job.batch", "CronJob.batch")


def pod_of(owner: KubernetesObject) -> Pod | None:
    """The pod that *owner* makes; ``None`` for kinds without one or with no pod spec."""
    base = POD_PATHS.get(owner.type)
    if base is None:
        return None
    spec = owner.get(*base, "spec")
    if not isinstance(spec, Mapping):
        return None
    path = (*base, "spec")
    return Pod(
        owner,
        spec,
        path,
        owner.mapping(*base, "metadata", "labels"),
        owner.mapping(*base, "metadata", "annotations"),
        tuple(_containers(spec, path)),
    )


def _containers(spec: Mapping[str, Any], path: KeyPath) -> Iterator[Container]:
    for key, role in CONTAINER_LISTS.items():
        found = spec.get(key)
        if not isinstance(found, list):
            continue
        for index, data in enumerate(found):
            if isinstance(data, Mapping):
                sidecar = role == "init" and data.get("restartPolicy") == "Always"
                name = data.get("name")
                yield Container(
                    name if isinstance(name, str) else f"#{index}",
                    "sidecar" if sidecar else role,
                    data,
                    (*path, key, index),
                )
