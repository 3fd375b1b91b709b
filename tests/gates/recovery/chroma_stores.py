"""Real Chroma stores, their snapshots, and the gate's observer and judges over them."""

from __future__ import annotations

import asyncio
import atexit
import json
import random
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive.codec import decode, encode
from golive.context import SystemClock
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.settings import ChromaStore, RecordIds, Settings, SqliteStore
from tests.gates.recovery import stores

SAVED, WAITING, WIDE = 120, 6, 8
STORE = ChromaStore("vectors", ("snapshots/*",), live="live")
SETTINGS = Settings(chroma=(STORE,), scratch="scratch")
CHECKS = [n for n in stores.CHECKS if n.startswith("chroma")] + ["rpo", "rto", "drill-sound"]
IDS = RecordIds("projects", "id", "project")


@cache
def sound() -> Path:
    """A store: one collection in files and in the queue, a small one, an empty one."""
    folder = Path(tempfile.mkdtemp(prefix="golive-test-chroma-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with client_of(folder / "store") as client:
        small = {"hnsw": {"sync_threshold": SAVED, "batch_size": SAVED}}
        scripts = client.create_collection("scripts", embedding_function=None, configuration=small)
        for first, count in ((0, SAVED), (SAVED, WAITING)):
            numbers = range(first, first + count)
            scripts.add(
                ids=[f"s{n:04d}" for n in numbers],
                embeddings=[vector(n) for n in numbers],
                documents=[f"대본 {n}" for n in numbers],
                metadatas=[{"project": f"p{n // 3}"} for n in numbers],
            )
        few = client.create_collection("few", embedding_function=None)
        few.add(ids=["a", "b"], embeddings=[vector(1), vector(2)])
        client.create_collection("none", embedding_function=None)
    return folder / "store"


class client_of:  # noqa: N801 - reads as a function
    """A client of a folder, closed at the end."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings as Options

        quiet = Options(anonymized_telemetry=False)
        self.client: Any = chromadb.PersistentClient(str(folder), settings=quiet)

    def __enter__(self) -> Any:
        return self.client

    def __exit__(self, *_: object) -> None:
        self.client.close()


def vector(number: int) -> list[float]:
    """The embedding of a record."""
    draw = random.Random(number)  # noqa: S311 - the same one each time
    return [draw.gauss(0, 1) for _ in range(WIDE)]


def laid_out(base: Path, *, live: bool = True, age: timedelta = timedelta(minutes=5)) -> Path:
    """A live store and one snapshot of it below *base*; the snapshot."""
    (base / "scratch").mkdir(exist_ok=True)
    if live:
        shutil.copytree(sound(), base / "live")
    at = datetime.now(UTC) - age
    snapshot = base / "snapshots" / f"chroma-{at:%Y%m%dT%H%M%SZ}"
    shutil.copytree(sound(), snapshot)
    return snapshot


def execute(folder: Path, *statements: str) -> None:
    """Change a store's database behind chromadb's back."""
    with closing(sqlite3.connect(folder / "chroma.sqlite3")) as db, db:
        for statement in statements:
            db.execute(statement)


def segment(folder: Path) -> Path:
    """The one folder of vectors that is complete."""
    (found,) = (p.parent for p in folder.rglob("index_metadata.pickle"))
    return found


def described(snapshot: Path, **changes: Any) -> None:
    """Write a manifest beside *snapshot*."""
    document = {
        "snapshot": snapshot.name,
        "created_at": datetime.now(UTC).isoformat(),
        "collections": [
            {"name": "scripts", "count": SAVED + WAITING},
            {"name": "few", "count": 2},
        ],
        **changes,
    }
    snapshot.with_name(f"{snapshot.name}.manifest.json").write_text(json.dumps(document))


def seen(base: Path, settings: Settings = SETTINGS) -> Observation:
    """What the observer sees. The part comes back from a record as it was."""
    ctx = replace(stores.context(base), clock=SystemClock())
    part = asyncio.run(ChromaObserver().observe(ctx, settings))
    if not isinstance(part, Unavailable):
        kept = json.loads(json.dumps(encode(part), allow_nan=False))
        assert decode(type(part), kept) == part
    assert list((base / "scratch").iterdir()) == []
    absent = Unavailable(Reason("no-sqlite-stores"), kind="absent")
    return Observation({"ChromaDrills": part, "SqliteDrills": absent})


def judged(name: str, observation: Observation, settings: Settings = SETTINGS) -> CheckResult:
    """The result of check *name*; every sentence of it can be said."""
    return stores.judged(name, observation, settings)


def statuses(observation: Observation, settings: Settings = SETTINGS) -> dict[str, str]:
    """Statuses of the checks that neither passed nor were left open by another, by name."""
    results = [judged(name, observation, settings) for name in CHECKS]
    return {
        r.spec.name: r.status.value
        for r in results
        if r.status.value != "pass" and r.blocked_by is None
    }


def drill(observation: Observation) -> ChromaDrill:
    """The only drill."""
    (found,) = observation.require(ChromaDrills).drills
    return found


def store(**changes: Any) -> Settings:
    """Settings with one Chroma store that differs from ``STORE``, and a SQLite store beside it."""
    shop = SqliteStore("shop", ("sqlite/*.db",))
    return replace(SETTINGS, chroma=(replace(STORE, **changes),), sqlite=(shop,))
