"""Snapshots of real Chroma stores by ``golive backup create``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from golive_gates.recovery.backups.finding import find_store
from golive_gates.recovery.backups.records import Kind
from golive_gates.recovery.creating import chroma as making
from golive_gates.recovery.creating.sqlite import BackupFailed
from golive_gates.recovery.stopping import Stop, Stopped
from tests.gates.recovery import stores
from tests.gates.recovery.test_commands_backup import call

VECTORS = 40


def fill(folder: Path, count: int = VECTORS, first: int = 0) -> None:
    """A store of *count* records, some of whose vectors are in files and some in the queue."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    try:
        collection = client.get_or_create_collection(
            "scripts",
            embedding_function=None,
            configuration={"hnsw": {"sync_threshold": 16, "batch_size": 8}},
        )
        numbers = range(first, first + count)
        collection.add(
            ids=[f"id-{n}" for n in numbers],
            embeddings=[[float(n % 7), float(n % 11), float(n + 1)] for n in numbers],
            documents=[f"문서 {n}" for n in numbers],
        )
    finally:
        client.close()  # type: ignore[attr-defined]


def test_a_pair_is_made_and_described(tmp_path: Path) -> None:
    fill(tmp_path / "store")
    stores.make_live(tmp_path / "live.db")
    before = {p: p.read_bytes() for p in (tmp_path / "store").rglob("*") if p.is_file()}
    options = ("--sqlite", tmp_path / "live.db", "--chroma", tmp_path / "store")
    code, out, _ = call("create", "--into", tmp_path / "backups", *options, "--output", "json")
    snapshot, database = json.loads(out)["backups"]
    assert (code, snapshot["records"], database["rows"]) == (0, VECTORS, 355)
    assert {p: p.read_bytes() for p in before} == before
    manifest = json.loads(Path(snapshot["manifest"]).read_text("utf-8"))
    assert [(c["name"], c["count"]) for c in manifest["collections"]] == [("scripts", VECTORS)]
    folder = Path(snapshot["file"])
    kept = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert kept == manifest["files"].keys()
    assert any("/" in name for name in kept), "no vector folder"
    assert not [p.name for p in (tmp_path / "backups").iterdir() if p.name.startswith(".")]


def test_paths_from_where_it_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "store", 5)
    monkeypatch.chdir(tmp_path)
    assert call("create", "--into", "backups", "--chroma", "store")[0] == 0


def test_old_snapshots_go_as_folders(tmp_path: Path) -> None:
    fill(tmp_path / "store", 5)
    for hour in range(3):
        at = datetime(2026, 3, 1, hour, tzinfo=UTC)
        making.snapshot(tmp_path / "store", tmp_path / "backups", at, Stop())
    options = ("--chroma", tmp_path / "store", "--keep", 2)
    assert call("create", "--into", tmp_path / "backups", *options)[0] == 0
    assert len(list((tmp_path / "backups").iterdir())) == 4


@pytest.mark.parametrize("lost", ["folder", "nothing"])
def test_a_store_that_lost_its_vectors_is_not_backed_up(tmp_path: Path, lost: str) -> None:
    fill(tmp_path / "store")
    if lost == "folder":
        for path in (tmp_path / "store").rglob("*/*"):
            path.unlink()
    options = ("--into", tmp_path / "backups", "--chroma", tmp_path / "store")
    code, _, err = call("create", *options)
    assert (code, "not whole" in err) == ((1, True) if lost == "folder" else (0, False))
    assert bool(list((tmp_path / "backups").iterdir())) == (lost == "nothing")


def test_what_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    code, _, err = call("create", "--into", tmp_path / "b", "--chroma", tmp_path / "store")
    assert (code, "no Chroma store" in err) == (1, True)


def test_vectors_that_change_during_every_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "store")
    online = making.copy_online
    (vector,) = (tmp_path / "store").rglob("header.bin")

    def meanwhile(source: Path, target: Path, stop: Stop) -> None:
        online(source, target, stop)
        vector.write_bytes(vector.read_bytes() + b"x")

    monkeypatch.setattr(making, "copy_online", meanwhile)
    with pytest.raises(BackupFailed, match="written to"):
        making.snapshot(tmp_path / "store", tmp_path / "b", datetime.now(UTC), Stop())
    assert list((tmp_path / "b").iterdir()) == []


def test_room_is_looked_for_what_waits_in_the_log_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "store")
    wanted: list[int] = []
    monkeypatch.setattr(making, "demand_room", lambda _, needed: wanted.append(needed))
    with closing(sqlite3.connect(tmp_path / "store" / "chroma.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE more AS SELECT randomblob(4000000) AS held")
        database.commit()
        making.snapshot(tmp_path / "store", tmp_path / "backups", datetime.now(UTC), Stop())
    assert wanted[0] >= 2 * 4_000_000


def test_nothing_is_left_of_a_snapshot_that_is_stopped(tmp_path: Path) -> None:
    fill(tmp_path / "store", 5)
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        making.snapshot(tmp_path / "store", tmp_path / "b", datetime.now(UTC), stop)
    assert list((tmp_path / "b").iterdir()) == []


def test_both_kinds_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    fill(tmp_path / "store", 5)
    stores.make_live(tmp_path / "live.db")
    options = ("--sqlite", tmp_path / "live.db", "--chroma", tmp_path / "store")
    assert call("create", "--into", tmp_path / "backups", *options)[0] == 0
    kinds: tuple[Kind, ...] = ("sqlite", "chroma")
    for kind in kinds:
        for pattern in ("backups", "backups/*"):
            found = find_store("x", kind, (pattern,), tmp_path)
            assert [b.manifest is not None for b in found.backups] == [True]
            assert (kind == "chroma") == (found.backups[0].shape == "folder")
            assert found.problems == ()
