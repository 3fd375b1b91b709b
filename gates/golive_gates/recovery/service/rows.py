"""Values of restored rows to ask a service for, and one that is in none of them."""

from __future__ import annotations

import re
import sqlite3
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.service.settings import RowValue
from golive_gates.recovery.sqlite.opening import number, opened, quoted, text
from golive_gates.recovery.stopping import Stop

LONGEST = 200
"""Characters of a value that can be asked for; longer ones are no names of anything."""

_SHIFTED = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_HEXADECIMAL = (string.digits, "abcdef", "ABCDEF")


class NoValues(Exception):
    """There is nothing to ask for. ``code``: of a sentence of the check."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Values:
    """``asked``: values of rows, oldest first. ``made_up``: looks alike and is in no row.

    ``removed``: was in a row that is taken out of the copy; "" where none could be.
    """

    asked: tuple[str, ...]
    made_up: str
    removed: str = ""


def values_of(database: Path, where: RowValue, count: int, stop: Stop) -> Values:
    """Up to *count* values of *where*, evenly from the first row to the last, always the same.

    One more row is taken out of *database*, which is a copy: whoever still knows it reads other
    data. Raises ``NoValues`` and ``Stopped``.
    """
    try:
        # To write: only then is nothing left beside a database that keeps a write-ahead log.
        with opened(database, "rw", stop) as connection:
            _demand_column(connection, where)
            asked = tuple(dict.fromkeys(_values(connection, where, count)))
            if not asked:
                raise NoValues("no-values", f"{where.table}.{where.column}")
            made_up = _made_up(connection, where, asked[-1])
            spare = _spare(connection, where, asked)
            kept = tuple(value for value in asked if value != spare)
            if spare and _removed(connection, where, spare, kept):
                return Values(kept, made_up, spare)
            return Values(asked, made_up)
    except sqlite3.Error as error:
        raise NoValues("values-unreadable", clean(str(error), 200)) from None


def _demand_column(connection: sqlite3.Connection, where: RowValue) -> None:
    # SQLite would take the quoted name of a column that there is not for a text.
    rows = connection.execute("SELECT name FROM pragma_table_xinfo(?)", (where.table,))
    names = {text(name).lower() for (name,) in rows}
    if not names:
        raise NoValues("values-table", where.table)
    if where.column.lower() not in names:
        raise NoValues("values-column", f"{where.table}.{where.column}")


def _values(connection: sqlite3.Connection, where: RowValue, count: int) -> Iterator[str]:
    column, usable, order = quoted(where.column), _usable(where), _order(connection, where)
    total = number(connection, f"SELECT count(*) {usable}")
    for place in _spread(total, count):
        query = f"SELECT {column} {usable} ORDER BY {order} LIMIT 1 OFFSET ?"
        (value,) = connection.execute(query, (place,)).fetchone()
        if _sayable(text(value)):
            yield text(value)


def _usable(where: RowValue) -> str:
    """The end of a query over rows whose value can be asked for."""
    table, column = quoted(where.table), quoted(where.column)
    return (
        f"FROM {table} WHERE typeof({column}) IN ('text', 'integer', 'real')"
        f" AND length({column}) BETWEEN 1 AND {LONGEST}"
    )


def _order(connection: sqlite3.Connection, where: RowValue) -> str:
    try:
        connection.execute(f"SELECT rowid FROM {quoted(where.table)} LIMIT 0")  # noqa: S608 - quoted
    except sqlite3.OperationalError:
        return quoted(where.column)  # a table WITHOUT ROWID, or a view
    return "rowid"


def _sayable(value: str) -> bool:
    return "\N{REPLACEMENT CHARACTER}" not in value and value.isprintable()


def _spread(total: int, count: int) -> tuple[int, ...]:
    """Places of *count* of *total* things: the last, the first, and evenly between."""
    if total <= count:
        return tuple(range(total))
    if count == 1:
        return (total - 1,)
    return tuple(place * (total - 1) // (count - 1) for place in range(count))


def _with_value(where: RowValue) -> str:
    """The end of a statement about the rows with ``:value``."""
    table, column = quoted(where.table), quoted(where.column)
    # Also as the column would take it: to one of numbers 007 is 7.
    return f"FROM {table} WHERE CAST({column} AS TEXT) = :value OR {column} = :value"


def _known(connection: sqlite3.Connection, where: RowValue, value: str) -> bool:
    query = f"SELECT count(*) {_with_value(where)}"
    return bool(connection.execute(query, {"value": value}).fetchone()[0])


def _spare(connection: sqlite3.Connection, where: RowValue, asked: tuple[str, ...]) -> str:
    """The last value that is not asked for; where all are, one of them; "" for a single one."""
    column, marks = quoted(where.column), ", ".join("?" * len(asked))
    query = (
        f"SELECT {column} {_usable(where)} AND CAST({column} AS TEXT) NOT IN ({marks})"
        f" ORDER BY {_order(connection, where)} DESC LIMIT 1"
    )
    row = connection.execute(query, asked).fetchone()
    if row is not None and _sayable(text(row[0])):
        return text(row[0])
    return asked[len(asked) // 2] if len(asked) > 1 else ""


def _removed(
    connection: sqlite3.Connection, where: RowValue, value: str, kept: tuple[str, ...]
) -> bool:
    """Whether the rows with *value* could be taken out, and those of *kept* are all there."""
    try:
        connection.execute("PRAGMA foreign_keys=ON")  # nothing may be left that refers to them
        connection.execute("BEGIN IMMEDIATE")
        gone = connection.execute(f"DELETE {_with_value(where)}", {"value": value}).rowcount > 0
        gone = gone and not _known(connection, where, value)
        gone = gone and all(_known(connection, where, other) for other in kept)
        connection.execute("COMMIT" if gone else "ROLLBACK")
    except sqlite3.Error:
        # A view, rows that others refer to, a trigger that objects: the service is asked without.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        return False
    return gone


def _made_up(connection: sqlite3.Connection, where: RowValue, like: str) -> str:
    """A value of the same shape, so that it is refused for what it is and not for its form."""
    # A UUID stays one: a service may refuse others before it looks into its data.
    hexadecimal = re.fullmatch(r"[0-9a-f-]+|[0-9A-F-]+", like) is not None
    alphabets = _HEXADECIMAL if hexadecimal else _SHIFTED
    for by in range(1, 10):
        found = "".join(_shifted(c, by, alphabets) for c in like)
        if found != like and not _known(connection, where, found):
            return found
    # Every shift of a short value is taken, or none of its characters can be shifted.
    found = f"{like}9"
    while _known(connection, where, found):
        found += "9"
    return found


def _shifted(character: str, by: int, alphabets: tuple[str, ...]) -> str:
    for alphabet in alphabets:
        if (at := alphabet.find(character)) >= 0:
            return alphabet[(at + by) % len(alphabet)]
    return character
