"""What the release's files say of its backups, and what people say: plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from golive.api import EvidenceRef
from golive.config.release import Attestation
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import SourceProblem


@dataclass(frozen=True, slots=True)
class Text:
    """A file that is no manifest. ``path``: as findings print it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Procedures:
    """Manifests, crontabs, systemd units and the restore document.

    ``day``: of the look, UTC; schedules are followed for a year from it. ``units``: crontabs,
    timers and services. ``document``: ``None`` where there is none; ``asked``: the path that
    golive.yaml names. ``names``: every path below ``root``, the release's folder, ``None`` where
    that is not known. ``cut``: there are more than were looked at. ``named``: objects in manifests
    that the document applies by hand. ``unread``: by path, why a file could not be read.
    ``problems``: manifests that could not be read.
    """

    day: date
    objects: tuple[KubernetesObject, ...] = ()
    units: tuple[Text, ...] = ()
    document: Text | None = None
    asked: str = ""
    root: str | None = None
    names: frozenset[str] = frozenset()
    cut: bool = False
    named: tuple[KubernetesObject, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[SourceProblem, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Promises:
    """What people say. ``day``: of the look; ``said``: by the check's name."""

    day: date
    said: Mapping[str, Attestation] = field(default_factory=dict)
    evidence: tuple[EvidenceRef, ...] = ()
