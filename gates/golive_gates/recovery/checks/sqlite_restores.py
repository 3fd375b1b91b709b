"""``recovery.sqlite-restores``: the newest backup becomes a whole database.

What: the newest finished backup is unpacked within limits and restored into a scratch folder, its
write-ahead log with it, and SQLite itself looks it over: ``integrity_check`` and
``foreign_key_check``. Why: a backup is worth what can be restored from it, and many cannot.
Remedy: make backups with SQLite's online backup API (``golive backup create``) and never by
copying the files of a database that is in use.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.recovery.looking import (
    NOT_THEIRS,
    Blocked,
    blocked,
    concerns,
    finding,
    judged,
    measured,
    none_of,
    of_fault,
    undeclared,
    unreadable,
)
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills

SPEC = CheckSpec("recovery.sqlite-restores")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each store's newest backup, restored and whole."""
    if (none := undeclared(SPEC, observation, settings, SqliteDrills)) is not None:
        return none
    seen = observation.require(SqliteDrills)
    found: list[Finding] = []
    held: list[Blocked] = []
    for drill in seen.drills:
        before = blocked(drill, "restores", settings.rpo)
        if before is not None:
            held.append(before)
            continue
        found += _found(drill, settings.rpo)
    n = len(seen.drills)
    wrong = len({f.subject.split(":")[0] for f in found if f.status is None})
    result = judged(SPEC, n, found, seen.evidence, held=held)
    measurement = none_of("restores_failed", wrong, n)
    rows = sum(t.rows for d in seen.drills if d.proof is not None for t in d.proof.tables.values())
    return measured(SPEC, result, Reason("restored", {"n": n, "rows": rows}), measurement)


def _found(drill: SqliteDrill, rpo: float) -> list[Finding]:
    if drill.problem:
        status = Status.INCONCLUSIVE if drill.problem in NOT_THEIRS else None
        return [
            finding(
                drill.store,
                drill.problem,
                path=drill.backup,
                status=status,
                detail=drill.detail or "-",
            )
        ]
    found = [of_fault(drill, fault) for fault in concerns(drill, "restores", rpo)]
    if drill.proof is not None and unreadable(drill):
        found.append(
            finding(
                drill.store,
                drill.proof.problem,
                path=drill.backup,
                status=Status.INCONCLUSIVE,
                detail=drill.proof.detail or "-",
            )
        )
    if drill.wal is not None and drill.wal.replayed < drill.wal.held:
        found.append(
            finding(
                drill.store,
                "wal-partly",
                path=drill.backup,
                status=Status.WARN,
                held=drill.wal.held,
                replayed=drill.wal.replayed,
            )
        )
    return found


CHECK = Check(SPEC, (SqliteDrills,), judge)
