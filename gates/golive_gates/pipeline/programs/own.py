"""What gitleaks found in the release's own files and history: the part, as its judges read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.api import EvidenceRef
from golive_gates.pipeline.programs.leaks import Leak

History = Literal["whole", "no-git", "no-commits", "shallow", "git-missing", "git-refuses"]


@dataclass(frozen=True, slots=True)
class Scanned:
    """One run of gitleaks.

    ``what``: ``tree`` or ``history``. ``rules``: ``default`` (gitleaks' own, with nothing let
    through) or ``project``. ``problem``: why this is no answer, else empty: ``not-started``,
    ``too-slow``, ``too-much``, ``no-answer``, ``ended``, ``contradiction`` or ``nothing-scanned``.
    ``commits``: how many were read.
    """

    what: Literal["tree", "history"]
    rules: Literal["default", "project"]
    leaks: tuple[Leak, ...] = ()
    problem: str = ""
    detail: str = ""
    commits: int = 0


@dataclass(frozen=True, slots=True)
class OwnScan:
    """One repository. ``config``: the project's rules by their path, empty for none.

    ``let_through``: entries of its ``.gitleaksignore``, which no run reports. ``uncontrolled``:
    findings of the tree in files that git ignores; they are left out of it.
    """

    root: str
    history: History
    runs: tuple[Scanned, ...] = ()
    config: str = ""
    let_through: int = 0
    uncontrolled: int = 0

    def run(self, what: str, rules: str) -> Scanned | None:
        """The run of that kind, if there was one."""
        return next((r for r in self.runs if r.what == what and r.rules == rules), None)

    def shown(self, path: str) -> str:
        """The file at *path* from the root, as findings print it."""
        return f"{self.root}/{path}" if self.root else path


@dataclass(frozen=True, slots=True)
class OwnSecrets:
    """Every repository that has a pipeline."""

    version: str
    scans: tuple[OwnScan, ...]
    evidence: tuple[EvidenceRef, ...] = ()
