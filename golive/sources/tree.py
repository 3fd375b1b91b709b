"""What was read from files: which files, what they held, and what could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from golive.model import Location
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, line_of


class FileKind(StrEnum):
    """What a file is, by its content."""

    KUBERNETES = "kubernetes"
    KUSTOMIZATION = "kustomization"
    HELM_CHART = "helm-chart"
    NGINX = "nginx"
    RULES = "prometheus-rules"
    ALERTMANAGER = "alertmanager"
    DASHBOARD = "grafana-dashboard"
    WORKFLOW = "github-workflow"
    ACTION = "github-action"
    GITLAB = "gitlab-pipeline"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read. ``sha256``: of its bytes, empty when they could not be read."""

    path: str
    kind: FileKind
    size: int
    sha256: str = ""


_FIELDS = tuple(f.name for f in fields(SourceFile))


def listing_of(files: Iterable[SourceFile]) -> str:
    """*files* with their digests as JSON, which is what gates keep as evidence of them."""
    # Not ``asdict``, which copies each value as deep as it may be.
    said = [{name: getattr(f, name) for name in _FIELDS} for f in files]
    return json.dumps(said, ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """A file, or one document of it, that could not be read.

    ``kind``: what it was meant to be, as far as its name, place or text tell. ``code``:
    ``unreadable``, ``too-large``, ``not-yaml``, ``template`` (left unrendered), ``no-object``,
    ``not-nginx``, ``not-whole`` (an include that is not here), ``renderer-missing``,
    ``renderer-failed``, or ``no-match`` for a pattern of the configuration that names no file.
    """

    location: Location
    kind: FileKind
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """An inline ``golive: ignore[check-id] until=YYYY-MM-DD reason`` comment.

    ``applies``: the lines whose findings it covers, first and last, inclusive. ``problem``: why
    it is not in the expected form, else empty.
    """

    location: Location
    checks: tuple[str, ...]
    until: str
    reason: str
    applies: tuple[int, int]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """A YAML document that is no Kubernetes object: a rule file, a workflow, a kustomization."""

    kind: FileKind
    data: Mapping[str, Any]
    path: str
    lines: tuple[int, ...] = ()

    def at(self, path: KeyPath = (), *, key: bool = False) -> Location:
        """Line of the value at *path* (of its key with ``key``), or of the innermost part there."""
        return Location(self.path, line_of(self.data, self.lines, path, key=key))


@dataclass(frozen=True, slots=True)
class NginxDirective:
    """One directive of nginx.conf, its includes resolved. ``block``: ``None`` for a simple one."""

    name: str
    args: tuple[str, ...]
    location: Location
    block: tuple[NginxDirective, ...] | None = None


@dataclass(frozen=True, slots=True)
class NginxConfig:
    """One nginx configuration. ``path``: its file, or the file of the ConfigMap that holds it.

    ``config_map``: that ConfigMap's name, else empty.
    """

    path: str
    directives: tuple[NginxDirective, ...]
    config_map: str = ""


@dataclass(frozen=True, slots=True)
class SourceTree:
    """Everything that was read, each file once."""

    files: tuple[SourceFile, ...] = ()
    problems: tuple[SourceProblem, ...] = ()
    objects: tuple[KubernetesObject, ...] = ()
    nginx: tuple[NginxConfig, ...] = ()
    documents: tuple[PlainDocument, ...] = ()
    suppressions: tuple[Suppression, ...] = ()

    def of(self, *kinds: FileKind) -> tuple[SourceFile, ...]:
        """Files of the given kinds."""
        return tuple(f for f in self.files if f.kind in kinds)
