"""Real SQLite databases, their backups, and the gate's observers and judges over them."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from golive.api import CheckResult, Config, Observation, RunContext, Unavailable
from golive.codec import decode, encode
from golive.config.model import Service
from golive.context import SystemClock
from golive_gates.recovery.backups.records import Backups
from golive_gates.recovery.creating.sqlite import Made, Wanted, create
from golive_gates.recovery.observers.backups import BackupsObserver
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.observers.sqlite import SqliteObserver
from golive_gates.recovery.settings import Canary, Settings, SqliteStore
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills
from golive_gates.recovery.stopping import Stop
from golive_gates.recovery.wiring import GATE
from tests.gates.saying import said
from tests.gates.slo import doubles

CHECKS = {c.spec.name: c for c in GATE.checks}
NOW = datetime(2026, 3, 1, 12, 40, tzinfo=UTC)
CANARY = Canary("backup_canary", "written_at")
STORE = SqliteStore("shop", ("backups",), live="live.db", canary=CANARY, retention=86_400.0)
SETTINGS = Settings(sqlite=(STORE,))
INSERT_OWNER = "INSERT INTO owners (name) VALUES ('later {}')"
SCHEMA = """
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE items (
    id INTEGER PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owners(id),
    name TEXT, price REAL, data BLOB
);
CREATE INDEX items_by_name ON items(name);
CREATE TABLE words (word TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE VIEW dear AS SELECT * FROM items WHERE price > 100;
"""


@dataclass(frozen=True)
class At(SystemClock):
    """A wall clock that stands at one time."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def make_live(path: Path, rows: int = 300, *, wal: bool = True) -> Path:
    """A database of three tables with *rows* items."""
    with closing(sqlite3.connect(path)) as db:
        if wal:
            db.execute("PRAGMA journal_mode=WAL")
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO owners VALUES (?, ?)", [(n, f"주인 {n}") for n in range(1, 6)])
        db.executemany(
            "INSERT INTO items VALUES (?, ?, ?, ?, ?)",
            [(n, n % 5 + 1, f"이름 {n}", n / 3, bytes([n % 256]) * 20) for n in range(rows)],
        )
        db.executemany("INSERT INTO words VALUES (?, ?)", [(f"w{n}", n) for n in range(50)])
        db.commit()
    return path


def change(path: Path, *statements: str) -> None:
    """Run *statements* on a database and close it."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


@contextmanager
def in_use(path: Path, *statements: str) -> Iterator[sqlite3.Connection]:
    """A connection that keeps the log of *path* from being moved into it."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_autocheckpoint=0")
        with db:
            for statement in statements:
                db.execute(statement)
        yield db


def back_up(folder: Path, at: datetime, *, canary: bool = True, compress: bool = False) -> Made:
    """One backup of ``live.db`` in *folder* by golive's own command."""
    wanted = Wanted(
        folder / "live.db", folder / "backups", None, write_canary=canary, compress=compress
    )
    return create(wanted, at, Stop())


def history(
    folder: Path, count: int = 5, *, newest: timedelta = timedelta(minutes=40), rows: int = 300
) -> list[Made]:
    """A live database and *count* backups, six hours apart; oldest first."""
    make_live(folder / "live.db", rows)
    times = [NOW - newest - timedelta(hours=6) * n for n in reversed(range(count))]
    made = []
    for number, at in enumerate(times):
        change(folder / "live.db", INSERT_OWNER.format(number))
        made.append(back_up(folder, at))
    return made


def rewritten(made: Made, **changes: Any) -> None:
    """Change what the manifest says; ``None`` takes a key out."""
    document = json.loads(made.manifest.read_text("utf-8"))
    document.update(changes)
    kept = {k: v for k, v in document.items() if v is not None}
    made.manifest.write_text(json.dumps(kept), "utf-8")


def copied(source: Path, target: Path) -> Path:
    """A plain copy of the main file, as careless scripts make it."""
    target.parent.mkdir(exist_ok=True)
    return Path(shutil.copyfile(source, target))


def context(folder: Path, at: datetime = NOW) -> RunContext:
    """A run whose golive.yaml is in *folder*."""
    ctx = doubles.context(Config("golive/v1", Service("shop", "1")))
    scope = replace(ctx.scope, base=folder)
    return replace(ctx, gate="recovery", scope=scope, clock=At(at))


def seen(folder: Path, settings: Settings = SETTINGS, at: datetime = NOW) -> Observation:
    """What the observers see. Parts come back from a record as they were."""
    ctx = context(folder, at)
    parts: dict[str, object] = {}
    for observer in (BackupsObserver(), SqliteObserver(), ChromaObserver()):
        part = asyncio.run(observer.observe(ctx, settings))
        if not isinstance(part, Unavailable):
            kind = type(part)
            assert decode(kind, json.loads(json.dumps(encode(part), allow_nan=False))) == part
        parts[observer.part.__name__] = part
    return Observation(parts)


def judged(name: str, observation: Observation, settings: Settings = SETTINGS) -> CheckResult:
    """The result of check *name*; every sentence of it can be said."""
    return said(CHECKS[name].evaluate(observation, settings))


def statuses(observation: Observation, settings: Settings = SETTINGS) -> dict[str, str]:
    """Statuses of the checks that did not pass, by name."""
    names = [
        n
        for n, c in CHECKS.items()
        if PARTS.issuperset(p.__name__ for p in c.reads)
        and not n.startswith(("chroma", "restored"))
    ]
    found = {name: judged(name, observation, settings).status.value for name in names}
    return {name: status for name, status in found.items() if status != "pass"}


PARTS = frozenset({"Backups", "SqliteDrills", "ChromaDrills", "ServiceDrill"})
"""What is seen here, or only where it is declared; checks that read other parts are left out."""


def drill(observation: Observation) -> SqliteDrill:
    """The only drill."""
    (found,) = observation.require(SqliteDrills).drills
    return found


def backups(observation: Observation) -> Backups:
    """The part about the history."""
    return observation.require(Backups)


def store(**changes: Any) -> Settings:
    """Settings with one store that differs from ``STORE``."""
    return replace(SETTINGS, sqlite=(replace(STORE, **changes),))
