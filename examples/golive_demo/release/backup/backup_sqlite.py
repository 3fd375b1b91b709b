"""Back the project database up through SQLite's online backup API.

    backup_sqlite.py SOURCE.db DESTINATION_DIR [--keep N]

A plain copy of the main file leaves the write-ahead log behind and still passes
`integrity_check`. So a time-stamped canary row is written to the live database first, the copy is
made by SQLite itself, and it counts only when that very row is found in it.

Each backup is `projects-STAMP.db` and `projects-STAMP.manifest.json`. The manifest is written
last: a backup without one was interrupted and is ignored by restore.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"projects-\d{8}T\d{6}Z\.db")
_PAGES_A_STEP = 1024  # writers get their turn between the steps
_CANARY = """
CREATE TABLE IF NOT EXISTS backup_canary (
    id INTEGER PRIMARY KEY,
    written_at TEXT NOT NULL
) STRICT
"""


class BackupError(Exception):
    """The backup is not usable; nothing of it is left behind."""


def write_canary(database: Path, now: datetime) -> int:
    """Commit one time-stamped row to the live database and return its id."""
    with closing(_open(database, "rw")) as connection, connection:
        connection.execute(_CANARY)
        row = connection.execute(
            "INSERT INTO backup_canary (written_at) VALUES (?) RETURNING id",
            (now.astimezone(UTC).isoformat(timespec="seconds"),),
        ).fetchone()
        return int(row[0])


def backup(source: Path, destination: Path, now: datetime) -> Path:
    """Write canary, copy, verification and manifest; return the manifest's path.

    Raises BackupError when the copy does not prove itself, sqlite3.Error or OSError when a file
    fails. `now` must be aware.
    """
    canary = write_canary(source, now)
    destination.mkdir(parents=True, exist_ok=True)
    name = f"projects-{now.astimezone(UTC).strftime(STAMP)}.db"
    with _partial(destination / name) as partial:
        _copy(source, partial)
        check(partial, canary)
        document = describe(partial)
        document.update(
            schema_version=1,
            kind="sqlite",
            file=name,
            created_at=now.astimezone(UTC).isoformat(timespec="seconds"),
            canary_id=canary,
        )
    manifest = destination / name.replace(".db", ".manifest.json")
    with _partial(manifest) as partial:
        partial.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", "utf-8")
    return manifest


def check(database: Path, canary: int | None = None) -> None:
    """Raise BackupError unless the file is whole and holds the canary row."""
    with closing(_open(database, "ro")) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            msg = f"{database.name}: integrity_check: {verdict}"
            raise BackupError(msg)
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            msg = f"{database.name}: foreign_key_check found a broken reference"
            raise BackupError(msg)
        if canary is None:
            return
        query = "SELECT 1 FROM backup_canary WHERE id = ?"
        if connection.execute(query, (canary,)).fetchone() is None:
            msg = f"{database.name}: canary row {canary} is missing"
            raise BackupError(msg)


def describe(database: Path) -> dict[str, object]:
    """Size, SHA-256 and, per table, row count and content digest of a closed database.

    A table's digest is the SHA-256 over its rows, ordered by all columns, each as one line of
    JSON with blobs in hexadecimal.
    """
    tables = {}
    with closing(_open(database, "ro")) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (name,) in sorted(names):
            tables[name] = _table(connection, name)
    return {
        "size_bytes": database.stat().st_size,
        "sha256": file_digest(database),
        "tables": tables,
    }


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def prune(destination: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups and return what was removed."""
    backups = sorted(p for p in destination.iterdir() if _NAME.fullmatch(p.name))
    removed = backups[: max(0, len(backups) - keep)]
    for path in removed:
        # The manifest goes first: without it the rest is no longer a backup.
        path.with_name(path.name.replace(".db", ".manifest.json")).unlink(missing_ok=True)
        path.unlink()
    return removed


def _open(database: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode={mode}", uri=True, timeout=30.0)


def _copy(source: Path, target: Path) -> None:
    with closing(_open(source, "rw")) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=_PAGES_A_STEP)
        # One file that needs no log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


def _table(connection: sqlite3.Connection, name: str) -> dict[str, object]:
    quoted = '"' + name.replace('"', '""') + '"'
    columns = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
    order = ", ".join(str(position + 1) for position in range(len(columns)))
    digest, rows = hashlib.sha256(), 0
    query = f"SELECT * FROM {quoted} ORDER BY {order}"  # noqa: S608 - both are built above
    for row in connection.execute(query):
        plain = [cell.hex() if isinstance(cell, bytes) else cell for cell in row]
        digest.update(json.dumps(plain, ensure_ascii=False).encode() + b"\n")
        rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


@contextmanager
def _partial(final: Path) -> Iterator[Path]:
    """A file that appears under its name only when it is complete and on disk."""
    partial = final.with_name(f".{final.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        yield partial
        with partial.open("rb+") as stream:
            os.fsync(stream.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


def main() -> int:
    """Run one backup; exit status 1 when it failed."""
    parser = argparse.ArgumentParser(description="Back up the project database.")
    parser.add_argument("source", type=Path)
    parser.add_argument("destination", type=Path)
    parser.add_argument("--keep", type=int, default=28, help="backups to keep (default: 28)")
    options = parser.parse_args()
    if options.keep < 1:
        parser.error("--keep must be at least 1")
    try:
        manifest = backup(options.source, options.destination, datetime.now(UTC))
        removed = prune(options.destination, options.keep)
    except (BackupError, sqlite3.Error, OSError) as error:
        print(f"backup failed: {error}", file=sys.stderr)
        return 1
    print(f"{manifest} ({len(removed)} old removed)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
