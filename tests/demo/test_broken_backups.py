"""What the variants do to the history of backups, on real files."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive_demo.broken_backups import damage
from golive_demo.project_store import ProjectStore
from golive_demo.release.backup import backup_sqlite

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
Made = tuple[Path, Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Four backups of a database, and the database."""
    live = tmp_path / "live.db"
    store = ProjectStore(live)
    for number in range(4):
        store.create("main", f"p-{number}", "가", f"{number}번째 대본")
        backup_sqlite.backup(live, tmp_path / "b" / "sqlite", NOW + timedelta(hours=number))
    store.close()
    return tmp_path / "b", live


def newest(backups: Path) -> tuple[dict[str, Any], Path]:
    manifest = max((backups / "sqlite").glob("*.manifest.json"))
    told = json.loads(manifest.read_text(encoding="utf-8"))
    return told, manifest.with_name(told["file"])


def projects(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM projects").fetchone()[0])


def test_nothing_is_done_by_default(made: Made) -> None:
    before = {p: p.read_bytes() for p in made[0].rglob("*") if p.is_file()}
    damage("", *made)
    assert {p: p.read_bytes() for p in made[0].rglob("*") if p.is_file()} == before


def test_copy_of_a_database_in_use_lacks_what_its_log_holds(made: Made) -> None:
    backups, live = made
    damage("without-wal", backups, live)
    told, file = newest(backups)
    assert (projects(file), told["tables"]["projects"]["rows"], projects(live)) == (4, 7, 7)
    assert told["sha256"] == backup_sqlite.file_digest(file)


def test_gap_leaves_both_ends(made: Made) -> None:
    damage("gap", *made)
    assert len(list((made[0] / "sqlite").iterdir())) == 4
    times = sorted(p.name for p in (made[0] / "sqlite").glob("*.db"))
    assert times == ["projects-20260304T050607Z.db", "projects-20260304T080607Z.db"]


def test_half_a_file_is_described_as_it_is(made: Made) -> None:
    whole = newest(made[0])[1].stat().st_size
    damage("truncated", *made)
    told, file = newest(made[0])
    assert told["size_bytes"] == file.stat().st_size == whole // 2


def test_torn_backup_is_as_long_as_before_and_no_database(made: Made) -> None:
    whole = newest(made[0])[1].read_bytes()
    damage("torn", *made)
    told, file = newest(made[0])
    assert told["size_bytes"] == file.stat().st_size == len(whole)
    assert told["sha256"] == backup_sqlite.file_digest(file)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]


def test_empty_backup_is_described_as_it_is(made: Made) -> None:
    damage("empty", *made)
    told, file = newest(made[0])
    assert told["size_bytes"] == file.stat().st_size == 0
    assert told["sha256"] == backup_sqlite.file_digest(file)


def test_flipped_byte_is_seen_by_no_check_of_sqlite(made: Made) -> None:
    damage("flipped", *made)
    told, file = newest(made[0])
    backup_sqlite.check(file, told["canary_id"])
    assert told["sha256"] != backup_sqlite.file_digest(file)


def test_backup_from_the_future_says_so_in_its_name_too(made: Made) -> None:
    damage("future", *made)
    told, file = newest(made[0])
    moment = datetime.fromisoformat(told["created_at"])
    assert moment > datetime.now(UTC)
    assert f"{moment:%Y%m%dT%H%M%SZ}" in file.name
    assert projects(file) == 4


def test_interruption_and_migration(made: Made) -> None:
    backups, live = made
    damage("schema", backups, live)
    with closing(sqlite3.connect(live)) as connection:
        assert "genre" in [row[1] for row in connection.execute("PRAGMA table_info(projects)")]
    damage("interrupted", backups, live)
    assert len(list((backups / "sqlite").glob("*.db"))) == 5
    assert len(list((backups / "sqlite").glob("*.json"))) == 4


@pytest.fixture
def snapshots(made: Made) -> tuple[Path, Path]:
    """Two snapshots of a script index, the older one first: a manifest and a folder each."""
    folder = made[0] / "chroma"
    for name in ("chroma-1Z", "chroma-2Z"):
        (folder / name / "segment").mkdir(parents=True)
        (folder / name / "segment" / "index_metadata.pickle").touch()
        (folder / name / "chroma.sqlite3").write_bytes(b"SQLite" * 4)
        told = {"snapshot": name, "files": {"chroma.sqlite3": {"size_bytes": 24}}}
        (folder / f"{name}.manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder / "chroma-1Z", folder / "chroma-2Z"


@pytest.mark.parametrize(("name", "left"), [("half-snapshot", 12), ("empty-snapshot", 0)])
def test_database_of_the_newest_snapshot_is_cut(
    made: Made, snapshots: tuple[Path, Path], name: str, left: int
) -> None:
    damage(name, *made)
    older, file = (folder / "chroma.sqlite3" for folder in snapshots)
    assert (older.stat().st_size, file.stat().st_size) == (24, left)
    manifest = file.parent.with_name("chroma-2Z.manifest.json")
    told = json.loads(manifest.read_text(encoding="utf-8"))["files"]["chroma.sqlite3"]
    assert told == {"size_bytes": left, "sha256": backup_sqlite.file_digest(file)}


def test_only_the_newest_snapshot_loses_its_index_metadata(
    made: Made, snapshots: tuple[Path, Path]
) -> None:
    damage("metadata", *made)
    left = [(folder / "segment" / "index_metadata.pickle").exists() for folder in snapshots]
    assert left == [True, False]


def test_only_the_newest_snapshot_loses_its_vectors(made: Made) -> None:
    for name in ("chroma-1Z", "chroma-2Z"):
        (made[0] / "chroma" / name / "segment").mkdir(parents=True)
    damage("vectors", *made)
    left = sorted(p.name for p in (made[0] / "chroma").rglob("*") if p.is_dir())
    assert left == ["chroma-1Z", "chroma-2Z", "segment"]
    assert (made[0] / "chroma" / "chroma-1Z" / "segment").is_dir()
