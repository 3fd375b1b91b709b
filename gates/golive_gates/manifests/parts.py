"""What gate ``manifests`` sees: the parts that observers return and judges read."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import SourceFile, SourceProblem


@dataclass(frozen=True, slots=True)
class Manifests:
    """The release's Kubernetes objects, and what of their files could not be read."""

    files: tuple[SourceFile, ...]
    objects: tuple[KubernetesObject, ...]
    problems: tuple[SourceProblem, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
