"""``recovery.backups-found``: every declared store has a finished backup.

What: the declared globs, folders and archives of each store are looked through for backups that
were finished, with manifests that can be read and that name files that are there. Why: a backup
job that has never run, or ends half-way, is found on the day on which it is needed. Remedy: run
the backup job once by hand and read its log; correct the glob where backups lie elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from golive_gates.recovery.backups.records import Backups, Found
from golive_gates.recovery.looking import finding, judged, measured, none_of
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.backups-found")
MISSING, GONE, LIVE = "backups-missing", "backup-gone", "backup-is-live"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """At least one finished backup each, and no manifest without its backup."""
    del settings
    seen = observation.require(Backups)
    found = [f for store in seen.stores for f in _found(store)]
    count = sum(len(s.complete) for s in seen.stores)
    facts = (
        Fact("backup_stores", len(seen.stores)),
        Fact("backup_count", count),
        Fact("backup_left_out", sum(s.left_out for s in seen.stores)),
    )
    result = judged(SPEC, len(seen.stores), found, seen.evidence, facts=facts)
    without = sum(not s.complete for s in seen.stores)
    stores = len(seen.stores)
    measurement = none_of("stores_without_backup", without, stores)
    params = {"stores": stores, "count": count}
    passing = Reason("backups-are-there", params)
    return measured(SPEC, result, passing, measurement)


def _found(store: Found) -> Iterator[Finding]:
    unread = [p for p in store.problems if p.code not in {MISSING, GONE, LIVE}]
    # What could not be looked at may be where they are.
    if not store.complete and not unread and LIVE not in {p.code for p in store.problems}:
        code = "backups-interrupted" if store.backups else "backups-none"
        yield finding(
            store.store,
            code,
            patterns=", ".join(store.patterns),
            count=len(store.backups),
        )
    for problem in store.problems:
        if problem.code == MISSING:
            if store.complete:
                yield finding(store.store, MISSING, status=Status.WARN, pattern=problem.path)
            continue
        if problem.code == LIVE:
            # Beside real ones it is merely found by too wide a pattern.
            status = Status.WARN if store.complete else None
            yield finding(store.store, LIVE, path=problem.path, status=status)
            continue
        yield finding(
            store.store,
            problem.code,
            path=problem.path,
            status=None if problem.code == GONE else Status.INCONCLUSIVE,
            detail=problem.detail or "-",
        )
    newest = store.newest
    for backup in store.backups:
        if backup.manifest_problem:
            # What golive may not read proves nothing against who wrote it.
            against = Status.INCONCLUSIVE if backup.manifest_closed else None
            status = against if backup is newest else Status.WARN
            yield finding(
                store.store,
                "manifest-closed" if backup.manifest_closed else "manifest-unreadable",
                path=backup.path,
                status=status,
                detail=backup.manifest_problem,
            )
        if backup.interrupted and newest is not None:
            yield finding(store.store, "backup-interrupted", path=backup.path, status=Status.WARN)


CHECK = Check(SPEC, (Backups,), judge)
