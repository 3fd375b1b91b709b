"""``recovery.rpo``: the newest record in the restored data is young enough.

What: the declared canary records are looked for in the restored database, and the time of the
newest is held against the RPO; the records of a Chroma store carry their time themselves. Why: what
counts is not when a file was written but how old the data in it is; a job that copies the same
stale export every hour has new files and old data.
Remedy: run the backup job more often, and let it write a time-stamped record just before.
"""

from __future__ import annotations

from typing import NamedTuple

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
    Status,
)
from golive.model import Scalar
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.chroma.ageing import aged, newest_of
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.looking import (
    Blocked,
    Restoration,
    blocked,
    concerns,
    finding,
    judged,
    measured,
    restorations_of,
)
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrills

SPEC = CheckSpec("recovery.rpo")
CLOCK_CHECK = "recovery.backup-clock"


class Age(NamedTuple):
    """Age of a store's newest record: first the ``share`` of the store's ``limit``."""

    share: float
    age: float
    limit: float
    newest: str
    timed: int


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The oldest of the newest records."""
    drills, evidence = restorations_of(observation)
    found: list[Finding] = []
    held: list[Blocked] = []
    ages: list[Age] = []
    for drill in drills:
        before = blocked(drill, "rpo", settings.rpo)
        newest = _newest(drill)
        if before is None and newest is not None:
            if newest > drill.now + settings.clock_tolerance:
                before = Blocked(drill.store, CLOCK_CHECK)
            else:
                age = max(0.0, drill.now - newest)
                limit = drill.rpo if isinstance(drill, ChromaDrill) else settings.rpo
                ages.append(Age(age / limit, age, limit, written(newest), _timed(drill)))
        if before is not None:
            held.append(before)
            continue
        found += _found(drill, settings)
    facts = tuple(Fact("rpo_newest_record", a.newest) for a in sorted(ages)[-1:])
    result = judged(SPEC, len(drills), found, evidence, held=held, facts=facts)
    if not ages:
        return result
    worst = max(ages)
    measurement = Measurement(
        "rpo_seconds",
        worst.age,
        "s",
        Comparator.LE,
        worst.limit,
        n=worst.timed,
        failures=sum(a.share > 1.0 for a in ages),
    )
    params: dict[str, Scalar] = {"age": worst.age, "limit": worst.limit, "newest": worst.newest}
    return measured(SPEC, result, Reason("rpo-kept", params), measurement)


def _newest(drill: Restoration) -> float | None:
    if isinstance(drill, ChromaDrill):
        return newest_of(drill)
    proof = drill.proof
    return proof.canary.newest if proof is not None and proof.canary is not None else None


def _timed(drill: Restoration) -> int:
    if isinstance(drill, ChromaDrill):
        return drill.proof.catalogue.records if drill.proof is not None else 0
    proof = drill.proof
    return proof.canary.timed if proof is not None and proof.canary is not None else 0


def _found(drill: Restoration, settings: Settings) -> list[Finding]:
    if isinstance(drill, ChromaDrill):
        return aged(drill)
    store = settings.sqlite_store(drill.store)
    canary = drill.proof.canary if drill.proof is not None else None
    if canary is None or store is None or store.canary is None:
        return [finding(drill.store, "canary-undeclared", status=Status.INCONCLUSIVE)]
    table, column = store.canary.table, store.canary.column
    if canary.problem:
        return [
            finding(
                drill.store,
                canary.problem,
                path=drill.backup,
                status=Status.INCONCLUSIVE,
                table=table,
                column=column,
            )
        ]
    found = []
    for fault in concerns(drill, "rpo", settings.rpo):
        # Without a time in any record neither is known, nor said.
        age: Scalar = "-"
        newest = "-"
        if canary.newest is not None:
            age, newest = max(0.0, drill.now - canary.newest), written(canary.newest)
        found.append(
            finding(
                drill.store,
                fault.code,
                path=drill.backup,
                status=Status.INCONCLUSIVE if fault.code == "canary-form" else None,
                rows=canary.rows,
                age=age,
                newest=newest,
                limit=settings.rpo,
                table=table,
                column=column,
            )
        )
    return found


CHECK = Check(SPEC, (SqliteDrills, ChromaDrills), judge)
