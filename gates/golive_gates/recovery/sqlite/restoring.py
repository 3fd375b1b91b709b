"""From a backup to a database file in a scratch folder that SQLite can open."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits, Refused
from golive_gates.recovery.archives.shapes import (
    ARCHIVES,
    HEAD,
    SQLITE_MAGIC,
    shape_of_head,
    unread,
)
from golive_gates.recovery.archives.unpacking import unpack
from golive_gates.recovery.backups.finding import SIDECARS
from golive_gates.recovery.backups.records import Backup
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.sqlite.opening import opened
from golive_gates.recovery.sqlite.records import Wal
from golive_gates.recovery.sqlite.wal import replay
from golive_gates.recovery.stopping import Stop

PIECE = 1 << 20
LOGS = ("-wal", "-journal")
"""What SQLite needs beside a database that was not closed: the one to go on, the other to go back.
"""
NESTED = 3
"""Archives within archives that are unpacked, one after the other."""


class CannotRestore(Exception):
    """The backup does not become a database. ``code``: of a sentence of the gate."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Restored:
    """``path``: the database. ``sha256``: of the backup's main file as it was fetched."""

    path: Path
    sha256: str
    wal: Wal | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a restoration is done: a scratch folder, timed, within limits, until told to stop."""

    folder: Path
    watch: Stopwatch
    limits: Limits
    stop: Stop


def restore(backup: Backup, source: Path, live_name: str, place: Place) -> Restored:
    """Fetch, unpack and restore *source*, which is *backup*.

    ``live_name``: file name of the live database, which an archive's is preferred by. Raises
    ``CannotRestore``, ``OSError`` and ``Stopped``.
    """
    with place.watch.phase("fetch"):
        fetched, sha256 = _fetch(source, place.folder / "fetched", place.stop)
    with place.watch.phase("unpack"):
        database = _database_in(fetched, live_name) if backup.shape == "folder" else fetched
        database = _unpacked(database, live_name, place)
    with place.watch.phase("restore"):
        wal = _opened_once(database, place.stop)
    return Restored(database, sha256, wal)


def _unpacked(path: Path, live_name: str, place: Place) -> Path:
    """The database in the archive *path*, or in an archive within it; a database as it is."""
    left = place.limits
    for depth in range(NESTED + 1):
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        shape = shape_of_head(head)
        if shape not in ARCHIVES:
            excuse = unread(head, path.name) if shape == "unknown" else None
            if excuse is not None:
                raise CannotRestore(*excuse)
            return path
        if depth == NESTED:
            break
        folder = place.folder / f"unpacked-{depth}"
        folder.mkdir(mode=0o700)
        try:
            done = unpack(path, shape, folder, left, place.stop)
        except Refused as error:
            raise CannotRestore(error.code, error.detail) from None
        path.unlink()
        left = replace(left, total=max(1, left.total - done.written))
        path = _database_in(folder, live_name)
    raise CannotRestore("archive-nested", str(NESTED))


def _fetch(source: Path, target: Path, stop: Stop) -> tuple[Path, str]:
    """Copy *source* with its logs, or a folder with its files; the digest of a single file."""
    target.mkdir(mode=0o700)
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_symlink():
                raise CannotRestore("archive-link", path.name)
            place = target / path.relative_to(source)
            if path.is_dir():
                place.mkdir(mode=0o700)
            elif path.is_file():
                copy(path, place, stop)
        return target, ""
    copied = target / source.name
    sha256 = copy(source, copied, stop)
    real = Path(os.path.realpath(source))
    for end in LOGS:
        # Beside the file itself where *source* is a link to it.
        log = real.with_name(real.name + end)
        if log.is_file():
            copy(log, copied.with_name(copied.name + end), stop)
    return copied, sha256


def copy(source: Path, target: Path, stop: Stop) -> str:
    """Copy one file in pieces; the SHA-256 of what was read. Raises ``OSError``, ``Stopped``."""
    hashed = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while piece := reader.read(PIECE):
            stop.check()
            hashed.update(piece)
            writer.write(piece)
        # Until it is on the disk it is not restored.
        writer.flush()
        os.fsync(writer.fileno())
    return hashed.hexdigest()


def _database_in(folder: Path, live_name: str) -> Path:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    found = [p for p in files if not p.name.endswith(SIDECARS) and _is_database(p)]
    exact = [p for p in found if p.name == live_name]
    chosen = exact or found
    if len(chosen) > 1:
        listed = (clean(p.relative_to(folder).as_posix(), 80) for p in chosen[:5])
        raise CannotRestore("archive-which", ", ".join(listed))
    if not chosen:
        # What is named like the database and is none is what has to be said of it.
        named = [p for p in files if p.name == live_name or p.suffix in {".db", ".sqlite"}]
        sole = named or [p for p in files if p.suffix != ".json"]
        if len(sole) == 1:
            return sole[0]
        raise CannotRestore("archive-none", ", ".join(p.name for p in files[:5]))
    return chosen[0]


def _is_database(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _opened_once(database: Path, stop: Stop) -> Wal | None:
    """Let SQLite take over a log that lies beside the file, or roll back what was cut off."""
    log, journal = (database.with_name(database.name + end) for end in LOGS)
    if not _is_database(database):
        return None
    try:
        if journal.is_file() and journal.stat().st_size:
            with opened(database, "rw", stop) as connection:
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not log.is_file() or not log.stat().st_size:
            return None
        return replay(database, stop)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            # That is the scratch folder's fault, and not the log's.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(database)) from None
        raise CannotRestore("wal-refused", clean(str(error), 200)) from None


__all__ = ["ARCHIVES", "CannotRestore", "Place", "Restored", "copy", "restore"]
