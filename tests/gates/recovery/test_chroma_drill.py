"""Restore drills over real snapshots of Chroma: sound ones pass, each damage has its own cause."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from golive_gates.recovery.chroma import asking, drilling
from golive_gates.recovery.chroma.asking import Prober
from golive_gates.recovery.chroma.damages import OF_FILES
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import chroma_stores as stores
from tests.gates.recovery.chroma_stores import judged, statuses
from tests.gates.saying import codes

PHASES = ["locate", "fetch", "unpack", "restore", "verify", "first-read"]


def test_a_sound_snapshot_passes_and_every_damage_is_caught(tmp_path: Path) -> None:
    stores.laid_out(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    observation = stores.seen(tmp_path)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    # Its one pair is with nothing, which is not asked of a store that names none.
    assert statuses(observation) == {"chroma-consistency": "not-applicable"}
    drill = stores.drill(observation)
    assert [p.name for p in drill.phases] == PHASES
    assert {c.damage: (bool(c.caught), c.problem) for c in drill.controls} == dict.fromkeys(
        (*OF_FILES, "truncated", "stale", "empty"), (True, "")
    )
    assert drill.proof is not None
    assert drill.proof.answers is not None
    asked = {a.collection: (a.count, a.sampled, a.found, a.k) for a in drill.proof.answers.asked}
    assert asked == {"scripts": (126, 32, 32, 10), "few": (2, 2, 2, 2), "none": (0, 0, 0, 0)}
    held = {c.name: (c.indexed, c.queued, c.seen) for c in drill.proof.catalogue.collections}
    assert held == {"scripts": (120, 6, 126), "few": (0, 2, 128), "none": (0, 0, None)}
    rto = {f.name: f.value for f in judged("rto", observation).facts}
    assert rto["rto_restored_bytes"] == drill.proof.catalogue.bytes


def _without(name: str) -> Callable[[Path], None]:
    return lambda snapshot: (stores.segment(snapshot) / name).unlink()


def _halved(snapshot: Path) -> None:
    path = stores.segment(snapshot) / "data_level0.bin"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _hollow(snapshot: Path) -> None:
    path = stores.segment(snapshot) / "data_level0.bin"
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] + bytes(len(raw) - len(raw) // 2))


def _cut(snapshot: Path) -> None:
    path = snapshot / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _queue(snapshot: Path) -> None:
    stores.execute(snapshot, "DELETE FROM embeddings_queue")


def _behind(snapshot: Path) -> None:
    stores.execute(snapshot, "UPDATE max_seq_id SET seq_id = 100 WHERE seq_id = 126")


def _pickled(snapshot: Path) -> None:
    ran = snapshot.parents[1] / "ran"
    code = f"cos\nsystem\n(S'touch {ran}'\ntR.".encode()
    (stores.segment(snapshot) / "index_metadata.pickle").write_bytes(code)


DAMAGES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "folder": (
        lambda s: shutil.rmtree(stores.segment(s)),
        *("chroma-vectors", "vectors-missing"),
    ),
    "pickle": (_without("index_metadata.pickle"), "chroma-vectors", "vectors-missing"),
    "vectors": (_without("data_level0.bin"), "chroma-vectors", "vectors-missing"),
    "links": (_without("link_lists.bin"), "chroma-vectors", "vectors-missing"),
    "halved": (_halved, "chroma-vectors", "vectors-short"),
    "queue": (_queue, "chroma-vectors", "queue-lost"),
    "behind": (_behind, "chroma-vectors", "sequence-behind"),
    "code": (_pickled, "chroma-vectors", "pickle-unreadable"),
    "hollow": (_hollow, "chroma-queries", "query-failed"),
    "database-cut": (_cut, "chroma-restores", "damaged"),
    "database-empty": (
        lambda s: (s / "chroma.sqlite3").write_bytes(b"") and None,
        *("chroma-restores", "chroma-empty"),
    ),
    "database-gone": (
        lambda s: (s / "chroma.sqlite3").unlink(),
        *("chroma-restores", "chroma-absent"),
    ),
    "foreign": (
        lambda s: stores.execute(s, "DROP TABLE max_seq_id"),
        *("chroma-restores", "chroma-foreign"),
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_one_failure(tmp_path: Path, name: str) -> None:
    damage, check, code = DAMAGES[name]
    damage(stores.laid_out(tmp_path))
    observation = stores.seen(tmp_path)
    found = statuses(observation)
    found.pop("chroma-consistency", None)
    assert found == {check: "fail"}
    assert code in codes(judged(check, observation))
    for other in ("rpo", "drill-sound"):
        assert judged(other, observation).blocked_by == f"recovery.{check}"
    assert not (tmp_path / "ran").exists()


def test_an_archive_is_restored(tmp_path: Path) -> None:
    snapshot = stores.laid_out(tmp_path)
    with tarfile.open(f"{snapshot}.tar.gz", "w:gz") as archive:
        archive.add(snapshot, "data/chroma")
    shutil.rmtree(snapshot)
    assert statuses(stores.seen(tmp_path)) == {"chroma-consistency": "not-applicable"}


def test_the_memory_goes_by_what_was_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = stores.laid_out(tmp_path)
    held = sum(p.stat().st_size for p in snapshot.rglob("*") if p.is_file())
    with tarfile.open(f"{snapshot}.tar.xz", "w:xz") as archive:
        archive.add(snapshot, "chroma")
    shutil.rmtree(snapshot)
    sizes: list[int] = []

    def prober(folder: Path, size: int, stop: Stop) -> AbstractContextManager[Prober]:
        sizes.append(size)
        return asking.prober(folder, size, stop)

    monkeypatch.setattr(drilling, "prober", prober)
    assert statuses(stores.seen(tmp_path)) == {"chroma-consistency": "not-applicable"}
    assert sizes == [held]


def test_a_store_whose_vectors_are_all_in_the_queue(tmp_path: Path) -> None:
    snapshot = stores.laid_out(tmp_path, live=False)
    with stores.client_of(snapshot) as client:
        client.delete_collection("scripts")
    stores.described(snapshot, collections=[{"name": "few", "count": 2}])
    settings = stores.store(live="")
    drill = stores.drill(stores.seen(tmp_path, settings))
    caught = {c.damage: c.caught for c in drill.controls}
    assert caught["missing-vectors"] == ("queue-lost",)
    assert caught.keys() == {"missing-vectors", "truncated", "stale", "empty"}
    assert all(caught.values())
