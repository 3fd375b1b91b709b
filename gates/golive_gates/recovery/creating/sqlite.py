"""A backup of a SQLite database through its online backup API, proven before it counts."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.records import OWN_DIGEST
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.creating.keeping import MANIFEST, PARTIAL, STAMP, clear_abandoned
from golive_gates.recovery.creating.writing import draft, settle
from golive_gates.recovery.scratch import demand_room
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.live import undisturbed
from golive_gates.recovery.sqlite.opening import is_cut_off, is_unwritten, journal_of, opened
from golive_gates.recovery.sqlite.proving import prove
from golive_gates.recovery.sqlite.records import Proof
from golive_gates.recovery.sqlite.schemas import schema_digest
from golive_gates.recovery.stopping import Stop

PAGES = 1_024
"""Pages that are copied at a time; writers of a database without a WAL get their turn between."""

RESTARTS = 3
"""After so many changes of the database during the copy, it is made in one step."""

WAIT = 30.0
"""Seconds to wait for a database that is locked."""

CANARY = Canary("backup_canary", "written_at")
_CANARY_TABLE = (
    "CREATE TABLE IF NOT EXISTS backup_canary (id INTEGER PRIMARY KEY, written_at TEXT NOT NULL)"
)


class BackupFailed(Exception):
    """There is no backup, and nothing of one is left. The message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The backup to make of ``source``, into the folder ``into``.

    ``canary``: records that carry their time; ``write_canary``: write one of ``backup_canary``
    first, which is all that is ever written to the source. ``compress``: gzip it.
    """

    source: Path
    into: Path
    canary: Canary | None = None
    write_canary: bool = False
    compress: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The backup that was made. ``rows``: in all tables.

    ``broken``: references that lead nowhere, in the source as in its copy.
    """

    file: Path
    manifest: Path
    size: int
    tables: int
    rows: int
    broken: tuple[str, ...] = ()


def create(
    wanted: Wanted, now: datetime, stop: Stop, tell: Callable[[int, int], None] = lambda *_: None
) -> Made:
    """Copy, prove, describe. ``tell`` hears how many of how many pages are copied.

    Raises ``BackupFailed``, ``OSError``, ``NoSpace`` and ``Stopped``.
    """
    source = wanted.source
    if not source.is_file():
        said = "a folder, no database" if source.is_dir() else "no such file"
        msg = f"{source}: {said}"
        raise BackupFailed(msg)
    if (wanted.into.is_symlink() or wanted.into.exists()) and not wanted.into.is_dir():
        msg = f"{wanted.into}: no folder"
        raise BackupFailed(msg)
    wanted.into.mkdir(parents=True, exist_ok=True)
    clear_abandoned(wanted.into, source.stem)
    real = Path(os.path.realpath(source))
    log = real.with_name(f"{real.name}-wal")
    size = source.stat().st_size + (log.stat().st_size if log.exists() else 0)
    demand_room(wanted.into, int(size * (2.0 if wanted.compress else 1.0)))
    moment = now.astimezone(UTC).replace(microsecond=0)
    name = f"{source.stem}-{moment.strftime(STAMP)}.db"
    final = wanted.into / (f"{name}.gz" if wanted.compress else name)
    manifest = wanted.into / f"{name.removesuffix('.db')}{MANIFEST}"
    if final.exists() or manifest.exists():
        msg = f"{final}: there is one of this second"
        raise BackupFailed(msg)
    try:
        named = _write_canary(source, moment) if wanted.write_canary else None
        canary = CANARY if wanted.write_canary else wanted.canary
        with draft(wanted.into / name) as copied:
            copy_online(source, copied, stop, tell)
            proof = _proven(copied, canary, named, stop)
            if wanted.compress:
                with draft(final) as packed:
                    _gzip(copied, packed, stop)
                    settle(packed, final)
            else:
                settle(copied, final)
    except sqlite3.Error as error:
        # The source is only read, so that what could not be written is the copy.
        where = wanted.into if is_unwritten(error) else source
        msg = f"{where}: {_why(error)}"
        raise BackupFailed(msg) from None
    try:
        describe(manifest, _document(final, moment, proof, canary, named))
    except BaseException:
        # Without its manifest it would be taken for one that was interrupted.
        final.unlink(missing_ok=True)
        raise
    rows = sum(t.rows for t in proof.tables.values())
    size = final.stat().st_size
    return Made(final, manifest, size, len(proof.tables), rows, proof.foreign_keys)


