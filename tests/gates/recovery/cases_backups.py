"""The contract cases of the checks on backups and on drills of SQLite stores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from golive.api import EvidenceRef, Observation, Reason, Unavailable
from golive_gates.recovery.backups.records import Backup, Backups, Found, Manifest, TableFigures
from golive_gates.recovery.drills.records import PHASES, Control, Phase, Projection
from golive_gates.recovery.settings import Canary, Settings, SqliteStore
from golive_gates.recovery.sqlite.records import (
    CanaryFigures,
    Definition,
    Expected,
    Live,
    Proof,
    SqliteDrill,
    SqliteDrills,
)

Case = tuple[Observation, Settings]
NOW = 1_770_000_000.0
HOUR = 3_600.0
EVIDENCE = EvidenceRef("drills.json", "drills.json", "0" * 64, 1, "application/json")
CANARY = Canary("backup_canary", "written_at")
STORE = SqliteStore("shop", ("backups",), "live.db", CANARY, retention=18 * HOUR)
SETTINGS = Settings(sqlite=(STORE,))
TABLES = {"items": TableFigures(300, "1" * 64), "backup_canary": TableFigures(3, "2" * 64)}
SCHEMA = (Definition("table", "items", "items", "3" * 64),)


def backup(age: float, **changes: Any) -> Backup:
    """A finished backup *age* seconds ago."""
    at = NOW - age
    manifest = Manifest(f"backups/{at}.manifest.json", at, 8_192, "4" * 64, tables=TABLES)
    path = f"backups/{at}.db"
    made = Backup(path, "database", 8_192, at, "manifest", at, at, manifest=manifest)
    return replace(made, **changes)


HISTORY = tuple(backup(HOUR + n * 6 * HOUR) for n in (3, 2, 1, 0))
FOUND = Found("shop", "sqlite", ("backups",), HISTORY)
CONTROLS = tuple(
    Control(damage, ("digest",))
    for damage in ("missing-wal", "torn", "truncated", "flipped-byte", "stale", "empty")
)
PROOF = Proof(
    size=8_192,
    sha256="4" * 64,
    journal="delete",
    pages=2,
    definitions=SCHEMA,
    tables=TABLES,
    canary=CanaryFigures("", 3, 3, NOW - HOUR, 3, NOW - HOUR - 300, named=True),
)
DRILL = SqliteDrill(
    "shop",
    NOW,
    HISTORY[-1].path,
    HISTORY[-1].at,
    "manifest",
    8_192,
    phases=tuple(Phase(name, 0.5) for name in PHASES),
    proof=PROOF,
    live=Live("live.db", size=8_192, definitions=SCHEMA),
    expected=Expected("manifest", 8_192, "4" * 64, TABLES),
    controls=CONTROLS,
    projection=Projection(8_192, 8_192, 3.0, 0.0001, 1.0, 1),
)
PARTS = ("Backups", "SqliteDrills", "ChromaDrills")
UNSEEN = Unavailable(Reason("no-stores"), kind="absent")


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _seen(found: Found, drill: SqliteDrill = DRILL) -> Case:
    parts = {
        "Backups": Backups(NOW, (found,), (EVIDENCE,)),
        "SqliteDrills": SqliteDrills((drill,), (EVIDENCE,)),
        "ChromaDrills": UNSEEN,
    }
    return Observation(parts), SETTINGS


def _cases(found: Found = FOUND, **wrong: Any) -> Cases:
    unseen = Observation(dict.fromkeys(PARTS, UNSEEN)), Settings()
    return Cases(_seen(FOUND), _seen(found, replace(DRILL, **wrong)), unseen)


def _proof(**wrong: Any) -> Cases:
    return _cases(proof=replace(PROOF, **wrong))


CASES: dict[str, Cases] = {
    "recovery.backups-found": _cases(replace(FOUND, backups=())),
    "recovery.backup-clock": _cases(replace(FOUND, backups=(*HISTORY, backup(-2 * HOUR)))),
    "recovery.backup-gaps": _cases(replace(FOUND, backups=(HISTORY[0], *HISTORY[2:]))),
    "recovery.retention": _cases(replace(FOUND, backups=HISTORY[-1:])),
    "recovery.backup-anomalies": _cases(
        replace(FOUND, backups=(HISTORY[0], replace(HISTORY[1], shape="empty"), *HISTORY[2:]))
    ),
    "recovery.sqlite-restores": _proof(integrity=("row 1 missing from index i",)),
    "recovery.sqlite-schema": _proof(definitions=()),
    "recovery.sqlite-content": _proof(tables={**TABLES, "items": TableFigures(0, "5" * 64)}),
    "recovery.rpo": _proof(canary=CanaryFigures("", 3, 3, NOW - 9 * HOUR)),
    "recovery.rto": _cases(phases=tuple(Phase(name, 900.0) for name in PHASES)),
    "recovery.drill-sound": _cases(controls=(Control("torn"), *CONTROLS[2:])),
}
