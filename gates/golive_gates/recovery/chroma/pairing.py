"""The snapshot beside the SQLite backup of the same window: ids of one looked up in the other."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Backup
from golive_gates.recovery.chroma.records import DATABASE, Pairing
from golive_gates.recovery.drills.timing import Stopwatch
from golive_gates.recovery.scratch import NoSpace, demand_room
from golive_gates.recovery.settings import ChromaStore, SqliteStore
from golive_gates.recovery.sqlite.opening import number, opened, quoted, text, uri
from golive_gates.recovery.sqlite.restoring import CannotRestore, Place, restore

ALLOWED = 1.5
"""Windows of the SQLite store by which the two may be apart; more is another window."""


def paired(
    chroma: ChromaStore, sqlite: SqliteStore, at: float, restored: Path, base: Path, place: Place
) -> Pairing:
    """Compare the folder *restored*, a snapshot of *at*, with the backup next to it.

    The SQLite backup is the first after the snapshot, whose records it then has to hold, or else
    the last before. Raises ``Stopped``.
    """
    found = find_store(sqlite.name, "sqlite", sqlite.backups, base, sqlite.live)
    chosen = _beside(found.complete, at)
    if chosen is None:
        return Pairing(sqlite.name, problem="pair-no-backup")
    made = Pairing(sqlite.name, chosen.path, chosen.at, abs(chosen.at - at), later=chosen.at >= at)
    if made.apart > ALLOWED * sqlite.every:
        return replace(made, problem="pair-apart")
    if chroma.ids is None:
        return replace(made, problem="pair-undeclared")
    beside = place.folder / "paired"
    try:
        demand_room(place.folder, 2 * chosen.size)
        beside.mkdir(mode=0o700)
        own = Place(beside, Stopwatch(lambda: 0.0), place.limits, place.stop)
        database = restore(chosen, base / chosen.path, Path(sqlite.live).name, own).path
        return _compared(made, chroma, restored, database, place)
    except (CannotRestore, NoSpace) as error:
        code = error.code if isinstance(error, CannotRestore) else "no-space"
        return replace(made, problem="pair-unrestored", detail=code)
    except OSError as error:
        said = clean(error.strerror or type(error).__name__, 120)
        return replace(made, problem="pair-unrestored", detail=said)
    except sqlite3.Error as error:
        return replace(made, problem="pair-unread", detail=clean(str(error), 200))


def _beside(backups: tuple[Backup, ...], at: float) -> Backup | None:
    """The first one after, or else the last one before."""
    after = [b for b in backups if b.at >= at]
    before = [b for b in backups if b.at < at]
    return after[0] if after else before[-1] if before else None


def _compared(
    made: Pairing, chroma: ChromaStore, restored: Path, database: Path, place: Place
) -> Pairing:
    ids = chroma.ids
    if ids is None:
        return made
    with opened(restored / DATABASE, "ro", place.stop) as connection:
        # Only tables of its own are written, which live elsewhere.
        connection.execute("PRAGMA query_only=OFF")
        connection.execute("PRAGMA temp_store=FILE")
        connection.execute("ATTACH DATABASE ? AS paired", (uri(database, "ro"),))
        connection.execute("CREATE TEMP TABLE own (id TEXT PRIMARY KEY) WITHOUT ROWID")
        if ids.metadata:
            value = "coalesce(string_value, int_value)"
            connection.execute(
                f"INSERT INTO own SELECT DISTINCT CAST({value} AS TEXT) "  # noqa: S608 - constants
                f"FROM embedding_metadata WHERE key = ? AND {value} IS NOT NULL",
                (ids.metadata,),
            )
        else:
            connection.execute("INSERT OR IGNORE INTO own SELECT embedding_id FROM embeddings")
        connection.execute("CREATE TEMP TABLE theirs (id TEXT PRIMARY KEY) WITHOUT ROWID")
        table, column = quoted(ids.table), quoted(ids.column)
        connection.execute(
            # With its table before it, a column that is not there is an error and no text.
            f"INSERT OR IGNORE INTO theirs SELECT CAST(t.{column} AS TEXT) FROM paired.{table} t "  # noqa: S608 - quoted
            f"WHERE t.{column} IS NOT NULL"
        )
        missing = "FROM {} WHERE id NOT IN (SELECT id FROM {})"
        orphan = connection.execute(
            f"SELECT id {missing.format('own', 'theirs')} LIMIT 1"
        ).fetchone()
        return replace(
            made,
            chroma=number(connection, "SELECT count(*) FROM own"),
            sqlite=number(connection, "SELECT count(*) FROM theirs"),
            orphans=number(connection, f"SELECT count(*) {missing.format('own', 'theirs')}"),
            unindexed=number(connection, f"SELECT count(*) {missing.format('theirs', 'own')}"),
            example="" if orphan is None else clean(text(orphan[0]), 80),
        )
