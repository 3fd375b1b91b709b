"""A database of a size that is asked for, and a described backup of it.

The same size gives the same content but for the times in it.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.lint.folder import Folder

MB = 1_000_000
LIVE, BACKUPS = "live.db", "backups"
TABLE, COLUMN = "scripts", "written_at"
BODY, EACH = 1_900, 2_048
"""Characters of a row's text, and bytes that the row takes of the file."""

SCHEMA = f"""
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE {TABLE} (
    id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owners(id),
    title TEXT NOT NULL, body TEXT NOT NULL, {COLUMN} TEXT NOT NULL
);
CREATE INDEX by_title ON {TABLE}(title);
"""
OWNERS = 100


ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from bench.recovery.folder import build; build(sys.argv[1], int(sys.argv[2]))"


def written(path: Path, megabytes: int) -> Folder:
    """Write a live database of about *megabytes* MB and one backup of it to *path*.

    In a process of its own: one that is started from a big process is accounted its size.
    """
    subprocess.run([sys.executable, "-c", BUILD, str(path), str(megabytes)], cwd=ROOT, check=True)
    return Folder(path, megabytes, 1, (path / LIVE).stat().st_size)


def build(folder: str, megabytes: int) -> None:
    """Do so here."""
    from golive_gates.recovery.creating.sqlite import Wanted, create
    from golive_gates.recovery.settings import Canary
    from golive_gates.recovery.stopping import Stop

    path = Path(folder)
    path.mkdir(parents=True)
    live = path / LIVE
    now = datetime.now(UTC)
    with closing(sqlite3.connect(live)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        db.executescript(SCHEMA)
        with db:
            owners = ((n, f"owner {n}") for n in range(OWNERS))
            db.executemany("INSERT INTO owners VALUES (?, ?)", owners)
            rows = _rows(max(1, megabytes * MB // EACH), now)
            db.executemany("INSERT INTO scripts VALUES (?, ?, ?, ?, ?)", rows)
    create(Wanted(live, path / BACKUPS, Canary(TABLE, COLUMN)), now, Stop())


def _rows(count: int, now: datetime) -> Iterator[tuple[int, int, str, str, str]]:
    draw = random.Random(7)  # noqa: S311 - the same content each time
    for number in range(count):
        body = draw.randbytes(BODY // 2).hex()
        at = now - timedelta(seconds=count - number)
        yield number, number % OWNERS, f"script {body[:16]}", body, at.isoformat()
