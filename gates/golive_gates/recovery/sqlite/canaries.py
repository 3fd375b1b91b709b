"""Records that carry their time: how many there are, and how new the newest is."""

from __future__ import annotations

import sqlite3

from golive_gates.recovery.backups.times import LATEST, MILLISECONDS
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.opening import quoted, text
from golive_gates.recovery.sqlite.records import CanaryFigures

_UNIX_EPOCH = 2_440_587.5
"""1970-01-01 as a Julian day."""


def canary_figures(
    connection: sqlite3.Connection,
    canary: Canary,
    *,
    before: float | None = None,
    named: int | None = None,
) -> CanaryFigures:
    """Figures of the records of *canary*, in one pass of SQLite.

    ``before``: those up to then are counted too. ``named``: row id of one that has to be there.
    Raises ``sqlite3.Error``.
    """
    columns = connection.execute("SELECT name FROM pragma_table_info(?)", (canary.table,))
    names = {text(name).lower() for (name,) in columns}
    if not names:
        return CanaryFigures("canary-table")
    if canary.column.lower() not in names:
        return CanaryFigures("canary-column")
    table, column = quoted(canary.table), quoted(canary.column)
    row = connection.execute(
        f"SELECT count(*), count(t), max(t), coalesce(sum(t <= :before), 0), count(v) "  # noqa: S608 - quoted
        f"FROM (SELECT {column} AS v, {seconds_of(column)} AS t FROM {table})",
        {"before": before if before is not None else 0.0},
    ).fetchone()
    there = None
    if named is not None:
        there = _holds(connection, table, named)
    return CanaryFigures("", row[0], row[1], row[2], row[3], before, there, row[4])


def seconds_of(column: str) -> str:
    """SQL for a column's time in seconds since 1970; NULL for what is no time.

    ``julianday`` also takes words such as ``now``, hence the look at the first characters.
    """
    return (
        f"CASE typeof({column}) WHEN 'text' THEN CASE WHEN {column} GLOB "
        f"'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' "
        f"THEN round((julianday({column}) - {_UNIX_EPOCH}) * 86400.0, 3) END "
        f"WHEN 'null' THEN NULL WHEN 'blob' THEN NULL "
        f"ELSE CASE WHEN {column} >= {MILLISECONDS!r} AND {column} <= {LATEST * 1000!r} "
        f"THEN {column} / 1000.0 "
        f"WHEN {column} > 0 AND {column} <= {LATEST!r} THEN {column} * 1.0 END END"
    )


def _holds(connection: sqlite3.Connection, table: str, row_id: int) -> bool | None:
    try:
        found = connection.execute(f"SELECT 1 FROM {table} WHERE rowid = ?", (row_id,))  # noqa: S608 - quoted
        return found.fetchone() is not None
    except sqlite3.OperationalError:
        # A table WITHOUT ROWID has none.
        return None
