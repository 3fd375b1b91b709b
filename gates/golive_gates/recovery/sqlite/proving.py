"""The verification: what SQLite itself and a reader of every row find in one database file."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.archives.shapes import SQLITE_MAGIC
from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.canaries import canary_figures
from golive_gates.recovery.sqlite.digests import digest, table_names
from golive_gates.recovery.sqlite.opening import journal_of, number, opened, text
from golive_gates.recovery.sqlite.records import Definition, Proof
from golive_gates.recovery.stopping import Stop

MOST_LINES = 20
"""Lines of a fault that are kept."""


def prove(
    path: Path,
    stop: Stop,
    *,
    canary: Canary | None = None,
    before: float | None = None,
    named: int | None = None,
    sha256: str = "",
) -> Proof:
    """Everything about the database at *path*, which is opened read-only.

    ``before``, ``named``: as of ``canary_figures``. Trouble of the file is in the proof; raises
    ``OSError`` and ``Stopped``.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        magic = stream.read(len(SQLITE_MAGIC))
    if not magic:
        return Proof("empty", sha256=sha256)
    if magic != SQLITE_MAGIC:
        return Proof("not-a-database", f"0x{magic.hex()}", size, sha256)
    journal = journal_of(path)
    shown: dict[str, TableFigures] = {}
    try:
        # Nobody else has this copy open, so it needs no shared memory beside it.
        with opened(path, "ro", stop, immutable=True) as connection:
            pages = number(connection, "PRAGMA page_count")
            integrity = _faults(connection, "PRAGMA integrity_check(20)")
            if integrity == ("ok",):
                integrity = ()
            keys = () if integrity else _keys(connection)
            seen = Proof("", "", size, sha256, journal, pages, integrity, keys)
            if integrity:
                return seen
            for name in table_names(connection):
                shown[name] = digest(connection, name, stop)
            figures = None
            if canary is not None:
                figures = canary_figures(connection, canary, before=before, named=named)
            return Proof(
                *("", "", size, sha256, journal, pages, integrity, keys),
                number(connection, "PRAGMA user_version"),
                definitions(connection),
                shown,
                figures,
            )
    except sqlite3.DatabaseError as error:
        return Proof(_code(error), clean(str(error), 200), size, sha256, journal)


def definitions(connection: sqlite3.Connection) -> tuple[Definition, ...]:
    """The schema, without what SQLite makes by itself."""
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
    )
    return tuple(
        Definition(
            text(kind), text(name), text(table), hashlib.sha256(bytes(sql or b"")).hexdigest()
        )
        for kind, name, table, sql in rows
    )


def _faults(connection: sqlite3.Connection, query: str) -> tuple[str, ...]:
    rows: Iterator[tuple[object, ...]] = connection.execute(query)
    found = [clean(text(row[0]), 200) for _, row in zip(range(MOST_LINES), rows, strict=False)]
    return tuple(found) or ("integrity_check said nothing",)


def _keys(connection: sqlite3.Connection) -> tuple[str, ...]:
    try:
        rows: Iterator[tuple[object, ...]] = connection.execute("PRAGMA foreign_key_check")
    except sqlite3.OperationalError as error:
        if "foreign key mismatch" not in str(error):
            raise
        # Declared towards columns that are no key: SQLite cannot enforce it, nor say of which rows.
        return (clean(str(error), 200),)
    return tuple(
        clean(f"{text(table)} row {row_id} -> {text(parent)}", 200)
        for _, (table, row_id, parent, _) in zip(range(MOST_LINES), rows, strict=False)
    )


def _code(error: sqlite3.DatabaseError) -> str:
    """What an error says of the file."""
    said = str(error)
    if "collation" in said or "no such module" in said or "no such function" in said:
        return "needs-extension"
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    # It begins as a database does, so that "no database" speaks of the rest of its header.
    wrong = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return "damaged" if code in wrong else "unreadable"
