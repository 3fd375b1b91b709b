"""What is seen of Chroma stores: restored ones, live ones, damaged ones. Raw facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import EvidenceRef
from golive_gates.recovery.drills.records import Control, Phase, Projection

DATABASE = "chroma.sqlite3"
"""The file that every store of Chroma has: records, queue, and which segments there are."""


@dataclass(frozen=True, slots=True)
class Files:
    """A vector segment's folder.

    ``missing``: files that a saved segment has to have (``folder`` stands for all of them).
    ``elements``: vectors that the header counts, deleted ones among them, of ``each`` bytes;
    ``short``: bytes that are missing of them. After them the file has free room for more.
    """

    missing: tuple[str, ...] = ()
    elements: int | None = None
    short: int = 0
    each: int = 0


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection by what the database says.

    ``records``: rows of its metadata segment. ``vector``, ``kind``: id and type of its vector
    segment. ``seen``, ``saved``: highest sequence number that the metadata segment and the files
    of the vector segment took over; ``newest_seq``: that of any record. ``queued``: records that
    are only in the queue; ``lost``: records that are neither in the files nor in the queue.
    ``indexed``: records that the files have to hold.
    """

    name: str
    id: str
    tenant: str
    database: str
    dimension: int | None
    records: int
    vector: str = ""
    kind: str = ""
    seen: int | None = None
    saved: int | None = None
    newest_seq: int | None = None
    queued: int = 0
    lost: int = 0
    indexed: int = 0
    files: Files | None = None
    ids_sha256: str = ""

    @property
    def shown(self) -> str:
        """Its name, with tenant and database where they are not the default ones."""
        usual = (self.tenant, self.database) == ("default_tenant", "default_database")
        return self.name if usual else f"{self.tenant}/{self.database}/{self.name}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What ``chroma.sqlite3`` says, read without chromadb.

    ``problem``: why it could not be read (``chroma-absent``, ``chroma-empty``, ``not-a-database``,
    ``damaged``, ``chroma-foreign``, ``unreadable``). ``migrations``: ``folder/number hash`` of
    each. ``newest``: when the newest record was written, seconds since 1970; ``before``: how many
    are not newer than ``before_at``. ``bytes``: of the whole folder.
    """

    problem: str = ""
    detail: str = ""
    bytes: int = 0
    integrity: tuple[str, ...] = ()
    migrations: tuple[str, ...] = ()
    collections: tuple[Collection, ...] = ()
    newest: float | None = None
    before: int = 0
    before_at: float | None = None

    @property
    def pickled(self) -> tuple[str, ...]:
        """Saved vector segments of which only their own files say up to where they go."""
        return tuple(
            c.vector
            for c in self.collections
            if c.saved is None and c.files is not None and "folder" not in c.files.missing
        )

    @property
    def records(self) -> int:
        """Records of all collections."""
        return sum(c.records for c in self.collections)


@dataclass(frozen=True, slots=True)
class Asked:
    """What chromadb answered about one collection.

    ``count``: of ``count()``; ``ids``: how many of the sampled ids ``get()`` gave back.
    ``sampled``: ids that were asked for; ``found``: those that were among the ``k`` results of a
    query for their own embedding; ``twins``: those crowded out by records of the same embedding;
    ``short``: queries with fewer results than there should be; ``blank``: records without an
    embedding, or with one of zeros; ``failed``: queries that raised, the first with ``error``.
    ``labels``: entries of ``index_metadata.pickle``; ``pickle``: why that was not read.
    """

    collection: str
    count: int | None = None
    sampled: int = 0
    ids: int = 0
    found: int = 0
    twins: int = 0
    short: int = 0
    blank: int = 0
    failed: int = 0
    k: int = 0
    error: str = ""
    labels: int | None = None
    pickle: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the process with chromadb said of a folder.

    ``problem``: why it said nothing: ``chroma-missing`` (not installed), ``chroma-refused`` (it
    raised), ``chroma-unsafe`` (it was not given it), ``chroma-crashed`` (it died),
    ``chroma-memory``, ``chroma-timeout``, ``chroma-garbled``, ``chroma-unusable`` (it does not even
    make a store of its own). ``version``: of chromadb.
    ``migrations``: those of a store that this version makes. ``saved``: sequence numbers of
    segments that keep them in their own files.
    """

    problem: str = ""
    detail: str = ""
    version: str = ""
    migrations: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    saved: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChromaProof:
    """What was seen of one folder: the files, and then what chromadb made of them.

    ``answers`` is ``None`` where chromadb was not let near it: an empty database would be taken for
    a new one, and without all files of a segment its answers tell nothing more. Of a database that
    is laid out otherwise than in known versions, they only tell which version is installed.
    """

    catalogue: Catalogue
    answers: Answers | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What the manifest says. ``made_by``: version of chromadb; ``files``: SHA-256 by path."""

    there: bool = False
    made_by: str = ""
    collections: Mapping[str, int] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChromaLive:
    """The live store, read-only.

    ``problem``: why it was not read (``live-locked``, ``live-missing``, ``live-unreadable``).
    ``counts``: records by collection. ``newest``, ``before``: as of a catalogue, ``None`` where
    they cannot be told over HTTP.
    """

    path: str
    problem: str = ""
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    newest: float | None = None
    before: int | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Pairing:
    """The snapshot beside the SQLite backup of the same window.

    ``problem``: why they were not compared. ``apart``: seconds between the two; ``later``: the
    SQLite backup is the later one. ``chroma``, ``sqlite``: distinct ids on either side;
    ``orphans``: those in Chroma alone, ``unindexed``: those in SQLite alone; ``example``: an
    orphan.
    """

    store: str
    backup: str = ""
    at: float = 0.0
    apart: float = 0.0
    later: bool = True
    problem: str = ""
    detail: str = ""
    chroma: int = 0
    sqlite: int = 0
    orphans: int = 0
    unindexed: int = 0
    example: str = ""


@dataclass(frozen=True, slots=True)
class ChromaDrill:
    """One drill. ``problem``: why there was none, or why it ended before anything was opened.

    ``differing``: files whose digest is not the manifest's. ``damages``: those that were to be
    made; ``rpo``: seconds, of the store.
    """

    store: str
    now: float
    rpo: float
    backup: str = ""
    at: float = 0.0
    at_from: str = ""
    size: int = 0
    problem: str = ""
    detail: str = ""
    phases: tuple[Phase, ...] = ()
    proof: ChromaProof | None = None
    stated: Stated = field(default_factory=Stated)
    differing: tuple[str, ...] = ()
    live: ChromaLive | None = None
    pairing: Pairing | None = None
    damages: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    projection: Projection | None = None

    @property
    def made(self) -> float | None:
        """When the snapshot was made, where its manifest says so."""
        return self.at if self.at_from == "manifest" else None


@dataclass(frozen=True, slots=True)
class ChromaDrills:
    """The part: a drill for each declared Chroma store."""

    drills: tuple[ChromaDrill, ...]
    evidence: tuple[EvidenceRef, ...] = ()
