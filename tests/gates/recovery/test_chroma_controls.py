"""Damages of vectors that show, whatever room and deleted records the files have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from golive_gates.recovery.chroma.asking import sampled
from golive_gates.recovery.chroma.catalogue import look_at_folder
from golive_gates.recovery.chroma.damages import OF_FILES
from golive_gates.recovery.chroma.records import ChromaDrills, Files
from golive_gates.recovery.chroma.segments import VECTORS, middle
from golive_gates.recovery.creating import chroma as making
from golive_gates.recovery.settings import Canary, ChromaStore, Settings, SqliteStore
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import chroma_stores, stores
from tests.gates.recovery.test_commands_backup import call
from tests.gates.recovery.test_creating_chroma import VECTORS as RECORDS
from tests.gates.recovery.test_creating_chroma import fill
from tests.gates.saying import codes

CANARY = Canary("backup_canary", "written_at")
PAIR = Settings(
    sqlite=(SqliteStore("shop", ("backups",), "live.db", CANARY),),
    chroma=(ChromaStore("index", ("backups",), "store"),),
)


def test_a_pair_that_the_command_made_is_drilled(tmp_path: Path) -> None:
    """Of 40 vectors, the files have room for 100: half of the bytes holds all of them."""
    fill(tmp_path / "store")
    stores.make_live(tmp_path / "live.db")
    options = ("--sqlite", tmp_path / "live.db", "--chroma", tmp_path / "store")
    assert call("create", "--into", tmp_path / "backups", *options, "--write-canary")[0] == 0
    (vectors,) = (tmp_path / "backups").rglob(VECTORS)
    assert vectors.stat().st_size > 2 * RECORDS * 152
    observation = stores.seen(tmp_path, PAIR, datetime.now(UTC))
    sound = stores.judged("drill-sound", observation, PAIR)
    assert (sound.status.value, codes(sound)) == ("pass", [])
    (drill,) = observation.require(ChromaDrills).drills
    caught = {c.damage: bool(c.caught) for c in drill.controls}
    assert caught == dict.fromkeys((*OF_FILES, "truncated", "stale", "empty"), True)
    wrong = {
        name: result.status.value
        for name in stores.CHECKS
        if name.startswith(("chroma", "sqlite", "rpo", "rto"))
        and (result := stores.judged(name, observation, PAIR)).status.value != "pass"
    }
    assert wrong == {"chroma-consistency": "inconclusive"}, "no pair is named"


@pytest.mark.parametrize(
    "gone",
    [lambda n: n >= 20, lambda n: n < 20, lambda n: n % 2, lambda n: n >= 4],
    ids=["last", "first", "every-other", "all-but-four"],
)
def test_half_of_what_was_not_deleted_is_lost(tmp_path: Path, gone: Callable[[int], bool]) -> None:
    fill(tmp_path / "store")
    with chroma_stores.client_of(tmp_path / "store") as client:
        keys = [f"id-{n}" for n in range(RECORDS) if gone(n)]
        client.get_collection("scripts", embedding_function=None).delete(ids=keys)
    making.snapshot(tmp_path / "store", tmp_path / "backups", datetime.now(UTC), Stop())
    observation = stores.seen(tmp_path, Settings(chroma=PAIR.chroma), datetime.now(UTC))
    (drill,) = observation.require(ChromaDrills).drills
    assert drill.proof is not None
    (held,) = drill.proof.catalogue.collections
    assert held.files is not None
    assert (held.files.elements, held.indexed) == (RECORDS, RECORDS - len(keys))
    caught = {c.damage: c.caught for c in drill.controls}
    assert caught["halved-vectors"] == ("vectors-short",)
    assert caught["hollow-vectors"]


@pytest.mark.filterwarnings("ignore:legacy embedding function config:DeprecationWarning")
def test_few_vectors_in_files_are_asked_for_beside_many_in_the_queue(tmp_path: Path) -> None:
    with chroma_stores.client_of(tmp_path / "store") as client:
        few = {"hnsw": {"sync_threshold": 16, "batch_size": 8}}
        made = client.create_collection("scripts", embedding_function=None, configuration=few)
        numbers = range(16)
        vectors = [chroma_stores.vector(n) for n in numbers]
        made.add(ids=[f"id-{n}" for n in numbers], embeddings=vectors)
        made.modify(configuration={"hnsw": {"sync_threshold": 10_000, "batch_size": 5_000}})
    with chroma_stores.client_of(tmp_path / "store") as client:
        made = client.get_collection("scripts", embedding_function=None)
        numbers = range(16, 616)
        vectors = [chroma_stores.vector(n) for n in numbers]
        made.add(ids=[f"id-{n}" for n in numbers], embeddings=vectors)
    seen = look_at_folder(tmp_path / "store", Stop())
    (held,) = seen.collections
    assert (held.indexed, held.queued) == (16, 600)
    asked = sampled(tmp_path / "store", held.id, 32, Stop(), held.saved)
    of_files = [key for key in asked if int(key.removeprefix("id-")) < 16]
    assert (len(set(asked)), len(of_files)) == (32, 16)
    making.snapshot(tmp_path / "store", tmp_path / "backups", datetime.now(UTC), Stop())
    observation = stores.seen(tmp_path, Settings(chroma=PAIR.chroma), datetime.now(UTC))
    (drill,) = observation.require(ChromaDrills).drills
    assert all(c.caught for c in drill.controls), drill.controls


def test_half_lies_where_half_of_the_living_are(tmp_path: Path) -> None:
    path = tmp_path / VECTORS
    each, marks = 8, [1, 0, 1, 1, 0, 0, 1, 0]
    path.write_bytes(b"".join(bytes([9, 9, mark, *[9] * 5]) for mark in marks) + bytes(800))
    assert middle(path, Files((), len(marks), 0, each), Stop()) == 5 * each
    for unknown in (Files(), Files((), 8, 0), Files((), 1, 0, each)):
        with pytest.raises(LookupError):
            middle(path, unknown, Stop())


def test_an_unknown_layout_leaves_the_drill_undecided(tmp_path: Path) -> None:
    """A later version may lay vectors out otherwise: nothing is claimed of it."""
    from golive_gates.recovery.chroma import segments

    known = segments._VERSION
    chroma_stores.laid_out(tmp_path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(segments, "_VERSION", known + 1)
        observation = chroma_stores.seen(tmp_path)
    result = chroma_stores.judged("drill-sound", observation)
    assert (result.status.value, set(codes(result))) == ("inconclusive", {"control-layout"})
    assert [f.reason.params["damage"] for f in result.findings] == [
        *("halved-vectors", "hollow-vectors"),
    ]
