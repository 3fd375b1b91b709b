"""Drills over real stores of other versions of chromadb, and backups of them."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from golive_gates.recovery.chroma import versions
from golive_gates.recovery.chroma.damages import OF_FILES
from golive_gates.recovery.chroma.live import Get, NotRead, look_at_server
from golive_gates.recovery.chroma.sequence import number_of
from golive_gates.recovery.creating import chroma as making
from golive_gates.recovery.creating.sqlite import BackupFailed
from golive_gates.recovery.settings import ChromaStore, Settings
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import chroma_stores as stores
from tests.gates.recovery.chroma_stores import judged, statuses
from tests.gates.recovery.chroma_versions import (
    DATA,
    SCHEMAS,
    VERSIONS,
    contents,
    laid_out,
    unpacked,
)
from tests.gates.saying import codes

PICKLED = ("0.4.10", "0.4.24")
LAYOUTS = ("0.4.24", "0.5.23", "1.0.15")
SOUND = {"chroma-consistency": "not-applicable"}
MADE = Settings(chroma=(ChromaStore("vectors", ("backups",), "live"),), scratch="scratch")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_store_passes_and_says_which_versions_were_at_work(
    tmp_path: Path, version: str
) -> None:
    import chromadb

    laid_out(version, tmp_path)
    before = contents(tmp_path)
    observation = stores.seen(tmp_path)
    assert contents(tmp_path) == before, "chromadb has the scratch copy alone"
    assert statuses(observation) == SOUND
    drill = stores.drill(observation)
    assert drill.proof is not None
    held = {
        c.name: (c.records, c.seen, c.saved, c.newest_seq, c.queued, c.lost, c.indexed)
        for c in drill.proof.catalogue.collections
    }
    # The same records were written in each version, and the same figures are read from each.
    assert held == {
        "scripts": (56, 73, 40, 73, 24, 0, 27),
        "notes": (8, 83, None, 82, 8, 0, 0),
        "none": (0, None, None, None, 0, 0, 0),
    }
    caught = {c.damage: (bool(c.caught), c.problem) for c in drill.controls}
    assert caught == dict.fromkeys((*OF_FILES, "truncated", "stale", "empty"), (True, ""))
    result = judged("chroma-restores", observation)
    facts = {f.name: f.value for f in result.facts}
    assert (result.reason.code, result.reason.params["schemas"]) == (
        *("opened-older", SCHEMAS[version]),
    )
    assert (facts["chroma_version"], facts["chroma_made_by"], facts["chroma_schema"]) == (
        *(chromadb.__version__, None, SCHEMAS[version]),
    )


def test_a_store_of_the_installed_version_is_not_called_an_older_one(tmp_path: Path) -> None:
    stores.laid_out(tmp_path)
    assert judged("chroma-restores", stores.seen(tmp_path)).reason.code == "opened"


@pytest.mark.parametrize("version", LAYOUTS)
def test_a_store_that_was_taken_over_holds_numbers_of_both_kinds(
    tmp_path: Path, version: str
) -> None:
    snapshot = laid_out(version, tmp_path)
    for folder in (snapshot, tmp_path / "live"):
        with stores.client_of(folder) as client:
            scripts = client.get_collection("scripts", embedding_function=None)
            scripts.add(ids=["later"], embeddings=[stores.vector(1)])
    observation = stores.seen(tmp_path)
    assert statuses(observation) == SOUND
    proof = stores.drill(observation).proof
    assert proof is not None
    assert all(c.lost == 0 and c.newest_seq for c in proof.catalogue.collections if c.records)
    assert judged("chroma-restores", observation).reason.code == "opened"


def _folder(snapshot: Path) -> None:
    shutil.rmtree(stores.segment(snapshot))


def _halved(snapshot: Path) -> None:
    path = stores.segment(snapshot) / "data_level0.bin"
    with path.open("r+b") as stream:
        stream.truncate(20 * 172)


def _queue(snapshot: Path) -> None:
    stores.execute(snapshot, "DELETE FROM embeddings_queue")


def _numbers(snapshot: Path) -> None:
    stores.execute(snapshot, "DELETE FROM max_seq_id")


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (_folder, "vectors-missing"),
    "halved": (_halved, "vectors-short"),
    "queue": (_queue, "queue-lost"),
    "numbers": (_numbers, "sequence-missing"),
}


@pytest.mark.parametrize("version", LAYOUTS)
@pytest.mark.parametrize("name", DAMAGES)
def test_what_an_older_store_lost_is_one_failure(tmp_path: Path, version: str, name: str) -> None:
    damage, code = DAMAGES[name]
    damage(laid_out(version, tmp_path))
    observation = stores.seen(tmp_path)
    found = statuses(observation)
    found.pop("chroma-consistency", None)
    if name == "folder" and version in PICKLED:
        # These versions never clear the queue, and make the index from it again.
        assert found == {}
        return
    assert found == {"chroma-vectors": "fail"}
    assert code in codes(judged("chroma-vectors", observation))


def test_index_metadata_that_cannot_be_read(tmp_path: Path) -> None:
    """Up to where the files go is then not known, and nothing is claimed of it."""
    snapshot = laid_out("0.4.24", tmp_path)
    (stores.segment(snapshot) / "index_metadata.pickle").write_bytes(b"\x80\x04garbage")
    observation = stores.seen(tmp_path)
    found = statuses(observation)
    found.pop("chroma-consistency", None)
    assert found == {"chroma-vectors": "fail"}
    assert set(codes(judged("chroma-vectors", observation))) == {"pickle-unreadable"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_backup_stays_what_the_version_wrote(tmp_path: Path, version: str) -> None:
    """Opened by a newer chromadb, the version that wrote it could not open it again."""
    live = unpacked(version, tmp_path / "live")
    before = contents(live)
    made = making.snapshot(live, tmp_path / "backups", datetime.now(UTC), Stop())
    assert contents(live) == before
    kept = contents(made.folder)
    assert kept.keys() == before.keys()
    assert [p for p in kept if kept[p] != before[p] and p != "chroma.sqlite3"] == []
    assert sorted(p.name for p in (tmp_path / "backups").iterdir()) == [
        *(made.folder.name, made.manifest.name),
    ]
    stated = json.loads(made.manifest.read_text("utf-8"))
    assert stated["chroma_version"] == SCHEMAS[version].split("chromadb ")[1].rstrip(")")
    assert stated["chroma_schema"] == SCHEMAS[version]
    assert stated["chroma_opened_with"] not in {"", stated["chroma_version"]}
    (tmp_path / "scratch").mkdir()
    observation = stores.seen(tmp_path, MADE)
    seen = stores.drill(observation).proof
    assert seen is not None
    assert versions.schema_of(seen.catalogue.migrations) == SCHEMAS[version]
    results = [judged(name, observation, MADE) for name in stores.CHECKS]
    wrong = {r.spec.name: r.status.value for r in results if r.status.value != "pass"}
    assert wrong == SOUND


NEWER = "INSERT INTO migrations VALUES ('sysdb', 99, '00099-x.sqlite.sql', 'SELECT 1', 'abc')"
RENAMED = {
    "table": "ALTER TABLE embeddings_queue RENAME TO embeddings_log",
    "column": "ALTER TABLE embeddings RENAME COLUMN embedding_id TO record_id",
}


@pytest.mark.parametrize("name", RENAMED)
def test_a_newer_layout_is_no_damage(tmp_path: Path, name: str) -> None:
    for folder in (stores.laid_out(tmp_path), tmp_path / "live"):
        stores.execute(folder, RENAMED[name])
    # Without a migration that explains it, something was lost.
    assert judged("chroma-restores", stores.seen(tmp_path)).status.value == "fail"
    stores.execute(next((tmp_path / "snapshots").iterdir()), NEWER)
    observation = stores.seen(tmp_path)
    result = judged("chroma-restores", observation)
    assert (result.status.value, codes(result)) == ("inconclusive", ["version-newer"])
    (found,) = result.findings
    assert "sysdb 99" in str(found.reason.params["made"])
    assert judged("drill-sound", observation).blocked_by == "recovery.chroma-restores"


def test_a_store_of_a_newer_version_is_not_called_broken_by_the_command(tmp_path: Path) -> None:
    live = Path(shutil.copytree(stores.sound(), tmp_path / "live"))
    stores.execute(live, NEWER)
    with pytest.raises(BackupFailed, match=r"could not be proven: .*sysdb 99.*installed is"):
        making.snapshot(live, tmp_path / "backups", datetime.now(UTC), Stop())
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"\x28\xb5\x2f\xfd", "inconclusive", "archive-packing"),
        (b"Salted__", "inconclusive", "archive-locked"),
        (b"CREATE TABLE x (y);", "inconclusive", "archive-dump"),
        (b"\xfd7zXZ\x00", "fail", "archive-broken"),
        (b"anything", "fail", "chroma-no-folder"),
        (b"SQLite format 3\x00", "fail", "chroma-no-folder"),
    ],
)
def test_what_is_no_folder_is_told_as_of_databases(
    tmp_path: Path, head: bytes, status: str, code: str
) -> None:
    snapshot = stores.laid_out(tmp_path)
    shutil.rmtree(snapshot)
    snapshot.with_name(f"{snapshot.name}.packed").write_bytes(head + bytes(600))
    result = judged("chroma-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == (status, [code])


def test_an_archive_by_xz_is_restored(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    unpacked("0.6.3", tmp_path / "live")
    (tmp_path / "snapshots").mkdir()
    name = f"chroma-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar.xz"
    shutil.copyfile(DATA / "chroma-0.6.3.tar.xz", tmp_path / "snapshots" / name)
    assert statuses(stores.seen(tmp_path)) == SOUND


def test_which_of_several_stores_is_meant_cannot_be_told(tmp_path: Path) -> None:
    snapshot = stores.laid_out(tmp_path)
    shutil.rmtree(snapshot)
    for name in ("one", "two"):
        shutil.copytree(stores.sound(), snapshot / name)
    result = judged("chroma-restores", stores.seen(tmp_path))
    assert (result.status.value, codes(result)) == ("inconclusive", ["chroma-which"])


def _server(status: int, first: str) -> tuple[list[str], Get]:
    """A server that has the API whose paths begin with *first*; the paths it was asked for."""
    asked: list[str] = []

    async def get(path: str) -> object:
        asked.append(path)
        if not path.startswith(first):
            said = f"HTTP {status}"
            raise NotRead(said, status)
        return 7 if path.endswith("/count") else [{"id": "a b", "name": "scripts"}]

    return asked, get


def test_a_server_of_before_version_2_of_the_api() -> None:
    asked, get = _server(404, "/api/v1/")
    seen = asyncio.run(look_at_server("live", get))
    assert (seen.problem, dict(seen.counts)) == ("", {"scripts": 7})
    assert asked[-1] == "/api/v1/collections/a%20b/count"
    asked, get = _server(404, "/nowhere")
    seen = asyncio.run(look_at_server("live", get))
    assert (seen.problem, seen.detail, len(asked)) == ("live-unreadable", "HTTP 404", 2)
    # What forbids or fails has the API.
    asked, get = _server(403, "/api/v1/")
    assert asyncio.run(look_at_server("live", get)).detail == "HTTP 403"
    assert len(asked) == 1


def test_sequence_numbers_of_every_age() -> None:
    eight = (73).to_bytes(8, "big")
    assert [number_of(v) for v in (73, eight, bytes(16) + eight)] == [73, 73, 73]
    odd = (None, b"", b"\x49", b"\xff" * 8, bytearray(eight), 7.5)
    assert [number_of(v) for v in odd] == [None] * len(odd)


def test_versions_by_migrations() -> None:
    assert versions.schema_of(()) == versions.writer_of(()) == ""
    unknown = ("metadb/7 a", "sysdb/12 b", "sysdb/2 c")
    assert (versions.schema_of(unknown), versions.writer_of(unknown)) == (
        *("metadb 7, sysdb 12", ""),
    )
    assert versions.differing(("a/1 x", "a/2 y"), ("a/1 z",)) == (["a/2"], ["a/1"])
    assert not versions.is_older((), ("a/1 x",))
    assert not versions.is_older(("a/1 x", "a/2 y"), ("a/1 x",))
    assert versions.is_older(("a/1 x",), ("a/1 x", "a/2 y"))
