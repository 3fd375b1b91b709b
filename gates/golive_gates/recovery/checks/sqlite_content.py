"""``recovery.sqlite-content``: the restored rows are those that were backed up.

What: the file's digest, the rows of every table and the digest of their content are compared with
the manifest that was written at the time of the backup, or, without one, with the live database;
records that the live database had before the backup have to be in it. Why: a copy that lost its
write-ahead log passes ``integrity_check`` with no row in it, and so does one with a flipped byte.
Remedy: make backups with ``golive backup create``, which writes such a manifest, or with another
tool of SQLite's online backup API.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
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

SPEC = CheckSpec("recovery.sqlite-content")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Rows and digests as stated."""
    if (none := undeclared(SPEC, observation, settings, SqliteDrills)) is not None:
        return none
    seen = observation.require(SqliteDrills)
    found: list[Finding] = []
    held: list[Blocked] = []
    tables = rows = 0
    for drill in seen.drills:
        before = blocked(drill, "content", settings.rpo)
        if before is not None:
            held.append(before)
            continue
        if drill.proof is not None:
            tables += len(drill.proof.tables)
            rows += sum(t.rows for t in drill.proof.tables.values())
        wrong = [of_fault(drill, fault) for fault in concerns(drill, "content", settings.rpo)]
        found += wrong or _unstated(drill)
    failures = sum(f.status is None for f in found)
    facts = (Fact("restored_tables", tables), Fact("restored_rows", rows))
    result = judged(SPEC, len(seen.drills), found, seen.evidence, held=held, facts=facts)
    measurement = none_of("content_differences", failures, tables)
    passing = Reason("content-equal", {"tables": tables, "rows": rows})
    return measured(SPEC, result, passing, measurement)


def _unstated(drill: SqliteDrill) -> list[Finding]:
    """What there was nothing to compare with."""
    stated, proof = drill.expected, drill.proof
    if not stated.source:
        # With a log in use, the main file alone is never the whole database.
        bare = proof is not None and proof.journal == "wal" and drill.wal is None
        code = "content-wal-absent" if bare else "content-unstated"
        return [finding(drill.store, code, path=drill.backup, status=Status.INCONCLUSIVE)]
    digests = bool(stated.tables) and all(t.sha256 for t in stated.tables.values())
    if stated.sha256 or digests:
        return []
    return [
        finding(
            drill.store,
            "content-rows-only",
            path=drill.backup,
            status=Status.WARN,
            digest=stated.unknown_digest or "-",
        )
    ]


CHECK = Check(SPEC, (SqliteDrills,), judge)
