"""Backups as data. Times are seconds since 1970; sizes are bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.api import EvidenceRef

Kind = Literal["sqlite", "chroma"]
Shape = Literal["database", "gzip", "xz", "bzip2", "tar", "zip", "folder", "empty", "unknown"]
"""What a backup is by its content: ``unknown`` is none of the forms that golive can restore."""

OWN_DIGEST = "golive-rows-v1"
"""Name of the digest over a table's rows that golive computes (``sqlite.digests``)."""


@dataclass(frozen=True, slots=True)
class TableFigures:
    """Rows of one table and the digest of their content; "" where there is none."""

    rows: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written beside a backup when it was made; ``None`` and empty where it is silent.

    ``digest``: how ``tables`` were digested; one that golive does not know is not compared.
    ``canary_id``: row id of the record that was written just before; ``canary_at``: its time.
    ``files``: SHA-256 by path, of a backup that is a folder.
    """

    path: str
    created_at: float | None = None
    size: int | None = None
    sha256: str = ""
    digest: str = ""
    schema_sha256: str = ""
    tables: Mapping[str, TableFigures] = field(default_factory=dict)
    canary_id: int | None = None
    canary_at: float | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int | None:
        """Rows in all tables; ``None`` where it names no table."""
        return sum(t.rows for t in self.tables.values()) if self.tables else None


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup.

    ``path``: as findings print it. ``at``: when it was made, as ``at_from`` says; ``named_at``:
    the time in its name; ``modified``: that of the file. ``wal``: a write-ahead log lies beside
    it. ``manifest_problem``: why the manifest that is there is not read; ``manifest_closed``:
    because golive may not. ``interrupted``: it has no manifest while others of its store have one.
    """

    path: str
    shape: Shape
    size: int
    at: float
    at_from: Literal["manifest", "name", "modified"]
    modified: float
    named_at: float | None = None
    wal: bool = False
    manifest: Manifest | None = None
    manifest_problem: str = ""
    manifest_closed: bool = False
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something of a store's backups was not seen. ``code``: of a sentence of the gate."""

    path: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The backups of one store, oldest first. ``left_out``: older ones that were not looked at."""

    store: str
    kind: Kind
    patterns: tuple[str, ...]
    backups: tuple[Backup, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0

    @property
    def complete(self) -> tuple[Backup, ...]:
        """Those that were finished, oldest first."""
        return tuple(b for b in self.backups if not b.interrupted)

    @property
    def newest(self) -> Backup | None:
        """The newest that was finished: what a restoration would take."""
        return self.complete[-1] if self.complete else None


@dataclass(frozen=True, slots=True)
class Backups:
    """The part: every declared store's backups, looked at at ``now``."""

    now: float
    stores: tuple[Found, ...]
    evidence: tuple[EvidenceRef, ...] = ()

    def of(self, store: str) -> Found | None:
        """The backups of the store of that name."""
        return next((f for f in self.stores if f.store == store), None)