def _why(error: sqlite3.Error) -> str:
    if is_cut_off(error):
        # Only who may write it can roll it back; SQLite's own words speak of an attempt to write.
        return "a transaction was cut off and its -journal is still there; open it as its service"
    return clean(str(error), 200)


def describe(manifest: Path, document: Mapping[str, object]) -> None:
    """Write *manifest*, whole or not at all: with it the backup counts. Raises ``OSError``."""
    with draft(manifest) as described:
        described.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", "utf-8")
        settle(described, manifest)


def _write_canary(source: Path, now: datetime) -> int:
    with opened(source, "rw", Stop(), wait=WAIT) as connection:
        connection.execute(_CANARY_TABLE)
        row = connection.execute(
            "INSERT INTO backup_canary (written_at) VALUES (?) RETURNING id",
            (now.isoformat(timespec="seconds"),),
        ).fetchone()
        return int(row[0])


def copy_online(
    source: Path, target: Path, stop: Stop, tell: Callable[[int, int], None] = lambda *_: None
) -> None:
    """Copy the database *source* into the empty file *target*, as of one moment.

    Nothing is left beside *source*. Raises ``sqlite3.Error``, ``OSError`` and ``Stopped``.
    """

    def copied(reader: sqlite3.Connection) -> None:
        seen = Restarts(stop, tell)
        if journal_of(source) == "wal":
            # In WAL mode a reader holds nobody up, so that the copy can be of one moment.
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        try:
            reader.backup(writer, pages=PAGES, progress=seen, sleep=0.05)
        except TooManyRestarts:
            reader.backup(writer, pages=-1)
        if reader.in_transaction:
            reader.execute("ROLLBACK")

    with opened(target, "rw", stop) as writer:
        # Named as a draft too, so that one of a killed process is found.
        beside = target.with_name(f"{target.name.removesuffix(PARTIAL)}.source{PARTIAL}")
        undisturbed(source, stop, copied, wait=WAIT, beside=beside)
        # One file: no log beside a backup.
        writer.execute("PRAGMA journal_mode=DELETE")


class TooManyRestarts(Exception):
    """The database changes faster than it is copied in pieces."""


class Restarts:
    """Follows a copy in pieces; one that begins again and again is given up."""

    def __init__(self, stop: Stop, tell: Callable[[int, int], None]) -> None:
        self._stop, self._tell = stop, tell
        self._left: int | None = None
        self._again = 0

    def __call__(self, _status: int, left: int, total: int) -> None:
        """After each piece. Raises ``Stopped`` and ``TooManyRestarts``."""
        self._stop.check()
        if self._left is not None and left > self._left:
            self._again += 1
            if self._again > RESTARTS:
                raise TooManyRestarts
        self._left = left
        self._tell(total - left, total)


def _proven(path: Path, canary: Canary | None, named: int | None, stop: Stop) -> Proof:
    proof = prove(path, stop, canary=canary, named=named)
    wrong = [proof.problem, proof.detail] if proof.problem else []
    # References that lead nowhere are the source's own: without a backup more would be lost.
    wrong += proof.integrity
    if not wrong and not proof.tables:
        # A path that is mistyped or not mounted: SQLite takes any empty file for a database.
        wrong.append("it holds no table")
    if proof.canary is not None and (proof.canary.problem or proof.canary.named is False):
        wrong.append(proof.canary.problem or "the canary record is not in the copy")
    if wrong:
        msg = f"the copy is not whole: {'; '.join(wrong[:5])}"
        raise BackupFailed(msg)
    return proof


def _gzip(source: Path, target: Path, stop: Stop) -> None:
    # No name and no time inside, so that equal content gives equal bytes.
    with (
        source.open("rb") as reader,
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as writer,
    ):
        while piece := reader.read(1 << 20):
            stop.check()
            writer.write(piece)


def _document(
    final: Path, moment: datetime, proof: Proof, canary: Canary | None, named: int | None
) -> dict[str, object]:
    with final.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    document: dict[str, object] = {
        "schema_version": 1,
        "kind": "sqlite",
        "file": final.name,
        "created_at": moment.isoformat(timespec="seconds"),
        "size_bytes": final.stat().st_size,
        "sha256": sha256,
        "digest": OWN_DIGEST,
        "schema_sha256": schema_digest(proof.definitions),
        "tables": {n: {"rows": t.rows, "sha256": t.sha256} for n, t in proof.tables.items()},
    }
    if canary is not None and proof.canary is not None and proof.canary.newest is not None:
        document["canary"] = {
            "table": canary.table,
            "column": canary.column,
            "newest": written(proof.canary.newest),
        }
    if named is not None:
        document["canary_id"] = named
    return document
