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
    """``asked``: values of rows, oldest first. ``made_up``: looks alike and is in no row."""

    asked: tuple[str, ...]
    made_up: str


def values_of(database: Path, where: RowValue, count: int, stop: Stop) -> Values:
    """Up to *count* values of *where*, evenly from the first row to the last, always the same.

    Raises ``NoValues`` and ``Stopped``.
    """
    try:
        # To write: only then is nothing left beside a database that keeps a write-ahead log.
        with opened(database, "rw", stop) as connection:
            _demand_column(connection, where)
            asked = tuple(dict.fromkeys(_values(connection, where, count)))
            if not asked:
                raise NoValues("no-values", f"{where.table}.{where.column}")
            return Values(asked, _made_up(connection, where, asked[-1]))
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
    table, column = quoted(where.table), quoted(where.column)
    usable = (
        f"FROM {table} WHERE typeof({column}) IN ('text', 'integer', 'real')"
        f" AND length({column}) BETWEEN 1 AND {LONGEST}"
    )
    total = number(connection, f"SELECT count(*) {usable}")
    order = "rowid"
    try:
        connection.execute(f"SELECT rowid FROM {table} LIMIT 0")  # noqa: S608 - quoted
    except sqlite3.OperationalError:
        order = column  # a table WITHOUT ROWID, or a view
    for place in _spread(total, count):
        query = f"SELECT {column} {usable} ORDER BY {order} LIMIT 1 OFFSET ?"
        (value,) = connection.execute(query, (place,)).fetchone()
        said = text(value)
        if "\N{REPLACEMENT CHARACTER}" not in said and said.isprintable():
            yield said


def _spread(total: int, count: int) -> tuple[int, ...]:
    """Places of *count* of *total* things: the last, the first, and evenly between."""
    if total <= count:
        return tuple(range(total))
    if count == 1:
        return (total - 1,)
    return tuple(place * (total - 1) // (count - 1) for place in range(count))


def _made_up(connection: sqlite3.Connection, where: RowValue, like: str) -> str:
    """A value of the same shape, so that it is refused for what it is and not for its form."""
    table, column = quoted(where.table), quoted(where.column)
    # Also as the column would take it: to one of numbers 007 is 7.
    query = (
        f"SELECT count(*) FROM {table}"  # noqa: S608 - quoted
        f" WHERE CAST({column} AS TEXT) = :value OR {column} = :value"
    )

    def known(value: str) -> bool:
        return bool(connection.execute(query, {"value": value}).fetchone()[0])

    # A UUID stays one: a service may refuse others before it looks into its data.
    hexadecimal = re.fullmatch(r"[0-9a-f-]+|[0-9A-F-]+", like) is not None
    alphabets = _HEXADECIMAL if hexadecimal else _SHIFTED
    for by in range(1, 10):
        found = "".join(_shifted(c, by, alphabets) for c in like)
        if found != like and not known(found):
            return found
    # Every shift of a short value is taken, or none of its characters can be shifted.
    found = f"{like}9"
    while known(found):
        found += "9"
    return found


def _shifted(character: str, by: int, alphabets: tuple[str, ...]) -> str:
    for alphabet in alphabets:
        if (at := alphabet.find(character)) >= 0:
            return alphabet[(at + by) % len(alphabet)]
    return character
