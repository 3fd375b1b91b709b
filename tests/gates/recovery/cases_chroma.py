"""The contract cases of the checks on drills of Chroma stores."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from golive.api import Observation
from golive_gates.recovery.chroma.damages import OF_FILES
from golive_gates.recovery.chroma.records import (
    Answers,
    Asked,
    Catalogue,
    ChromaDrill,
    ChromaDrills,
    ChromaLive,
    ChromaProof,
    Collection,
    Files,
    Pairing,
    Stated,
)
from golive_gates.recovery.drills.records import PHASES, Control, Phase, Projection
from golive_gates.recovery.settings import ChromaStore, RecordIds, Settings
from tests.gates.recovery.cases_backups import EVIDENCE, HOUR, NOW, STORE, UNSEEN, Cases

IDS = RecordIds("projects", "id", "projectId")
VECTORS = ChromaStore("vectors", ("chroma",), "live", sqlite="shop", ids=IDS)
SETTINGS = Settings(sqlite=(STORE,), chroma=(VECTORS,))
DAMAGES = (*OF_FILES, "truncated", "stale", "empty")
COLLECTION = Collection(
    *("scripts", "c1", "default_tenant", "default_database", 8, 100, "v1", "hnsw-local-persisted"),
    seen=100,
    saved=100,
    newest_seq=100,
    indexed=100,
    files=Files((), 100, 0),
    ids_sha256="1" * 64,
)
CATALOGUE = Catalogue(
    bytes=9_000,
    migrations=("sysdb/1 a",),
    collections=(COLLECTION,),
    newest=NOW - HOUR,
    before=90,
    before_at=NOW - 2 * HOUR,
)
ASKED = Asked("scripts", 100, 32, 32, 32, k=10, labels=100)
ANSWERS = Answers("", "", "1.5.9", ("sysdb/1 a",), (ASKED,))
DRILL = ChromaDrill(
    *("vectors", NOW, VECTORS.rpo, "chroma/a", NOW - HOUR, "manifest", 9_000),
    phases=tuple(Phase(name, 0.5) for name in PHASES),
    proof=ChromaProof(CATALOGUE, ANSWERS),
    stated=Stated(True, "1.5.9", {"scripts": 100}, {"scripts": "1" * 64}, {"a": "2" * 64}),
    live=ChromaLive("live", "", "", {"scripts": 100}, NOW - HOUR, 90, 9_000),
    pairing=Pairing("shop", "sqlite/a", NOW - HOUR / 2, HOUR / 2, chroma=40, sqlite=42),
    damages=DAMAGES,
    controls=tuple(Control(damage, ("vectors-short",)) for damage in DAMAGES),
    projection=Projection(9_000, 9_000, 3.0, 0.0001, 1.0, 1),
)


def observed(drill: ChromaDrill = DRILL) -> Observation:
    """What judges see of *drill* alone."""
    parts = {"ChromaDrills": ChromaDrills((drill,), (EVIDENCE,)), "SqliteDrills": UNSEEN}
    return Observation(parts)


def with_collection(**wrong: Any) -> ChromaDrill:
    """The drill of a store whose one collection differs."""
    seen = replace(CATALOGUE, collections=(replace(COLLECTION, **wrong),))
    return replace(DRILL, proof=ChromaProof(seen, ANSWERS))


def answered(**wrong: Any) -> ChromaDrill:
    """The drill of a store about which chromadb answers otherwise."""
    answers = replace(ANSWERS, asked=(replace(ASKED, **wrong),))
    return replace(DRILL, proof=ChromaProof(CATALOGUE, answers))


def _cases(wrong: ChromaDrill) -> Cases:
    unseen = Observation({"ChromaDrills": UNSEEN, "SqliteDrills": UNSEEN}), Settings()
    return Cases((observed(), SETTINGS), (observed(wrong), SETTINGS), unseen)


CASES: dict[str, Cases] = {
    "recovery.chroma-restores": _cases(
        replace(DRILL, proof=ChromaProof(replace(CATALOGUE, problem="chroma-empty")))
    ),
    "recovery.chroma-vectors": _cases(with_collection(files=Files(("folder",)))),
    "recovery.chroma-queries": _cases(answered(found=20)),
    "recovery.chroma-content": _cases(with_collection(ids_sha256="3" * 64)),
    "recovery.chroma-consistency": _cases(
        replace(DRILL, pairing=Pairing("shop", "sqlite/a", chroma=40, sqlite=4, orphans=36))
    ),
}
