"""Both standards as lists of controls, and the level that a pod reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.pod_security import (
    capabilities,
    host,
    kernel,
    probe_hosts,
    profiles,
    users,
    volumes,
)
from golive_gates.manifests.pod_security.views import Control, Violation, view

BASELINE: tuple[Control, ...] = (
    host.host_process,
    host.host_namespaces,
    host.privileged,
    capabilities.added_beyond_baseline,
    host.host_path,
    host.host_ports,
    probe_hosts.probe_hosts,
    profiles.app_armor,
    profiles.selinux,
    kernel.proc_mount,
    profiles.seccomp,
    kernel.sysctls,
)
RESTRICTED: tuple[Control, ...] = (
    volumes.volume_types,
    users.no_escalation,
    users.run_as_non_root,
    users.run_as_user,
    profiles.seccomp_set,
    capabilities.all_dropped,
    capabilities.added_beyond_restricted,
    kernel.proc_mount_always,
)
"""What restricted asks beyond baseline."""


class Level(StrEnum):
    """The strictest standard that a pod meets."""

    PRIVILEGED = "privileged"
    BASELINE = "baseline"
    RESTRICTED = "restricted"


LEVELS = tuple(level.value for level in Level)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A pod against both standards; ``restricted``: without what ``baseline`` holds already."""

    pod: Pod
    baseline: tuple[Violation, ...]
    restricted: tuple[Violation, ...]

    @property
    def level(self) -> Level:
        """The strictest standard that the pod meets."""
        if self.baseline:
            return Level.PRIVILEGED
        return Level.BASELINE if self.restricted else Level.RESTRICTED

    @property
    def described(self) -> str:
        """The level, and the controls that keep the pod from the next one."""
        controls = dict.fromkeys(v.control for v in self.baseline or self.restricted)
        return f"{self.level.value} ({', '.join(controls)})" if controls else self.level.value


def assess(pod: Pod, minors: Sequence[int]) -> Assessment:
    """*pod* under the policies of every Kubernetes 1.x in *minors*, their violations united."""
    views = [view(pod, minor) for minor in minors]
    return Assessment(
        pod,
        tuple(dict.fromkeys(v for seen in views for c in BASELINE for v in c(seen))),
        tuple(dict.fromkeys(v for seen in views for c in RESTRICTED for v in c(seen))),
    )


@lru_cache(maxsize=2)
def assessments(graph: Graph, minors: tuple[int, ...]) -> tuple[Assessment, ...]:
    """Every pod of *graph*; made once for both checks of a run."""
    return tuple(assess(pod, minors) for pod in graph.pods)


def minors(versions: Sequence[str]) -> tuple[int, ...]:
    """``("1.33", "1.34")`` as ``(33, 34)``."""
    return tuple(int(version.partition(".")[2]) for version in versions)


ENFORCE = "pod-security.kubernetes.io/enforce"
ENFORCE_VERSION = "pod-security.kubernetes.io/enforce-version"


@dataclass(frozen=True, slots=True)
class Enforced:
    """What a Namespace's labels enforce. ``minors``: policy versions, by label and cluster."""

    namespace: str
    level: Level
    minors: tuple[int, ...]


def enforced(graph: Graph, of_clusters: tuple[int, ...]) -> Mapping[str, Enforced]:
    """By name, the Namespaces of *graph* that enforce more than privileged.

    ``enforce-version`` pins an older policy; an API server knows none newer than itself. Labels
    that are no level or version are left out here.
    """
    found = {}
    for namespace in graph.all("Namespace"):
        labels = namespace.mapping("metadata", "labels")
        level = labels.get(ENFORCE)
        if level not in LEVELS or level == Level.PRIVILEGED.value:
            continue
        pinned = pinned_minor(labels.get(ENFORCE_VERSION))
        if pinned is not None:
            found[namespace.name] = Enforced(
                namespace.name,
                Level(level),
                tuple(dict.fromkeys(min(pinned, minor) for minor in of_clusters)),
            )
    return found


LATEST = 10_000


def pinned_minor(label: object) -> int | None:
    """Minor version of an ``enforce-version`` label; ``None`` for one that is no version."""
    if label is None or label == "latest":
        return LATEST
    text = str(label)
    digits = text.removeprefix("v1.")
    return int(digits) if text.startswith("v1.") and digits.isdecimal() else None
