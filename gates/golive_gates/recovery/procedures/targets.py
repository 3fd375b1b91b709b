"""Where a backup job writes to, as its pod's volumes and words tell. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, dig
from golive.sources.kubernetes.pods import Pod, pod_of

CLAIM, HOST, GONE, LASTING, READ = "claim", "host", "gone", "lasting", "read"
"""Kinds of volumes: a claim, a folder of the node, one that ends with its pod, another store, and
what is only read (a ConfigMap, a Secret)."""

_GONE = frozenset({"emptyDir", "ephemeral"})
_READ = frozenset({"configMap", "secret", "projected", "downwardAPI", "image", "gitRepo"})
_REMOTE = re.compile(
    r"""(?ix) (?:s3|gs|gcs|az|abfss?|b2|swift|sftp|ssh|rsync|oss|cos|wasbs?):/
    | (?<![a-z]) (?:restic|rclone|velero|borg(?:matic)?|kopia|duplicity|litestream|azcopy|gsutil
    | s3cmd|mc|s5cmd|rsync|scp|sftp|aws|gcloud|wal-g|s3_bucket|bucket(?:_name)?) (?![a-z])
    | (?:bucket|s3|gcs|azure|restic|rclone|b2)_"""
)
_PATH = re.compile(r"(?:^|[=:,'\"])(/[^\s=,'\"]+)")


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume where a container sees it. ``claim``: name of the claim. ``path``: in the object."""

    name: str
    at: str
    kind: str
    path: KeyPath
    claim: str = ""
    writable: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """Where a job writes to. ``code``: empty where that lasts, else a finding's, with ``volume``.

    ``remote``: a word or variable names a store beyond the cluster.
    """

    code: str = ""
    volume: str = ""
    path: KeyPath = ()
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """Claims that the release's own workloads work on: exact names and patterns."""

    names: frozenset[tuple[str, str]]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]

    def holds(self, namespace: str, claim: str) -> bool:
        """Whether a workload works on that claim."""
        exact = any(n == claim and _same(s, namespace) for s, n in self.names)
        return exact or any(
            _same(s, namespace) and pattern.fullmatch(claim) for s, pattern in self.patterns
        )


def live_claims(objects: tuple[KubernetesObject, ...]) -> Live:
    """Claims of everything that is meant to run for good."""
    names: set[tuple[str, str]] = set()
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for owner in objects:
        pod = pod_of(owner)
        if pod is None or not pod.lasting:
            continue
        space = owner.namespace
        for volume in _entries(pod.spec.get("volumes")):
            claim = dig(volume, ("persistentVolumeClaim", "claimName"))
            if isinstance(claim, str):
                names.add((space, claim))
        if owner.kind == "StatefulSet":
            for template in _entries(owner.get("spec", "volumeClaimTemplates")):
                name = dig(template, ("metadata", "name"))
                if isinstance(name, str):
                    text = rf"{re.escape(name)}-{re.escape(owner.name)}-\d+"
                    patterns.append((space, re.compile(text)))
    return Live(frozenset(names), tuple(patterns))


def target_of(pod: Pod, words: tuple[str, ...], live: Live) -> Target:
    """Where *pod* writes its backup to. ``target-unknown`` where nothing tells."""
    remote = next((w for w in words if _REMOTE.search(w)), "")
    if remote:
        return Target(remote=remote[:80])
    mounts = tuple(_mounts(pod))
    space = pod.owner.namespace
    named = [m for path in _paths(words) if (m := _at(path, mounts)) is not None]
    outside = [p for p in _paths(words) if _at(p, mounts) is None]
    # What is only read is no target; without a word about any volume, each may be it.
    writable = [m for m in (named or mounts) if m.writable and m.kind != READ]
    lasting = [m for m in writable if m.kind in (CLAIM, LASTING)]
    apart = [m for m in lasting if m.kind != CLAIM or not live.holds(space, m.claim)]
    if apart:
        return Target(volume=apart[0].name)
    host = next((m for m in writable if m.kind == HOST), None)
    if host is not None:
        return Target("target-host", host.name, host.path)
    if lasting:
        return Target("target-live", lasting[0].claim, lasting[0].path)
    gone = next((m for m in writable if m.kind == GONE), None)
    if gone is not None:
        return Target("target-gone", gone.name, gone.path)
    if outside and mounts:
        return Target("target-gone", outside[-1][:80], pod.path)
    return Target("target-unknown", path=pod.path)


def _mounts(pod: Pod) -> Iterator[Mount]:
    volumes: dict[str, tuple[str, str, bool]] = {}
    for volume in _entries(pod.spec.get("volumes")):
        name = volume.get("name")
        if isinstance(name, str):
            volumes[name] = _kind(volume)
    for container in pod.containers:
        listed = container.get("volumeMounts")
        for number, mount in enumerate(listed if isinstance(listed, list | tuple) else ()):
            name, at = dig(mount, ("name",)), dig(mount, ("mountPath",))
            if isinstance(name, str) and isinstance(at, str) and name in volumes:
                kind, claim, read_only = volumes[name]
                path = (*container.path, "volumeMounts", number)
                writable = not read_only and dig(mount, ("readOnly",)) is not True
                yield Mount(name, at, kind, path, claim, writable)


def _kind(volume: Mapping[str, Any]) -> tuple[str, str, bool]:
    claim = volume.get("persistentVolumeClaim")
    if isinstance(claim, Mapping):
        name = claim.get("claimName")
        return CLAIM, name if isinstance(name, str) else "", claim.get("readOnly") is True
    keys = set(volume) - {"name"}
    if keys & _GONE or not keys:
        return GONE, "", False
    if keys & _READ:
        return READ, "", True
    return (HOST if "hostPath" in keys else LASTING), "", False


def _paths(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for word in words for path in _PATH.findall(word))


def _at(path: str, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that *path* lies in: the innermost."""
    around = [m for m in mounts if path == m.at or path.startswith(m.at.rstrip("/") + "/")]
    return max(around, key=lambda m: len(m.at), default=None)


def _entries(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, Mapping):
            yield item


def _same(first: str, second: str) -> bool:
    return first == second or not first or not second
