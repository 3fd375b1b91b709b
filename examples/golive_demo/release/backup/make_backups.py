"""Make the backup history that the generator would have by now.

Backups are binary and age, so none is committed: the demonstration makes them when it starts, with
the very scripts that the CronJobs run. Equal arguments give equal records (Chroma draws its own
segment ids, so the files of a snapshot differ from run to run).

    python -m golive_demo.release.backup.make_backups DIRECTORY
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from golive_demo.embedding import COLLECTION, embed, script_id
from golive_demo.project_store import ProjectStore
from golive_demo.release.backup.backup_chroma import close, opened, snapshot
from golive_demo.release.backup.backup_sqlite import backup
from golive_demo.script_index_process import HNSW

SQLITE_EVERY = timedelta(hours=6)
CHROMA_BEFORE_SQLITE = timedelta(minutes=30)
_PROJECTS_BEFORE = 40
_PROJECTS_A_STEP = 2
_OWNER = "studio"  # a tenant of its own: nobody finds invented projects among theirs
_GENRES = ("추리극", "가족극", "청춘물", "사극", "스릴러", "로맨스")


@dataclass(frozen=True, slots=True)
class BackupSet:
    """Where the backups are; manifests oldest first."""

    sqlite: tuple[Path, ...]
    chroma: tuple[Path, ...]


def make_backups(
    directory: Path,
    now: datetime,
    *,
    days: int = 3,
    newest_age: timedelta = timedelta(minutes=40),
    sqlite_source: Path | None = None,
    live_database: Path | None = None,
    live_index: Path | None = None,
) -> BackupSet:
    """Fill `directory`/sqlite (every 6 hours) and `directory`/chroma (daily).

    `now` is aware; the newest SQLite backup is `newest_age` old and the newest Chroma snapshot 30
    minutes older. With `sqlite_source`, a live database, the newest backup is made of that
    database, which thereby gets the canary table; older ones hold invented projects. Those grow
    in `live_database` and `live_index`, which stay there for services to go on with, or in a
    temporary folder. Raises ValueError for a naive `now` or less than one day, and what the
    backup scripts raise.
    """
    if now.tzinfo is None or days < 1:
        raise ValueError("make_backups needs an aware time and at least one day")
    newest = now.astimezone(UTC).replace(microsecond=0) - newest_age
    steps = days * 4
    times = [newest - SQLITE_EVERY * (steps - 1 - step) for step in range(steps)]
    sqlite: list[Path] = []
    chroma: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="make-backups-") as scratch:
        live = live_database or Path(scratch) / "projects.db"
        store = live_index or Path(scratch) / "chroma"
        ProjectStore(live).close()
        for step, moment in enumerate(times):
            known = _add_projects(live, step, moment)
            if step % 4 == 3:  # once a day, and before the database
                _index(store, known)
                with opened(str(store)) as client:
                    taken = moment - CHROMA_BEFORE_SQLITE
                    chroma.append(snapshot(client, directory / "chroma", taken))
            final = step == steps - 1 and sqlite_source is not None
            source = sqlite_source if final and sqlite_source is not None else live
            sqlite.append(backup(source, directory / "sqlite", moment))
    return BackupSet(tuple(sqlite), tuple(chroma))


def _add_projects(database: Path, step: int, moment: datetime) -> list[tuple[str, str]]:
    """Add the projects of the six hours before `moment`; return every (id, description)."""
    first = 0 if step == 0 else _PROJECTS_BEFORE + (step - 1) * _PROJECTS_A_STEP
    last = _PROJECTS_BEFORE + step * _PROJECTS_A_STEP
    # All before the snapshot of this step: it may not know a project that the database lacks.
    start = moment - SQLITE_EVERY
    rows = []
    for number in range(first, last):
        genre = _GENRES[number % len(_GENRES)]
        share = (number - first + 1) / (last - first + 1)
        created = start + (SQLITE_EVERY - 2 * CHROMA_BEFORE_SQLITE) * share
        stamp = created.isoformat(timespec="milliseconds")
        text = _text(number, genre)
        rows.append((_OWNER, f"sample-{number:04d}", f"{genre} {number}", text, stamp))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany("INSERT INTO projects VALUES (?, ?, ?, ?, ?)", rows)
        found = connection.execute("SELECT project_id, description FROM projects ORDER BY 1")
        return [(str(key), str(text)) for key, text in found]


def _text(number: int, genre: str) -> str:
    return f"{genre} 대본 {number}편. 등장인물 {number % 5 + 2}명, {number % 12 + 1}월의 이야기."


def _index(folder: Path, projects: Sequence[tuple[str, str]]) -> None:
    import chromadb  # only here; the package takes a second
    from chromadb.config import Settings

    vectors: list[Sequence[float] | Sequence[int]] = [embed(text) for _, text in projects]
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    try:
        client.get_or_create_collection(
            COLLECTION,
            configuration=HNSW,  # type: ignore[arg-type]
            embedding_function=None,
        ).upsert(
            ids=[script_id(_OWNER, key, text) for key, text in projects],
            embeddings=vectors,
            documents=[text for _, text in projects],
            metadatas=[{"projectId": key, "owner": _OWNER} for key, _ in projects],
        )
    finally:
        close(client)


def main() -> int:
    """Fill a directory as of now."""
    parser = argparse.ArgumentParser(description="Make sample backups.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--newest-age", type=float, default=40.0, help="minutes (default: 40)")
    parser.add_argument("--live-database", type=Path, help="keep the database that is backed up")
    parser.add_argument("--live-index", type=Path, help="keep the vector store that is backed up")
    options = parser.parse_args()
    made = make_backups(
        options.directory,
        datetime.now(UTC),
        days=options.days,
        newest_age=timedelta(minutes=options.newest_age),
        live_database=options.live_database,
        live_index=options.live_index,
    )
    print(f"{len(made.sqlite)} SQLite backups, {len(made.chroma)} Chroma snapshots")
    return 0


if __name__ == "__main__":
    sys.exit(main())
