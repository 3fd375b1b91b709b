"""From a backup to a database file in a scratch folder that SQLite can open."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits, Refused
from golive_gates.recovery.archives.unpacking import unpack
from golive_gates.recovery.backups.finding import SIDECARS, SQLITE_MAGIC
from golive_gates.recovery.backups.records import Backup, Shape
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.sqlite.records import Wal
from golive_gates.recovery.sqlite.wal import replay
from golive_gates.recovery.stopping import Stop

PIECE = 1 << 20
ARCHIVES: frozenset[Shape] = frozenset({"gzip", "tar", "zip"})

FOREIGN: dict[bytes, str] = {
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\x04\x22\x4d\x18": "lz4",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"age-encryption.org/": "age",
    b"-----BEGIN PGP MESSAGE": "PGP",
    b"-----BEGIN AGE ENCRYPTED": "age",
    b"Salted__": "openssl",
}
"""First bytes of what is packed or encrypted in ways that are not read here."""


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
        database = fetched
        if backup.shape in ARCHIVES:
            folder = place.folder / "unpacked"
            folder.mkdir(mode=0o700)
            try:
                unpack(fetched, backup.shape, folder, place.limits, place.stop)
            except Refused as error:
                raise CannotRestore(error.code, error.detail) from None
            fetched.unlink()
            database = _database_in(folder, live_name)
        elif backup.shape == "folder":
            database = _database_in(fetched, live_name)
        elif backup.shape == "unknown":
            _demand_readable(fetched)
    with place.watch.phase("restore"):
        wal = _opened_once(database, place.stop)
    return Restored(database, sha256, wal)


def _fetch(source: Path, target: Path, stop: Stop) -> tuple[Path, str]:
    """Copy *source* with its log, or a folder with its files; the digest of a single file."""
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
    log = source.with_name(source.name + "-wal")
    if log.is_file():
        copy(log, copied.with_name(log.name), stop)
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
        raise CannotRestore("archive-which", ", ".join(p.name for p in chosen[:5]))
    if not chosen:
        # What is named like the database and is none is what has to be said of it.
        named = [p for p in files if p.name == live_name or p.suffix in {".db", ".sqlite"}]
        sole = named or [p for p in files if p.suffix != ".json"]
        if len(sole) == 1:
            return sole[0]
        raise CannotRestore("archive-none", ", ".join(p.name for p in files[:5]))
    return chosen[0]


def _demand_readable(path: Path) -> None:
    """What is merely packed otherwise may well be whole: nobody knows."""
    with path.open("rb") as stream:
        head = stream.read(max(map(len, FOREIGN)))
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            raise CannotRestore("archive-locked", name)


def _is_database(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _opened_once(database: Path, stop: Stop) -> Wal | None:
    """Let SQLite take over a log that lies beside the file."""
    log = database.with_name(database.name + "-wal")
    if not log.is_file() or not log.stat().st_size or not _is_database(database):
        return None
    try:
        return replay(database, stop)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            # That is the scratch folder's fault, and not the log's.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(database)) from None
        raise CannotRestore("wal-refused", clean(str(error), 200)) from None
