"""A part of a large database: all of its tables, the newest rows of each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from golive_gates.recovery.sqlite.opening import number, opened, quoted, text, uri
from golive_gates.recovery.stopping import Stop

ROWS = 2_000
"""Rows that are kept of each table."""

_ROUNDS = 20


def reduced(whole: Path, part: Path, stop: Stop) -> None:
    """Write to *part* a sound database with rows of *whole*.

    Rows whose parents were left out are left out too; virtual tables are. Raises
    ``sqlite3.Error``, ``OSError`` and ``Stopped``.
    """
    part.touch(exist_ok=False)
    with opened(whole, "ro", stop, immutable=True) as connection:
        encoding = text(connection.execute("PRAGMA encoding").fetchone()[0])
    with opened(part, "rw", stop) as connection:
        connection.execute(f"PRAGMA encoding={quoted(encoding)}")
        connection.execute("ATTACH DATABASE ? AS whole", (uri(whole, "ro", immutable=True),))
        connection.execute(f"PRAGMA page_size={number(connection, 'PRAGMA whole.page_size')}")
        objects = connection.execute(
            "SELECT type, name, sql, rootpage FROM whole.sqlite_schema "
            "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ).fetchall()
        tables = [
            (text(name), text(sql))
            for kind, name, sql, root in objects
            if text(kind) == "table" and root > 0
        ]
        connection.execute("BEGIN")
        for name, sql in tables:
            connection.execute(sql)
            _rows(connection, name)
        _orphans(connection)
        # Indexes, views and triggers last: no trigger sees the rows arrive.
        for kind, _, sql, _ in objects:
            if text(kind) in {"index", "view", "trigger"}:
                connection.execute(text(sql))
        version = number(connection, "PRAGMA whole.user_version")
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version={version}")


def _rows(connection: sqlite3.Connection, table: str) -> None:
    name = quoted(table)
    listed = connection.execute(f"PRAGMA main.table_info({name})").fetchall()
    columns = ", ".join(quoted(text(row[1])) for row in listed)
    query = f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM whole.{name}"  # noqa: S608 - quoted
    try:
        connection.execute(f"{query} ORDER BY rowid DESC LIMIT {ROWS}")
    except sqlite3.OperationalError:
        connection.execute(f"{query} LIMIT {ROWS}")


def _orphans(connection: sqlite3.Connection) -> None:
    for _ in range(_ROUNDS):
        found = connection.execute("PRAGMA main.foreign_key_check").fetchall()
        wrong = {(text(table), row_id) for table, row_id, _, _ in found}
        if not wrong:
            return
        for table, row_id in wrong:
            if row_id is None:
                connection.execute(f"DELETE FROM main.{quoted(table)}")  # noqa: S608 - quoted
            else:
                connection.execute(
                    f"DELETE FROM main.{quoted(table)} WHERE rowid = ?",  # noqa: S608 - quoted
                    (row_id,),
                )
