"""Damage a sound database on purpose, in the ways in which backups are lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.canaries import seconds_of
from golive_gates.recovery.sqlite.opening import number, opened, quoted, text
from golive_gates.recovery.sqlite.pages import payload_byte
from golive_gates.recovery.sqlite.restoring import PIECE, copy
from golive_gates.recovery.stopping import Stop

Damage = Literal["missing-wal", "torn", "truncated", "flipped-byte", "stale", "empty"]


class NotMade(Exception):
    """The database has nothing that could be damaged so; the message is a code."""


def damaged(damage: Damage, sound: Path, out: Path, stop: Stop) -> None:
    """Write to *out* a copy of *sound* with *damage*, ``stale`` aside.

    Raises ``NotMade``, ``OSError``, ``sqlite3.Error`` and ``Stopped``.
    """
    _MAKERS[damage](sound, out, stop)


def aged(sound: Path, out: Path, canary: Canary, newest: float, stop: Stop) -> None:
    """Write to *out* a copy of *sound* without its canary records from after *newest*.

    Raises as ``damaged`` does.
    """
    copy(sound, out, stop)
    with opened(out, "rw", stop) as connection:
        _unguarded(connection)
        connection.execute(
            f"DELETE FROM {quoted(canary.table)} "  # noqa: S608 - quoted
            f"WHERE {seconds_of(quoted(canary.column))} > ?",
            (newest,),
        )


def _empty(_: Path, out: Path, __: Stop) -> None:
    out.touch(exist_ok=False)


def _truncated(sound: Path, out: Path, stop: Stop) -> None:
    # Half of what the database counts as its own; a file may have more behind its last page.
    with opened(sound, "ro", stop, immutable=True) as connection:
        pages = number(connection, "PRAGMA page_count") * number(connection, "PRAGMA page_size")
    _head(sound, out, min(pages or sound.stat().st_size, sound.stat().st_size) // 2, stop)


def _head(source: Path, target: Path, size: int, stop: Stop) -> None:
    with source.open("rb") as reader, target.open("xb") as writer:
        while size > 0 and (piece := reader.read(min(PIECE, size))):
            stop.check()
            writer.write(piece)
            size -= len(piece)


def _flipped(sound: Path, out: Path, stop: Stop) -> None:
    at = next((a for root in _roots(sound, stop) if (a := payload_byte(sound, root))), None)
    if at is None:
        raise NotMade("control-nothing-to-flip")
    copy(sound, out, stop)
    with out.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)[0]
        stream.seek(at)
        stream.write(bytes([byte ^ 1]))


def _roots(path: Path, stop: Stop) -> list[int]:
    """First pages of the tables that hold rows."""
    with opened(path, "ro", stop, immutable=True) as connection:
        return [root for name, root in _tables(connection) if _has_rows(connection, name)]


def _tables(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    found = connection.execute(
        "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 1 "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return [(text(name), root) for name, root in found]


def _has_rows(connection: sqlite3.Connection, table: str) -> bool:
    found = connection.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1")  # noqa: S608 - quoted
    return found.fetchone() is not None


def _torn(sound: Path, out: Path, stop: Stop) -> None:
    """Its first half from after a VACUUM, its second from before: a copy made meanwhile."""
    after = out.with_name(out.name + ".after")
    try:
        copy(sound, after, stop)
        with opened(after, "rw", stop) as connection:
            _unguarded(connection)
            page = number(connection, "PRAGMA page_size")
            pages = number(connection, "PRAGMA page_count")
            for name, _ in _tables(connection):
                # Some of the rows: what is left lies on other pages than before.
                with suppress(sqlite3.DatabaseError):
                    connection.execute(
                        f"DELETE FROM {quoted(name)} WHERE abs(random()) % 2"  # noqa: S608 - quoted
                    )
            # So that the pages are others, whatever the rows were.
            connection.execute('CREATE TABLE "golive torn" AS SELECT randomblob(9) AS x')
            connection.execute("VACUUM")
        half = max(1, pages // 2) * page
        _head(after, out, half, stop)
        _tail(sound, out, half, stop)
    finally:
        after.unlink(missing_ok=True)


def _tail(source: Path, target: Path, begin: int, stop: Stop) -> None:
    with source.open("rb") as reader, target.open("r+b") as writer:
        reader.seek(begin)
        writer.seek(begin)
        while piece := reader.read(PIECE):
            stop.check()
            writer.write(piece)


def _missing_wal(sound: Path, out: Path, stop: Stop) -> None:
    """The main file of a database whose rows are still in its log."""
    whole = out.with_name(out.name + ".whole")
    try:
        with opened(sound, "ro", stop, immutable=True) as source:
            page = number(source, "PRAGMA page_size")
            whole.touch(exist_ok=False)
            with opened(whole, "rw", stop) as target:
                target.execute(f"PRAGMA page_size={page}")
                target.execute("PRAGMA journal_mode=WAL")
                target.execute("PRAGMA wal_autocheckpoint=0")
                source.backup(target, pages=1024, progress=lambda *_: stop.check())
                shutil.copyfile(whole, out)
    finally:
        for end in ("", "-wal", "-shm"):
            whole.with_name(whole.name + end).unlink(missing_ok=True)


def _unguarded(connection: sqlite3.Connection) -> None:
    """Let a copy that is thrown away be changed: no trigger forbids it, no disk is waited for."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=DELETE")
    named = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in named:
        connection.execute(f"DROP TRIGGER {quoted(text(name))}")


_MAKERS: Mapping[Damage, Callable[[Path, Path, Stop], None]] = {
    "empty": _empty,
    "truncated": _truncated,
    "flipped-byte": _flipped,
    "torn": _torn,
    "missing-wal": _missing_wal,
}

MADE: tuple[Damage, ...] = tuple(_MAKERS)
"""Damages that need no canary."""
