"""What gate ``pipeline`` sees in files: the part that most of its judges read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from golive.api import EvidenceRef
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import PlainDocument, SourceProblem


@dataclass(frozen=True, slots=True)
class Repository:
    """One folder under version control: its pipelines, and the texts that they rest on.

    ``root``: the folder as findings print it, empty for the working one. ``documents``: workflows
    and composite actions of GitHub and pipelines of GitLab. ``texts``: by path from the root with
    forward slashes, what ``observers.repository`` reads: the pipelines themselves, scanner
    configurations, scripts, Dockerfiles, lock files and policy files. ``unread``: by path, why one
    of those could not be read. ``names``: every path that is there. ``cut``: there are more files
    than are looked at, so that a name that is missing proves nothing.
    """

    root: str
    documents: tuple[PlainDocument, ...] = ()
    texts: Mapping[str, str] | None = None
    unread: Mapping[str, str] | None = None
    names: frozenset[str] = frozenset()
    cut: bool = False

    def text(self, path: str) -> str | None:
        """The text at *path*; ``None`` where there is none or it was not read."""
        return (self.texts or {}).get(path)

    def shown(self, path: str) -> str:
        """*path*, which is relative to the root, as findings print it."""
        return f"{self.root}/{path}" if self.root else path

    def within(self, shown: str) -> str:
        """The path from the root of the file that findings print as *shown*."""
        return shown.removeprefix(f"{self.root}/") if self.root else shown


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Every repository among the files, and the objects that the pipelines deploy.

    ``day``: on which they were read, UTC; what expires is judged by it.
    """

    repositories: tuple[Repository, ...]
    problems: tuple[SourceProblem, ...] = ()
    objects: tuple[KubernetesObject, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    day: date | None = None
