"""``recovery.sqlite-schema``: the restored database has the schema of the live one.

What: every table, index, view and trigger of the restored database is compared with the live
database, which is opened read-only, and with the manifest. Why: a service does not start on a
database that lacks a table or a migration. Remedy: take a backup after each migration, and keep
the migrations that lead from the newest backup to the release.
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
    Blocked,
    blocked,
    concerns,
    finding,
    judged,
    measured,
    none_of,
    of_fault,
    undeclared,
)
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills

SPEC = CheckSpec("recovery.sqlite-schema")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No object that one has and the other lacks."""
    if (none := undeclared(SPEC, observation, settings, SqliteDrills)) is not None:
        return none
    seen = observation.require(SqliteDrills)
    found: list[Finding] = []
    held: list[Blocked] = []
    objects = 0
    for drill in seen.drills:
        before = blocked(drill, "schema", settings.rpo)
        if before is not None:
            held.append(before)
            continue
        objects += len(drill.proof.definitions) if drill.proof is not None else 0
        wrong = [of_fault(drill, fault) for fault in concerns(drill, "schema", settings.rpo)]
        found += wrong or _uncompared(drill)
    failures = sum(f.status is None for f in found)
    result = judged(SPEC, len(seen.drills), found, seen.evidence, held=held)
    measurement = none_of("schema_differences", failures, objects)
    return measured(SPEC, result, Reason("schema-equal", {"objects": objects}), measurement)


def _uncompared(drill: SqliteDrill) -> list[Finding]:
    """What stood in the way of a comparison with the live database."""
    live = drill.live
    if live is not None and not live.problem:
        return []
    stated = bool(drill.expected.schema_sha256)
    if live is None:
        code, detail = "schema-uncompared", "-"
    else:
        code, detail = live.problem, live.detail or "-"
    # The manifest's word for the schema at the time of the backup says nothing of today's.
    status = Status.WARN if stated and live is None else Status.INCONCLUSIVE
    return [
        finding(drill.store, code, path=live.path if live else "", status=status, detail=detail)
    ]


CHECK = Check(SPEC, (SqliteDrills,), judge)
