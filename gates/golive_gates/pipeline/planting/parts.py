"""What the drill saw: which key stood where, and which command of the project found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.api import EvidenceRef
from golive_gates.pipeline.planting.keys import Kind

When = Literal["history", "tree"]
"""``history``: only in commits, a later one removed it. ``tree``: in the files as they are."""


@dataclass(frozen=True, slots=True)
class PlantedKey:
    """One key by what it is and where it stood; its value is kept nowhere."""

    kind: Kind
    when: When
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One scan of the project, as it was run.

    ``subject``: step and job. ``path`` and ``line``: where the pipeline has it. ``words``: as run,
    without what golive adds. ``depth``: commits of the clone, 0 for all. ``status``: its exit
    code. ``found``: positions in ``Drill.keys``. ``problem``: why it is no answer, else empty;
    ``detail``: of that.
    """

    subject: str
    path: str
    line: int | None
    words: tuple[str, ...] = ()
    depth: int = 0
    status: int | None = None
    found: tuple[int, ...] = ()
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Drill:
    """The drill with one repository's scans.

    ``control``: positions of the keys that gitleaks finds with its own rules: all of them, or the
    drill proves nothing. ``problem``: why it could not be prepared, else empty.
    """

    root: str
    keys: tuple[PlantedKey, ...] = ()
    control: tuple[int, ...] = ()
    commands: tuple[CommandRun, ...] = ()
    problem: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Planted:
    """Every drill. ``version``: gitleaks' own."""

    version: str
    drills: tuple[Drill, ...]
    evidence: tuple[EvidenceRef, ...] = ()
