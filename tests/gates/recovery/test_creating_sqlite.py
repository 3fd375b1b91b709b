"""What ``golive backup create`` leaves alone: the live database, and what it has just made."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive_gates.recovery.creating import keeping
from golive_gates.recovery.creating import sqlite as making
from golive_gates.recovery.sqlite import live
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def make(folder: Path, now: datetime = NOW) -> making.Made:
    return making.create(making.Wanted(folder / "live.db", folder / "backups"), now, Stop())


def inside(folder: Path) -> dict[str, tuple[int, int, int]]:
    seen = ((p.name, p.stat()) for p in folder.iterdir() if p.is_file())
    return {name: (s.st_size, s.st_mtime_ns, s.st_ino) for name, s in seen}


@pytest.mark.parametrize("wal", [True, False])
def test_nothing_is_created_beside_a_database_that_nobody_has_open(
    tmp_path: Path, wal: bool
) -> None:
    with closing(sqlite3.connect(stores.make_live(tmp_path / "live.db", wal=wal))) as db:
        # The last one to close takes the log away.
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    before = inside(tmp_path)
    assert set(before) == {"live.db"}
    assert make(tmp_path).rows > 0
    assert inside(tmp_path) == before


def test_a_service_that_starts_during_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stores.make_live(tmp_path / "live.db")
    rows = make(tmp_path).rows
    opened = live.opened
    services: list[sqlite3.Connection] = []

    def starting(*args: object, **options: object) -> object:
        if options.get("immutable") and args[0] == path and not services:
            services.append(sqlite3.connect(path))
            with services[0]:
                services[0].execute("INSERT INTO words VALUES ('new', 1)")
        return opened(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(live, "opened", starting)
    try:
        made = make(tmp_path, NOW + timedelta(hours=6))
    finally:
        for service in services:
            service.close()
    assert (len(services), made.rows) == (1, rows + 1)


def test_what_was_just_made_stays_whatever_the_clock_of_others(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    ahead = make(tmp_path, NOW + timedelta(days=400))
    older, made = make(tmp_path, NOW - timedelta(days=1)), make(tmp_path)
    removed = keeping.prune(tmp_path / "backups", "live", 1, made.manifest)
    assert removed == [older.file]
    assert (made.file.exists(), made.manifest.exists(), ahead.file.exists()) == (True, True, True)


def test_a_snapshot_of_the_same_name_is_not_a_database_to_remove(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    made = make(tmp_path)
    other = tmp_path / "backups" / "live-20260101T000000Z.manifest.json"
    other.write_text('{"kind": "chroma", "file": "live-20260101T000000Z"}')
    assert keeping.prune(tmp_path / "backups", "live", 1, made.manifest) == []
    assert other.exists()


def test_what_a_killed_run_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    into = tmp_path / "backups"
    into.mkdir()
    names = (".live-20260101T000000Z.db.partial", ".live-20260504T000000Z.db.partial")
    old, young, foreign = (into / n for n in (*names, ".notes.partial"))
    for path in (old, young, foreign):
        path.write_bytes(b"x")
    ago = time.time() - keeping.ABANDONED - 60
    for path in (old, foreign):
        os.utime(path, (ago, ago))
    make(tmp_path)
    assert (old.exists(), young.exists(), foreign.exists()) == (False, True, True)


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    (tmp_path / "backups").touch()
    with pytest.raises(making.BackupFailed, match="no folder"):
        make(tmp_path)
