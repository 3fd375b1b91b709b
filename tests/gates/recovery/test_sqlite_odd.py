"""Databases and circumstances that are unlike the usual ones."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from golive_gates.recovery import scratch
from golive_gates.recovery.observers.sqlite import SqliteObserver
from golive_gates.recovery.sqlite import controls, live, reducing
from golive_gates.recovery.sqlite.proving import prove
from golive_gates.recovery.stopping import Stop, in_thread
from tests.gates.recovery import stores
from tests.gates.recovery.stores import NOW, SETTINGS, judged, statuses
from tests.gates.saying import codes


def test_a_locked_live_database_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.history(tmp_path)
    stores.change(tmp_path / "live.db", "PRAGMA journal_mode=DELETE")
    monkeypatch.setattr(live.look_at_live, "__kwdefaults__", {"wait": 0.05})
    with closing(sqlite3.connect(tmp_path / "live.db", isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        observation = stores.seen(tmp_path)
    assert statuses(observation) == {"sqlite-schema": "inconclusive"}
    assert codes(judged("sqlite-schema", observation)) == ["live-locked"]


def test_a_live_database_in_use_is_read_beside_its_writer(tmp_path: Path) -> None:
    stores.history(tmp_path)
    with stores.in_use(tmp_path / "live.db", "INSERT INTO words VALUES ('new', 1)"):
        assert statuses(stores.seen(tmp_path)) == {}


@pytest.mark.parametrize(
    ("declared", "code"), [("gone.db", "live-missing"), ("", "schema-uncompared")]
)
def test_without_a_live_database(tmp_path: Path, declared: str, code: str) -> None:
    stores.history(tmp_path)
    asked = stores.store(live=declared)
    result = judged("sqlite-schema", stores.seen(tmp_path, asked), asked)
    assert codes(result) == [code]
    assert result.status.value == ("inconclusive" if declared else "warn")


def test_a_migration_after_the_backup(tmp_path: Path) -> None:
    stores.history(tmp_path)
    stores.change(
        tmp_path / "live.db", "ALTER TABLE items ADD COLUMN size INTEGER", "PRAGMA user_version=3"
    )
    observation = stores.seen(tmp_path)
    held = dict.fromkeys(("sqlite-content", "rpo", "drill-sound"), "inconclusive")
    assert statuses(observation) == {"sqlite-schema": "fail", **held}
    assert codes(judged("sqlite-schema", observation)) == ["schema-differs", "schema-version"]


def test_no_manifest_and_a_live_database_that_went_on(tmp_path: Path) -> None:
    for made in stores.history(tmp_path):
        made.manifest.unlink()
    stores.change(tmp_path / "live.db", "INSERT INTO words VALUES ('new', 1)")
    observation = stores.seen(tmp_path)
    assert codes(judged("sqlite-content", observation)) == ["content-unstated"]
    assert judged("sqlite-content", observation).status.value == "inconclusive"
    sound = judged("drill-sound", observation)
    assert (sound.status.value, sound.blocked_by) == ("inconclusive", "recovery.sqlite-content")
    assert judged("rpo", observation).status.value == "pass"


def test_a_manifest_whose_table_digests_are_of_another_kind(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    stores.rewritten(made, digest=None)
    assert statuses(stores.seen(tmp_path)) == {}
    stores.rewritten(made, sha256=None)
    observation = stores.seen(tmp_path)
    assert codes(judged("sqlite-content", observation)) == ["content-rows-only"]
    assert codes(judged("drill-sound", observation)) == ["damage-missed"]


def test_a_record_that_the_manifest_names_and_that_is_gone(tmp_path: Path) -> None:
    made = stores.history(tmp_path)[-1]
    stores.rewritten(made, canary_id=999)
    observation = stores.seen(tmp_path)
    assert codes(judged("sqlite-content", observation)) == ["canary-gone"]


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("none", "x", "canary-table"),
        ("owners", "x", "canary-column"),
        ("owners", "name", "canary-form"),
    ],
)
def test_canaries_that_tell_nothing(tmp_path: Path, table: str, column: str, code: str) -> None:
    stores.history(tmp_path)
    asked = stores.store(canary=stores.Canary(table, column))
    result = judged("rpo", stores.seen(tmp_path, asked), asked)
    assert codes(result) == [code]
    assert result.status.value == "inconclusive"


def test_an_index_with_a_collation_that_nobody_knows(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db", wal=False)
    (tmp_path / "backups").mkdir()
    with closing(sqlite3.connect(tmp_path / "live.db")) as db, db:
        db.create_collation("korean", lambda a, b: (a > b) - (a < b))
        db.execute("CREATE INDEX owners_by_name ON owners (name COLLATE korean)")
    shutil.copy(tmp_path / "live.db", tmp_path / "backups" / "live-20260301T120000Z.db")
    result = judged("sqlite-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("inconclusive", ["needs-extension"])


def test_no_room_is_not_the_backups_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores.history(tmp_path)
    monkeypatch.setattr(scratch, "RESERVE", 1 << 60)
    observation = stores.seen(tmp_path)
    assert codes(judged("sqlite-restores", observation)) == ["no-space"]
    assert "fail" not in statuses(observation).values()


def test_a_scratch_folder_that_is_not_there(tmp_path: Path) -> None:
    stores.history(tmp_path)
    asked = replace(SETTINGS, scratch="nowhere")
    assert codes(judged("sqlite-restores", stores.seen(tmp_path, asked), asked)) == ["drill-io"]


def test_a_large_database_is_damaged_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.history(tmp_path)
    monkeypatch.setattr(controls, "WHOLE", 1)
    monkeypatch.setattr(reducing, "ROWS", 40)
    assert statuses(stores.seen(tmp_path)) == {}
    reducing.reduced(tmp_path / "live.db", tmp_path / "part.db", Stop())
    part = prove(tmp_path / "part.db", Stop())
    assert (part.tables["items"].rows, part.foreign_keys) == (40, ())


def test_a_cancelled_drill_is_gone_before_anybody_goes_on(tmp_path: Path) -> None:
    stores.history(tmp_path, rows=60_000, count=1)
    folder = tmp_path / "scratch"
    folder.mkdir()
    begun = threading.Event()

    class Telling:
        def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
            if done >= 4:
                begun.set()

    async def cancelled() -> None:
        ctx = replace(stores.context(tmp_path), progress=Telling())
        observer = SqliteObserver()
        task = asyncio.ensure_future(observer.observe(ctx, replace(SETTINGS, scratch="scratch")))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()
        assert list(folder.iterdir()) == []

    asyncio.run(cancelled())


def test_work_in_a_thread_gives_its_result_and_its_error() -> None:
    assert asyncio.run(in_thread(lambda stop: stop.asked)) is False

    def wrong(_: Stop) -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        asyncio.run(in_thread(wrong))


def test_a_drill_is_not_disturbed_by_older_backups(tmp_path: Path) -> None:
    made = stores.history(tmp_path)
    for old in made[:-1]:
        old.file.write_bytes(old.file.read_bytes()[:5000])
    assert "sqlite-restores" not in statuses(stores.seen(tmp_path))


def test_triggers_that_forbid_changes_and_utf16(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Append-only tables: the damages are done to copies all the same."""
    with closing(sqlite3.connect(tmp_path / "live.db")) as db:
        db.execute("PRAGMA encoding='UTF-16le'")
        db.executescript(stores.SCHEMA)
        db.executescript("""
            CREATE TABLE backup_canary (id INTEGER PRIMARY KEY, written_at TEXT UNIQUE);
            CREATE TRIGGER kept BEFORE DELETE ON backup_canary
            BEGIN SELECT RAISE(ABORT, 'append only'); END;
            CREATE TRIGGER same BEFORE UPDATE ON backup_canary
            BEGIN SELECT RAISE(ABORT, 'append only'); END;
            INSERT INTO owners VALUES (1, '주인'); INSERT INTO items VALUES (1, 1, 'a', 1, x'00');
        """)
    for hours in (18, 12, 6, 0):
        stores.back_up(tmp_path, NOW - timedelta(hours=hours, minutes=30))
    assert statuses(stores.seen(tmp_path)) == {}
    monkeypatch.setattr(controls, "WHOLE", 1)
    assert statuses(stores.seen(tmp_path)) == {}
