"""The backup scripts on real SQLite files and the real chromadb."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from golive_demo.embedding import COLLECTION
from golive_demo.project_store import ProjectStore
from golive_demo.release.backup import backup_chroma, backup_sqlite, restore
from golive_demo.release.backup.make_backups import BackupSet, make_backups

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> BackupSet:
    return make_backups(tmp_path_factory.mktemp("backups"), NOW, days=2)


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_history_has_no_gap(made: BackupSet) -> None:
    assert (len(made.sqlite), len(made.chroma)) == (8, 2)
    times = [
        datetime.fromisoformat(json.loads(path.read_text("utf-8"))["created_at"])
        for path in made.sqlite
    ]
    assert times[-1] == NOW - timedelta(minutes=40)
    gaps = {later - earlier for earlier, later in pairwise(times)}
    assert gaps == {timedelta(hours=6)}


def test_every_database_backup_is_whole_and_holds_its_canary(made: BackupSet) -> None:
    before = 0
    for manifest in made.sqlite:
        facts = json.loads(manifest.read_text("utf-8"))
        database = manifest.parent / facts["file"]
        assert rows(database, "PRAGMA integrity_check") == [("ok",)]
        assert hashlib.sha256(database.read_bytes()).hexdigest() == facts["sha256"]
        query = "SELECT written_at FROM backup_canary ORDER BY id DESC LIMIT 1"
        assert rows(database, query) == [(facts["created_at"],)]
        count = facts["tables"]["projects"]["rows"]
        assert rows(database, "SELECT count(*) FROM projects") == [(count,)]
        assert count > before
        before = count


def test_equal_arguments_give_equal_records(made: BackupSet, tmp_path: Path) -> None:
    again = make_backups(tmp_path, NOW, days=1)
    newest = json.loads(again.sqlite[-1].read_text("utf-8"))
    once_more = make_backups(tmp_path / "again", NOW, days=1)
    assert json.loads(once_more.sqlite[-1].read_text("utf-8"))["tables"] == newest["tables"]


def test_newest_backup_can_be_made_of_a_live_database(tmp_path: Path) -> None:
    store = ProjectStore(tmp_path / "live.db")
    try:
        store.create("main", "live-1", "실시간", "실제 데이터")
        made = make_backups(tmp_path / "b", NOW, days=1, sqlite_source=tmp_path / "live.db")
    finally:
        store.close()
    facts = json.loads(made.sqlite[-1].read_text("utf-8"))
    database = made.sqlite[-1].parent / facts["file"]
    assert rows(database, "SELECT project_id FROM projects") == [("live-1",)]


def test_naive_time_and_no_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="aware"):
        make_backups(tmp_path, NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="one day"):
        make_backups(tmp_path, NOW, days=0)


def test_database_is_restored_over_a_former_one(made: BackupSet, tmp_path: Path) -> None:
    target = tmp_path / "data" / "projects.db"
    target.parent.mkdir()
    store = ProjectStore(target)
    store.create("main", "former", "이전", "이전 데이터")
    former = restore.restore_sqlite(made.sqlite[-1], target)
    store.close()
    assert former is not None
    assert (former / "projects.db").is_file()
    assert {p.name for p in former.iterdir()} >= {"projects.db", "projects.db-wal"}
    assert rows(target, "SELECT count(*) FROM projects WHERE project_id = 'former'") == [(0,)]
    reopened = ProjectStore(target)
    assert len(reopened.newest("studio", 100)) == 54
    reopened.close()


def test_copy_without_its_log_is_no_backup(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    store = ProjectStore(live)
    store.create("main", "a", "가", "나")
    canary = backup_sqlite.write_canary(live, NOW)
    shutil.copyfile(live, tmp_path / "copy.db")
    with pytest.raises((backup_sqlite.BackupError, sqlite3.Error), match="backup_canary"):
        backup_sqlite.check(tmp_path / "copy.db", canary)
    manifest = backup_sqlite.backup(live, tmp_path / "b", NOW)
    store.close()
    assert json.loads(manifest.read_text("utf-8"))["tables"]["projects"]["rows"] == 1


def damaged(made: BackupSet, folder: Path) -> tuple[Path, Path]:
    """A copy of the newest database backup: its manifest and its file."""
    folder.mkdir(exist_ok=True)
    manifest = Path(shutil.copy(made.sqlite[-1], folder))
    file = json.loads(manifest.read_text("utf-8"))["file"]
    return manifest, Path(shutil.copy(made.sqlite[-1].parent / file, folder))


def test_flipped_byte_is_not_restored(made: BackupSet, tmp_path: Path) -> None:
    manifest, database = damaged(made, tmp_path / "b")
    content = bytearray(database.read_bytes())
    content[-100] ^= 1
    database.write_bytes(content)
    with pytest.raises(restore.RestoreError, match="not the one"):
        restore.restore_sqlite(manifest, tmp_path / "out.db")
    assert not (tmp_path / "out.db").exists()


def test_changed_row_is_not_restored_even_with_a_matching_file(
    made: BackupSet, tmp_path: Path
) -> None:
    manifest, database = damaged(made, tmp_path / "b")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE projects SET name = 'x' WHERE project_id = 'sample-0001'")
    facts = json.loads(manifest.read_text("utf-8"))
    facts["sha256"] = backup_sqlite.file_digest(database)
    manifest.write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(restore.RestoreError, match="tables differ"):
        restore.restore_sqlite(manifest, tmp_path / "out.db")


def test_interrupted_backup_is_ignored(made: BackupSet, tmp_path: Path) -> None:
    manifest, _ = damaged(made, tmp_path)
    (tmp_path / "projects-29990101T000000Z.db").write_bytes(b"")
    assert restore.newest_manifest(tmp_path) == manifest


def test_old_backups_are_pruned_with_their_manifests(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    ProjectStore(live).close()
    for hour in range(4):
        backup_sqlite.backup(live, tmp_path / "b", NOW + timedelta(hours=hour))
    assert len(backup_sqlite.prune(tmp_path / "b", 2)) == 2
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == [
        "projects-20260304T070607Z.db",
        "projects-20260304T070607Z.manifest.json",
        "projects-20260304T080607Z.db",
        "projects-20260304T080607Z.manifest.json",
    ]


def test_failed_backup_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    script = Path(backup_sqlite.__file__)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "missing.db"), str(tmp_path / "b")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "backup failed" in done.stderr
    assert not (tmp_path / "b").exists()


def test_scripts_run_alone_as_the_cron_jobs_run_them(made: BackupSet, tmp_path: Path) -> None:
    target = tmp_path / "restored.db"
    script = Path(restore.__file__)
    done = subprocess.run(
        [sys.executable, str(script), "sqlite", str(made.sqlite[0].parent), str(target)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rows(target, "PRAGMA integrity_check") == [("ok",)]


def test_snapshot_is_described_restored_and_searched(made: BackupSet, tmp_path: Path) -> None:
    facts = json.loads(made.chroma[-1].read_text("utf-8"))
    (collection,) = facts["collections"]
    assert (collection["name"], collection["dimension"]) == (COLLECTION, 64)
    assert any(name.endswith("data_level0.bin") for name in facts["files"])
    target = tmp_path / "chroma"
    assert restore.restore_chroma(made.chroma[-1], target) is None
    backup_chroma.verify(target, {COLLECTION: collection["count"]})


def test_snapshot_knows_no_project_that_the_next_database_backup_lacks(
    made: BackupSet, tmp_path: Path
) -> None:
    for manifest, database in ((made.chroma[0], made.sqlite[3]), (made.chroma[1], made.sqlite[7])):
        name = json.loads(manifest.read_text("utf-8"))["snapshot"]
        copy = tmp_path / name
        shutil.copytree(manifest.parent / name, copy)
        with backup_chroma.opened(str(copy)) as client:
            found = client.get_collection(COLLECTION, embedding_function=None).get()
        scripts = {str(m["projectId"]) for m in found["metadatas"] or []}
        file = json.loads(database.read_text("utf-8"))["file"]
        projects = {
            key for (key,) in rows(database.parent / file, "SELECT project_id FROM projects")
        }
        assert scripts
        assert scripts <= projects


def test_snapshot_that_lost_its_vectors_is_not_restored(made: BackupSet, tmp_path: Path) -> None:
    name = json.loads(made.chroma[-1].read_text("utf-8"))["snapshot"]
    manifest = Path(shutil.copy(made.chroma[-1], tmp_path))
    shutil.copytree(made.chroma[-1].parent / name, tmp_path / name)
    (segment,) = (p for p in (tmp_path / name).iterdir() if p.is_dir())
    shutil.rmtree(segment)
    with pytest.raises(restore.RestoreError, match="files are not those"):
        restore.restore_chroma(manifest, tmp_path / "out")
    # The store itself does not notice until it is searched.
    with backup_chroma.opened(str(tmp_path / name)) as client:
        collection = client.get_collection(COLLECTION, embedding_function=None)
        count = collection.count()
        assert count > 0
    with pytest.raises(backup_chroma.SnapshotError, match=r"own embedding|finding id"):
        backup_chroma.verify(tmp_path / name, {COLLECTION: count})


def test_folder_without_a_store_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(backup_chroma.SnapshotError, match="no Chroma store"):
        backup_chroma.connect(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
