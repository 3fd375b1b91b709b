"""Digest of a table's rows: ``golive-rows-v1``.

SHA-256 over the rows in the order in which the table keeps them (row id, or primary key of a
table WITHOUT ROWID), which a backup and ``VACUUM INTO`` preserve. A row is the sequence of its
values and a line feed; a value is ``n`` (NULL), ``iDIGITS;``, ``rHEX;`` (the float as
``float.hex``), ``tLENGTH:BYTES`` (text, UTF-8) or ``bLENGTH:BYTES``. One pass, in memory of a
few rows.
"""

from __future__ import annotations

import hashlib
import sqlite3

from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.sqlite.opening import quoted, text
from golive_gates.recovery.stopping import Stop

PIECE = 1 << 18
"""Bytes that wait to be hashed, beside the one row that is being read."""


def table_names(connection: sqlite3.Connection) -> list[str]:
    """Tables that hold rows of their own: no views, no virtual ones, none of SQLite's own."""
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [text(name) for (name,) in found]


def digest(connection: sqlite3.Connection, table: str, stop: Stop) -> TableFigures:
    """Rows and digest of *table*. Raises ``sqlite3.Error`` and ``Stopped``."""
    hashed = hashlib.sha256()
    waiting: list[bytes | bytearray] = []
    add = waiting.append
    count = size = 0
    # Without an order SQLite may answer from an index that covers all columns.
    query = f"SELECT * FROM {quoted(table)} NOT INDEXED ORDER BY {_order(connection, table)}"  # noqa: S608 - quoted
    for row in connection.execute(query):
        for value in row:
            if isinstance(value, bytearray):
                add(b"t%d:" % len(value))
                add(value)
                size += len(value)
            elif isinstance(value, int):
                add(b"i%d;" % value)
            elif value is None:
                add(b"n")
            elif isinstance(value, bytes):
                add(b"b%d:" % len(value))
                add(value)
                size += len(value)
            else:
                add(b"r%s;" % value.hex().encode())
        add(b"\n")
        count += 1
        size += 16
        if size > PIECE:
            stop.check()
            hashed.update(b"".join(waiting))
            waiting.clear()
            size = 0
    hashed.update(b"".join(waiting))
    return TableFigures(count, hashed.hexdigest())


def _order(connection: sqlite3.Connection, table: str) -> str:
    columns = connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    names = [text(row[1]) for row in columns]
    taken = {n.lower() for n in names}
    for name in ("rowid", "_rowid_", "oid"):
        if name in taken:
            continue
        try:
            connection.execute(f"SELECT {name} FROM {quoted(table)} LIMIT 0")  # noqa: S608 - quoted
        except sqlite3.OperationalError:
            break
        return name
    keyed = [name for _, name in sorted((row[5], text(row[1])) for row in columns if row[5])]
    return ", ".join(quoted(name) for name in keyed or names)
