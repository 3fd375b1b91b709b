"""What is seen of SQLite databases: restored ones, live ones, damaged ones. Raw facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.api import EvidenceRef
from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.drills.records import Control, Phase, Projection


@dataclass(frozen=True, slots=True)
class Definition:
    """One object of a schema: table, index, view or trigger. ``sha256``: of its SQL."""

    kind: str
    name: str
    table: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CanaryFigures:
    """The records that carry a time.

    ``problem``: why they cannot be read (``canary-table``, ``canary-column``). ``rows``: all of
    them; ``stated``: those with any value; ``timed``: those with a readable time; ``newest``: the
    latest time, seconds since 1970; ``before``: how many are not later than ``before_at``;
    ``named``: the record that the manifest names is there.
    """

    problem: str = ""
    rows: int = 0
    timed: int = 0
    newest: float | None = None
    before: int = 0
    before_at: float | None = None
    named: bool | None = None
    stated: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """What the verification saw of one database file.

    ``problem``: why it could not be read at all (``empty``, ``not-a-database``, ``unreadable``),
    or no further (``needs-collation``). ``integrity``, ``foreign_keys``: what SQLite found wrong.
    ``journal``: what the header says (``wal`` or ``delete``). ``sha256``: of the file as it was
    fetched. ``definitions``, ``tables`` and ``canary`` are only seen of a file without a fault.
    """

    problem: str = ""
    detail: str = ""
    size: int = 0
    sha256: str = ""
    journal: str = ""
    pages: int = 0
    integrity: tuple[str, ...] = ()
    foreign_keys: tuple[str, ...] = ()
    version: int = 0
    definitions: tuple[Definition, ...] = ()
    tables: Mapping[str, TableFigures] = field(default_factory=dict)
    canary: CanaryFigures | None = None


@dataclass(frozen=True, slots=True)
class Wal:
    """A write-ahead log that lay beside the backup.

    ``held``: frames of its last generation; ``replayed``: those that SQLite took over.
    """

    size: int
    held: int
    replayed: int


@dataclass(frozen=True, slots=True)
class Live:
    """The live database, read-only.

    ``problem``: why it was not read (``live-locked``, ``live-missing``, ``live-empty``,
    ``live-cut-off``, ``live-unreadable``).
    ``tables``: figures, where they were needed; ``pending``: bytes of its write-ahead log.
    """

    path: str
    problem: str = ""
    detail: str = ""
    size: int = 0
    pending: int = 0
    version: int = 0
    definitions: tuple[Definition, ...] = ()
    tables: Mapping[str, TableFigures] = field(default_factory=dict)
    canary: CanaryFigures | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a restored database is held against.

    ``source``: the manifest, or the live database where that is equal to what was restored.
    ``tables``: rows, with a digest only where golive computes the same one.
    """

    source: Literal["", "manifest", "live"] = ""
    size: int | None = None
    sha256: str = ""
    tables: Mapping[str, TableFigures] = field(default_factory=dict)
    schema_sha256: str = ""
    unknown_digest: str = ""


@dataclass(frozen=True, slots=True)
class SqliteDrill:
    """One drill. ``problem``: why there was none, or why it ended before the data was read.

    ``backup``: path of the one that was taken, of ``at``. ``now``: when the data was read.
    """

    store: str
    now: float
    backup: str = ""
    at: float = 0.0
    at_from: str = ""
    size: int = 0
    problem: str = ""
    detail: str = ""
    phases: tuple[Phase, ...] = ()
    proof: Proof | None = None
    wal: Wal | None = None
    live: Live | None = None
    expected: Expected = field(default_factory=Expected)
    controls: tuple[Control, ...] = ()
    projection: Projection | None = None


@dataclass(frozen=True, slots=True)
class SqliteDrills:
    """The part: a drill for each declared SQLite store."""

    drills: tuple[SqliteDrill, ...]
    evidence: tuple[EvidenceRef, ...] = ()
