"""What gate ``observability`` sees in files: the part that most of its judges read."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import PlainDocument, SourceFile, SourceProblem


@dataclass(frozen=True, slots=True)
class Alerting:
    """Rule files, Alertmanager configurations, dashboards, and all Kubernetes objects.

    ``problems``: what of the files that this gate is about could not be read;
    ``dashboard_problems``: the same of dashboards, on which no alert depends.
    """

    files: tuple[SourceFile, ...]
    documents: tuple[PlainDocument, ...]
    objects: tuple[KubernetesObject, ...] = ()
    problems: tuple[SourceProblem, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    dashboard_problems: tuple[SourceProblem, ...] = ()
