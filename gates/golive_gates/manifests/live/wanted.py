"""Which of the release's objects can be looked for in one namespace, and how. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.live.resources import CLUSTER_WIDE, DRIFT, KNOWN, Resource

NEVER = frozenset({"Secret", "Event", "Event.events.k8s.io"})
"""Their content is not read."""

CLIENT_SIDE = (
    "kustomize.config.k8s.io",
    "helm.sh",
)
"""Groups of files that are never applied."""

MOST_KINDS = 25
"""Kinds that are listed beside those of every run."""

Versioned = tuple[str, str]
"""API version and kind."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The release's objects in one namespace, by API version and kind.

    ``elsewhere``: objects of other namespaces, of none, and of kinds beyond the most.
    """

    objects: Mapping[Versioned, tuple[KubernetesObject, ...]]
    elsewhere: int

    def without(self, kinds: Collection[Versioned]) -> Wanted:
        """The same without *kinds*, which turned out to be of no namespace."""
        dropped = sum(len(v) for k, v in self.objects.items() if k in kinds)
        kept = {k: v for k, v in self.objects.items() if k not in kinds}
        return Wanted(kept, self.elsewhere + dropped)

    @property
    def unknown(self) -> tuple[Versioned, ...]:
        """Kinds whose plural only the cluster can tell."""
        return tuple(v for v in self.objects if _known(v) is None)


def wanted(objects: Iterable[KubernetesObject], namespace: str) -> Wanted:
    """Sort *objects* by how they are looked for."""
    found: dict[Versioned, list[KubernetesObject]] = {}
    elsewhere = 0
    for item in objects:
        if item.type in NEVER or item.group in CLIENT_SIDE or not item.name:
            continue
        versioned = (item.api_version, item.kind)
        beyond = versioned not in found and len(found) >= MOST_KINDS + len(KNOWN)
        if item.type in CLUSTER_WIDE or item.namespace not in ("", namespace) or beyond:
            elsewhere += 1
            continue
        found.setdefault(versioned, []).append(item)
    return Wanted({k: tuple(v) for k, v in found.items()}, elsewhere)


def resources(
    always: Iterable[Resource], objects: Wanted, discovered: Mapping[Versioned, Resource]
) -> dict[Versioned, tuple[Resource, tuple[str, ...]]]:
    """What to list, with the checks that need it; one request serves both purposes."""
    found = {(r.api_version, r.kind): (r, r.checks) for r in always}
    for versioned in objects.objects:
        if versioned in found:
            resource, checks = found[versioned]
            found[versioned] = (resource, (*checks, DRIFT))
            continue
        resource_of = _known(versioned) or discovered.get(versioned)
        if resource_of is not None:
            found[versioned] = (resource_of, (DRIFT,))
    return found


def _known(versioned: Versioned) -> Resource | None:
    api_version, kind = versioned
    group, _, version = api_version.rpartition("/")
    resource = KNOWN.get((group, kind))
    return None if resource is None else replace(resource, version=version, checks=(DRIFT,))
