"""Stores that somebody made to harm whoever restores them: no code runs, no other file is read."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from golive_gates.recovery.chroma.asking import Prober
from golive_gates.recovery.chroma.catalogue import look_at_folder
from golive_gates.recovery.chroma.controls import prove
from golive_gates.recovery.chroma.faults import Against, Fault, faults
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import chroma_stores as stores
from tests.gates.recovery.chroma_versions import unpacked

STOP = Stop()
OWN = Against(0.0, 1e12)
PICKLE = "index_metadata.pickle"
LOADS = """
import pickle
from pathlib import Path

import chromadb
from chromadb.config import Settings
from golive_gates.recovery.chroma.probe_process import main

real = chromadb.PersistentClient

def loads_pickles(folder, settings, tenant, database):
    for path in Path(folder).rglob("index_metadata.pickle"):
        pickle.loads(path.read_bytes())
    return real(folder, settings=settings, tenant=tenant, database=database)

chromadb.PersistentClient = loads_pickles
main()
"""
"""As versions before 1.0 open a store."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A copy of the sound store."""
    return Path(shutil.copytree(stores.sound(), tmp_path / "store"))


@contextmanager
def asking(place: Path, *command: str) -> Iterator[Prober]:
    """A prober whose process runs *command*; without one, the real one."""
    place.mkdir()
    made = Prober(place, 1 << 20, STOP, 120.0, *([command] if command else []))
    try:
        yield made
    finally:
        made.close()


def found_in(store: Path, place: Path, *command: str) -> tuple[Fault, ...]:
    with asking(place, *command) as asked:
        return faults(prove(store, asked, STOP), OWN)


def code(path: Path) -> bytes:
    """A pickle that creates *path* when it is loaded as such."""
    return f"cos\nsystem\n(S'touch {path}'\ntR.".encode()


def test_a_pickle_with_code_does_not_get_as_far_as_chromadb(tmp_path: Path, store: Path) -> None:
    """Versions before 1.0 load it as it is, whatever golive has seen in it."""
    assert found_in(store, tmp_path / "sound", "-c", LOADS) == ()
    (stores.segment(store) / PICKLE).write_bytes(code(tmp_path / "ran"))
    found = found_in(store, tmp_path / "place", "-c", LOADS)
    assert [f.code for f in found] == ["pickle-unreadable"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("version", ["0.4.24", "1.5"])
def test_a_pickle_that_no_collection_names(tmp_path: Path, store: Path, version: str) -> None:
    if version == "0.4.24":
        store = unpacked(version, tmp_path / "older")
    stray = store / "00000000-0000-4000-8000-000000000000"
    stray.mkdir()
    (stray / PICKLE).write_bytes(code(tmp_path / "ran"))
    (found,) = found_in(store, tmp_path / "place", "-c", LOADS)
    assert (found.concern, found.code, found.undecided) == ("restores", "chroma-unsafe", False)
    assert stray.name in str(found.params["detail"])
    assert not (tmp_path / "ran").exists()


def test_a_class_of_that_name_from_elsewhere(tmp_path: Path) -> None:
    """Naming it would import whatever it is said to be in."""
    store = unpacked("0.4.24", tmp_path / "store")
    path = stores.segment(store) / PICKLE
    raw = path.read_bytes()
    own = b"chromadb.segment.impl.vector.local_persistent_hnsw"
    assert raw.count(own) == 1
    path.write_bytes(raw.replace(own, b"antigravity".ljust(len(own), b"y")))
    found = found_in(store, tmp_path / "place")
    assert {f.code for f in found} == {"pickle-unreadable"}


ELSEWHERE = ("../elsewhere", "{}/elsewhere", "..")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_segment_is_below_its_store(tmp_path: Path, store: Path, name: str) -> None:
    """Its name is a folder's: another one leads to files that are not the snapshot's."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(stores.segment(store), elsewhere)
    given = name.format(tmp_path)
    stores.execute(
        store,
        f"UPDATE segments SET id = '{given}' WHERE scope = 'VECTOR' AND collection = "  # noqa: S608 - the test's own
        "(SELECT id FROM collections WHERE name = 'scripts')",
    )
    seen = look_at_folder(store, STOP)
    (one,) = (c for c in seen.collections if c.name == "scripts")
    assert one.files is not None
    assert (one.files.missing, one.files.elements) == (("folder",), None)
    assert seen.pickled == ()
    found = found_in(store, tmp_path / "place")
    assert "vectors-missing" in {f.code for f in found}


@pytest.mark.parametrize("held", ["1000000000000000", "-1", "NULL", "x'ff'", "1.5"])
def test_ids_that_are_no_text(tmp_path: Path, store: Path, held: str) -> None:
    """A number of that size, taken for one of bytes, is a petabyte."""
    stores.execute(
        store,
        "CREATE TABLE held (id INTEGER PRIMARY KEY, segment_id, embedding_id, seq_id, created_at)",
        "INSERT INTO held SELECT id, segment_id, embedding_id, seq_id, created_at FROM embeddings",
        "DROP TABLE embeddings",
        f"UPDATE held SET embedding_id = {held} WHERE id = 1",  # noqa: S608 - the test's own
        "ALTER TABLE held RENAME TO embeddings",
    )
    seen = look_at_folder(store, STOP)
    assert (seen.problem, seen.records) == ("", 128)
    assert all(len(c.ids_sha256) == 64 for c in seen.collections)
    assert found_in(store, tmp_path / "place") != ()


def test_pickles_of_one_process_do_not_touch_each_other(tmp_path: Path) -> None:
    """What a pickle does to the class that it names is not there for the next one."""
    store = unpacked("0.4.24", tmp_path / "store")
    path = stores.segment(store) / PICKLE
    raw = path.read_bytes()
    module = b"cchromadb.segment.impl.vector.local_persistent_hnsw\nPersistentData\n"
    path.write_bytes(b"(" + module + b"(N}S'__setstate__'\nI1\nstb1" + pickle.dumps({})[2:])
    seen = look_at_folder(store, STOP)
    with asking(tmp_path / "place") as asked:
        assert asked.saved(store, seen.pickled) == {}
        path.write_bytes(raw)
        assert list(asked.saved(store, seen.pickled)) == [stores.segment(store).name]
