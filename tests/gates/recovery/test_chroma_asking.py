"""The process with chromadb: what it notices, how it ends, and how golive tells."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from golive_gates.recovery.chroma.asking import SAMPLE, Prober, prober
from golive_gates.recovery.chroma.catalogue import look_at_folder
from golive_gates.recovery.chroma.controls import prove
from golive_gates.recovery.chroma.faults import Against, faults
from golive_gates.recovery.chroma.records import Answers, Catalogue
from golive_gates.recovery.chroma.stating import differing
from golive_gates.recovery.stopping import Stop, Stopped
from tests.gates.recovery import chroma_stores as stores
from tests.gates.saying import codes

STOP = Stop()
OWN = Against(0.0, 1e12)
MAIN = "from golive_gates.recovery.chroma.probe_process import main; main()"


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Prober]:
    """A prober of the real thing."""
    place = tmp_path / "place"
    place.mkdir()
    with prober(place, 1 << 20, STOP) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A copy of the sound store."""
    return Path(shutil.copytree(stores.sound(), tmp_path / "store"))


def digested(folder: Path) -> dict[str, str]:
    """SHA-256 by path."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files
    }


def test_only_a_search_for_itself_notices_hollow_vectors(store: Path, asked: Prober) -> None:
    """Half of the vectors are zeros: everything that chromadb is usually asked is answered."""
    path = stores.segment(store) / "data_level0.bin"
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] + bytes(len(raw) - len(raw) // 2))
    with stores.client_of(Path(shutil.copytree(store, store.with_name("plain")))) as client:
        collection = client.get_collection("scripts", embedding_function=None)
        assert collection.count() == stores.SAVED + stores.WAITING
        everything = collection.get(include=["documents", "metadatas"])
        assert len(everything["ids"]) == len(everything["documents"]) == 126
    proof = prove(store, asked, STOP)
    # The files are all there and as long as they should be.
    (held,) = (c.files for c in proof.catalogue.collections if c.files is not None)
    assert (held.missing, held.elements, held.short) == ((), stores.SAVED, 0)
    assert {f.concern for f in faults(proof, OWN)} == {"queries"}


def test_vectors_of_other_records(store: Path, asked: Prober) -> None:
    """A store that is sound in itself and holds the wrong vectors: only digests tell it."""
    digests = digested(store)
    path = stores.segment(store) / "data_level0.bin"
    raw = path.read_bytes()
    each = len(raw) // stores.SAVED
    # An element ends with its label. Links and vectors stay: the graph is searched as before.
    places = [slice((n + 1) * each - 8, (n + 1) * each) for n in range(stores.SAVED)]
    turned = bytearray(raw)
    for place, other in zip(places, places[1:] + places[:1], strict=True):
        turned[place] = raw[other]
    path.write_bytes(turned)
    now = digested(store)
    proof = prove(store, asked, STOP)
    assert faults(proof, OWN) == ()
    shown = path.relative_to(store).as_posix()
    against = replace(OWN, differing=differing(digests, now))
    assert [(f.code, f.subject) for f in faults(proof, against)] == [("file-differs", shown)]


def test_records_of_one_embedding_are_no_fault(tmp_path: Path, asked: Prober) -> None:
    with stores.client_of(tmp_path / "twins") as client:
        twins = client.create_collection("twins", embedding_function=None)
        twins.add(ids=[f"t{n}" for n in range(60)], embeddings=[stores.vector(1)] * 60)
    proof = prove(tmp_path / "twins", asked, STOP)
    assert proof.answers is not None
    (said,) = proof.answers.asked
    assert (said.sampled, said.found + said.twins, said.twins > 0) == (32, 32, True)
    assert faults(proof, OWN) == ()


@pytest.mark.parametrize("seed", range(2))
def test_garbage_for_links_is_told_however_it_ends(store: Path, asked: Prober, seed: int) -> None:
    """Whatever chromadb does over it, dying included, golive goes on and says so."""
    path = stores.segment(store) / "data_level0.bin"
    raw = random.Random(seed).randbytes(path.stat().st_size)  # noqa: S311 - bytes, no secret
    path.write_bytes(raw)
    assert faults(prove(store, asked, STOP), OWN)
    sound = prove(stores.sound(), asked, STOP)
    assert faults(sound, OWN) == ()


def test_a_snapshot_of_a_newer_chroma(store: Path, asked: Prober) -> None:
    """chromadb opens it without a word; golive does not take that for a proof."""
    newer = "INSERT INTO migrations VALUES ('sysdb', 99, '00099-x.sqlite.sql', 'SELECT 1', 'abc')"
    stores.execute(store, newer)
    proof = prove(store, asked, STOP)
    assert proof.answers is not None
    assert proof.answers.problem == ""
    assert [(f.code, f.undecided) for f in faults(proof, OWN)] == [("version-newer", True)]


def test_a_snapshot_of_another_chroma(store: Path, asked: Prober) -> None:
    stores.execute(store, "UPDATE migrations SET hash = 'x' WHERE dir = 'metadb' AND version = 2")
    found = [(f.code, f.undecided) for f in faults(prove(store, asked, STOP), OWN)]
    assert found == [("version-other", True)]


ENDS = {
    "crashed": ("import os, sys; sys.stdin.readline(); os.abort()", "chroma-crashed", "SIGABRT"),
    "left": ("import sys; sys.stdin.readline(); sys.exit(3)", "chroma-crashed", "exit status 3"),
    "hangs": ("import time; time.sleep(600)", "chroma-timeout", ""),
    "garbled": ("import sys; sys.stdin.readline(); print('{]')", "chroma-garbled", ""),
    "odd": ("import sys; sys.stdin.readline(); print('[]')", "chroma-garbled", ""),
    "memory": (
        (
            "import chromadb\ndef full(*_, **__): raise MemoryError\n"
            f"chromadb.PersistentClient = full\n{MAIN}"
        ),
        *("chroma-memory", " MiB"),
    ),
    "not-installed": (f"import sys; sys.modules['chromadb'] = None; {MAIN}", "chroma-missing", ""),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_process_that_ends_otherwise(tmp_path: Path, name: str) -> None:
    code, problem, detail = ENDS[name]
    catalogue = look_at_folder(stores.sound(), STOP)
    # Only the one that hangs is waited for.
    within = 0.3 if name == "hangs" else 60.0
    process = Prober(tmp_path, 0, STOP, within, ("-c", code))
    try:
        answers = process.ask(stores.sound(), catalogue)
    finally:
        process.close()
    assert (answers.problem, detail in answers.detail) == (problem, True)
    assert not answers.asked


def test_a_version_whose_clients_are_not_closed_tells_its_migrations(tmp_path: Path) -> None:
    """As those of 1.5.0; without its migrations, a newer store would be called broken."""
    code = f"import chromadb.api.client as c; del c.Client.close; {MAIN}"
    process = Prober(tmp_path, 0, STOP, 60.0, ("-c", code))
    try:
        answers = process.installed()
    finally:
        process.close()
    assert (answers.problem, bool(answers.version)) == ("", True)
    assert any(m.startswith("sysdb/1 ") for m in answers.migrations)


def test_a_version_that_makes_no_store_says_nothing_of_a_snapshot(tmp_path: Path) -> None:
    code = f"import chromadb; chromadb.PersistentClient = None; {MAIN}"
    process = Prober(tmp_path, 0, STOP, 60.0, ("-c", code))
    try:
        (found,) = faults(prove(stores.sound(), process, STOP), OWN)
    finally:
        process.close()
    assert (found.code, found.undecided) == ("chroma-unusable", True)
    assert found.params["installed"] not in {"", "-"}


def test_no_answer_is_never_a_pass() -> None:
    """Whatever keeps chromadb from answering leaves a fault of the first check."""
    from golive_gates.recovery.chroma.records import ChromaProof

    catalogue = look_at_folder(stores.sound(), STOP)
    unsaid = ("chroma-missing", "chroma-timeout", "chroma-garbled", "chroma-unusable")
    for problem in (*unsaid, "chroma-memory", "chroma-crashed"):
        (found,) = faults(ChromaProof(catalogue, Answers(problem)), OWN)
        assert (found.concern, found.code) == ("restores", problem)
        assert found.undecided == (problem != "chroma-crashed")
    silent = faults(ChromaProof(catalogue, Answers(version="1")), OWN)
    assert {f.code for f in silent} == {"collection-closed"}


@pytest.mark.parametrize(
    ("said", "check", "code"),
    [
        (Answers("chroma-timeout", "120 s"), "chroma-restores", "chroma-timeout"),
        (Answers("chroma-crashed", "SIGABRT"), "chroma-restores", "chroma-crashed"),
        (Answers(), "chroma-queries", "collection-closed"),
    ],
)
def test_a_first_read_that_fails_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Answers, check: str, code: str
) -> None:
    """The time to it is no time to recover in."""
    real = Prober.ask

    def ask(self: Prober, folder: Path, catalogue: Catalogue, sample: int = SAMPLE) -> Answers:
        return said if sample == 1 else real(self, folder, catalogue, sample)

    monkeypatch.setattr(Prober, "ask", ask)
    stores.laid_out(tmp_path)
    observation = stores.seen(tmp_path)
    assert code in codes(stores.judged(check, observation))
    assert stores.judged(check, observation).status.value != "pass"
    assert stores.judged("rto", observation).blocked_by == f"recovery.{check}"


def test_a_stop_ends_the_process(tmp_path: Path) -> None:
    stop = Stop()
    process = Prober(tmp_path, 0, stop, 60.0, ("-c", "import time; time.sleep(600)"))
    stop.ask()
    with pytest.raises(Stopped):
        process.fresh(tmp_path / "fresh")
    assert process._running is None


def test_the_process_sees_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_TEST_TOKEN", "secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    code = (
        "import json, os, sys; sys.stdin.readline(); "
        "print(json.dumps({'version': ' '.join(sorted(os.environ))}))"
    )
    process = Prober(tmp_path, 0, STOP, 60.0, ("-c", code))
    try:
        names = process.fresh(tmp_path / "fresh").version.split()
    finally:
        process.close()
    assert {"GOLIVE_TEST_TOKEN", "HTTPS_PROXY"}.isdisjoint(names)
    assert os.environ["GOLIVE_TEST_TOKEN"] == "secret"
