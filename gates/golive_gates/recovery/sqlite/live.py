"""The live database, read and never written: what a restored one is compared with."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.canaries import canary_figures
from golive_gates.recovery.sqlite.digests import digest, table_names
from golive_gates.recovery.sqlite.opening import LIVE_WAIT, is_lock, journal_of, number, opened
from golive_gates.recovery.sqlite.proving import definitions
from golive_gates.recovery.sqlite.records import Live
from golive_gates.recovery.stopping import Stop

_Stamp = tuple[int, int, bool]


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
    ``Stopped``.

    A database in WAL mode that nobody has open is read without locks, because opening it would
    create files beside it; when it changes meanwhile it is read again as the others are.
    """
    try:
        stamp = _stamp(path)
    except FileNotFoundError:
        return Live(shown, "live-missing")
    except OSError as error:
        return Live(shown, "live-unreadable", error.strerror or "")
    try:
        quiet = journal_of(path) == "wal" and not stamp[2]
        seen = _read(path, shown, stop, canary, before, figures=figures, quiet=quiet, wait=wait)
        if quiet and _stamp(path) != stamp:
            seen = _read(path, shown, stop, canary, before, figures=figures, quiet=False, wait=wait)
    except sqlite3.Error as error:
        code = "live-locked" if is_lock(error) else "live-unreadable"
        return Live(shown, code, clean(str(error), 200))
    except OSError as error:
        return Live(shown, "live-unreadable", error.strerror or "")
    return seen


def _read(
    path: Path,
    shown: str,
    stop: Stop,
    canary: Canary | None,
    before: float | None,
    *,
    figures: bool,
    quiet: bool,
    wait: float,
) -> Live:
    wal = path.with_name(path.name + "-wal")
    with opened(path, "ro", stop, immutable=quiet, wait=wait) as connection:
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
