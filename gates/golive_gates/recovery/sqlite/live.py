"""The live database, read and never written: what a restored one is compared with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from golive.sanitize import clean
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.canaries import canary_figures
from golive_gates.recovery.sqlite.digests import digest, table_names
from golive_gates.recovery.sqlite.opening import LIVE_WAIT, is_lock, journal_of, number, opened
from golive_gates.recovery.sqlite.proving import definitions
from golive_gates.recovery.sqlite.records import Live
from golive_gates.recovery.stopping import Stop

T = TypeVar("T")

TRIES = 3
"""How often a database that nobody has open is read again because somebody did open it."""

_Stamp = tuple[int, int, bool]


def undisturbed(
    path: Path, stop: Stop, read: Callable[[sqlite3.Connection], T], *, wait: float
) -> T:
    """What *read* finds in the live database at *path*, beside which nothing is created.

    A database in WAL mode that nobody has open is read without locks, because opening it would
    leave files beside it, which may be of a user whom its service cannot write as; when it changes
    meanwhile it is read again. Of one moment only where *read* sees to that. Raises
    ``sqlite3.Error``, ``OSError``, ``Stopped`` and what *read* raises.
    """
    for _ in range(TRIES):
        stamp = _stamp(path)
        if stamp[2] or journal_of(path) != "wal":
            break
        failed: sqlite3.Error | None = None
        found: T | None = None
        try:
            with opened(path, "ro", stop, immutable=True) as connection:
                found = read(connection)
        except sqlite3.Error as error:
            # Of a file that changes under a reader without locks, anything may be said.
            failed = error
        if _stamp(path) == stamp:
            if failed is not None:
                raise failed
            return cast("T", found)
    with opened(path, "ro", stop, wait=wait) as connection:
        return read(connection)


def look_at_live(
    path: Path,
    shown: str,
    stop: Stop,
    *,
    canary: Canary | None,
    before: float | None,
    figures: bool,
    wait: float = LIVE_WAIT,
) -> Live:
    """The live database at *path*, which *shown* names.

    ``before``: its canary records up to then are counted. ``figures``: every row is read, which
    takes as long as reading the file does. What stands in the way is in the result; raises
    ``Stopped``. It is read as ``undisturbed`` says.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return Live(shown, "live-missing")
    except OSError as error:
        return Live(shown, "live-unreadable", error.strerror or "")
    try:
        return undisturbed(
            path,
            stop,
            lambda connection: _read(
                connection, path, shown, stop, canary, before, figures=figures
            ),
            wait=wait,
        )
    except sqlite3.Error as error:
        code = "live-locked" if is_lock(error) else "live-unreadable"
        return Live(shown, code, clean(str(error), 200))
    except OSError as error:
        return Live(shown, "live-unreadable", error.strerror or "")


def _read(
    connection: sqlite3.Connection,
    path: Path,
    shown: str,
    stop: Stop,
    canary: Canary | None,
    before: float | None,
    *,
    figures: bool,
) -> Live:
    wal = path.with_name(path.name + "-wal")
    # One transaction, so that all of it is of one moment.
    connection.execute("BEGIN")
    found = Live(
        shown,
        size=path.stat().st_size,
        pending=wal.stat().st_size if wal.exists() else 0,
        version=number(connection, "PRAGMA user_version"),
        definitions=definitions(connection),
        canary=None if canary is None else canary_figures(connection, canary, before=before),
    )
    if figures:
        names = table_names(connection)
        found = replace(found, tables={n: digest(connection, n, stop) for n in names})
    connection.execute("ROLLBACK")
    return found


def _stamp(path: Path) -> _Stamp:
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size, path.with_name(path.name + "-wal").exists()
