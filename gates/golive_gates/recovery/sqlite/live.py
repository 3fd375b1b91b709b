"""The live database, read and never written: what a restored one is compared with."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast

from golive.sanitize import clean
from golive_gates.recovery.scratch import NoSpace, demand_room
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.canaries import canary_figures
from golive_gates.recovery.sqlite.digests import digest, table_names
from golive_gates.recovery.sqlite.opening import (
    LIVE_WAIT,
    is_cut_off,
    is_lock,
    journal_of,
    number,
    opened,
)
from golive_gates.recovery.sqlite.proving import definitions
from golive_gates.recovery.sqlite.records import Live
from golive_gates.recovery.stopping import Stop

T = TypeVar("T")

TRIES = 3
"""How often a database that nobody has open is read again because somebody did open it."""

_Stamp = tuple[tuple[int, int] | None, ...]


def undisturbed(
    path: Path,
    stop: Stop,
    read: Callable[[sqlite3.Connection], T],
    *,
    wait: float,
    beside: Path | None = None,
) -> T:
    """What *read* finds in the live database at *path*, beside which nothing is created.

    A database in WAL mode that nobody has open is read without locks, because opening it would
    leave files beside it, which may be of a user whom its service cannot write as; when it changes
    meanwhile it is read again. One whose log was left behind is copied to *beside* with it for
    that, as SQLite cannot read a log without making a -shm file; the copy is gone afterwards.
    Of one moment only where *read* sees to that. Raises ``sqlite3.Error``, ``OSError``,
    ``NoSpace``, ``Stopped`` and what *read* raises.
    """
    # SQLite keeps the log beside the file itself and not beside a link to it.
    path = Path(os.path.realpath(path))
    for _ in range(TRIES):
        stamp = _stamp(path)
        _, log, shared = stamp
        if shared is not None or journal_of(path) != "wal" or (log is not None and beside is None):
            break
        failed: sqlite3.Error | None = None
        found: T | None = None
        try:
            if log is not None and beside is not None:
                found = _read_copy(path, beside, stop, read)
            else:
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


def _read_copy(path: Path, beside: Path, stop: Stop, read: Callable[[sqlite3.Connection], T]) -> T:
    """What *read* finds in a copy of *path* and of its log."""
    names = {end: path.with_name(path.name + end) for end in ("", "-wal")}
    demand_room(beside.parent, sum(p.stat().st_size for p in names.values() if p.exists()))
    try:
        for end, source in names.items():
            stop.check()
            shutil.copyfile(source, beside.with_name(beside.name + end))
        with opened(beside, "ro", stop) as connection:
            return read(connection)
    except FileNotFoundError as error:
        # The log was taken over just now: as with any change, it is read again.
        raise sqlite3.OperationalError(str(error)) from None
    finally:
        for end in ("", "-wal", "-shm"):
            beside.with_name(beside.name + end).unlink(missing_ok=True)


def look_at_live(
    path: Path,
    shown: str,
    stop: Stop,
    *,
    canary: Canary | None,
    before: float | None,
    figures: bool,
    wait: float = LIVE_WAIT,
    beside: Path | None = None,
) -> Live:
    """The live database at *path*, which *shown* names.

    ``beside``: where a copy may be put, as of ``undisturbed``; ``before``: its canary records up to
    then are counted. ``figures``: every row is read, which
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
            beside=beside,
        )
    except sqlite3.Error as error:
        code = "live-locked" if is_lock(error) else "live-unreadable"
        if is_cut_off(error):
            code = "live-cut-off"
        return Live(shown, code, clean(str(error), 200))
    except NoSpace as error:
        return Live(shown, "live-unreadable", clean(str(error), 200))
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
    real = Path(os.path.realpath(path))
    wal = real.with_name(real.name + "-wal")
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
    if not found.definitions:
        # As SQLite leaves behind wherever a path was mistyped.
        found = replace(found, problem="live-empty")
    if figures:
        names = table_names(connection)
        found = replace(found, tables={n: digest(connection, n, stop) for n in names})
    connection.execute("ROLLBACK")
    return found


def _stamp(path: Path) -> _Stamp:
    """Time and size of the database, its log and its shared memory; ``None`` where not there."""
    if not stat.S_ISREG(path.stat().st_mode):
        # A pipe would be waited for without end.
        raise OSError(errno.EINVAL, "no plain file", str(path))
    found: list[tuple[int, int] | None] = []
    for end in ("", "-wal", "-shm"):
        try:
            seen = path.with_name(path.name + end).stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((seen.st_mtime_ns, seen.st_size))
    return tuple(found)
