"""Sequence numbers, which versions of Chroma before 1.0 wrote as bytes.

They are big-endian: in 8 bytes, or in 24 of which the last 8 count. A store that a newer version
took over holds both kinds.
"""

from __future__ import annotations

import sqlite3

_KNOWN = "golive_sequence_number"
_MOST = (1 << 63) - 1
_LENGTHS = frozenset({8, 24})


def number_of(value: object) -> int | None:
    """The number that a column holds; ``None`` where it is none."""
    if isinstance(value, int):
        return value
    # Text arrives as a ``bytearray``.
    if not isinstance(value, bytes) or len(value) not in _LENGTHS:
        return None
    number = int.from_bytes(value, "big")
    return number if number <= _MOST else None


def teach(connection: sqlite3.Connection) -> None:
    """Let queries of *connection* use ``number_in``. Raises ``sqlite3.Error``."""
    connection.create_function(_KNOWN, 1, number_of, deterministic=True)


def number_in(column: str) -> str:
    """The number in *column*, as an expression; ``NULL`` where it is none."""
    # Python is asked for those alone that SQLite cannot compare.
    return f"CASE typeof({column}) WHEN 'integer' THEN {column} ELSE {_KNOWN}({column}) END"
