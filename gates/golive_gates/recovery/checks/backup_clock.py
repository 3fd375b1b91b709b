"""``recovery.backup-clock``: the times of backups and of their records agree.

What: the time in a backup's manifest, in its name, that of its file and that of its newest record
are compared with each other and with this machine's clock. Why: RPO is a difference of times; a
backup from the future, or one that carries yesterday's file under today's name, makes it look
better than it is. Remedy: synchronise the clocks of the machines that back up and store, write
times in UTC, and take the time of a backup when it begins.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
    Unavailable,
)
from golive_gates.recovery.backups.records import Backup, Backups, Found
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.looking import FOUND_CHECK, Blocked, finding, judged, measured, none_of
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills

SPEC = CheckSpec("recovery.backup-clock", Severity.MEDIUM)
APART = 3_600.0
"""Seconds by which the time in a name may differ from the manifest's: one may be the end."""
MOST = 20


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """None from the future, none older than it says."""
    seen = observation.require(Backups)
    drills = observation.find(SqliteDrills)
    found: list[Finding] = []
    for store in seen.stores:
        # The newest decide about recovery, and what fails is never cut off for what only warns.
        times = list(_times(store, seen.now, settings.clock_tolerance))[::-1]
        found += sorted(times, key=lambda f: f.status is not None)[:MOST]
    for drill in () if isinstance(drills, Unavailable) else drills.drills:
        found += _records(drill, settings.clock_tolerance)
    held = [Blocked(s.store, FOUND_CHECK) for s in seen.stores if not s.complete]
    count = sum(len(s.complete) for s in seen.stores)
    result = judged(SPEC, count, found, seen.evidence, held=held)
    future = sum(f.reason.code.endswith("from-the-future") for f in found)
    measurement = none_of("backups_from_the_future", future, count)
    return measured(SPEC, result, Reason("clocks-agree", {"count": count}), measurement)


def _times(store: Found, now: float, tolerance: float) -> Iterator[Finding]:
    for backup in store.complete:
        if backup.at > now + tolerance:
            yield finding(
                store.store,
                "backup-from-the-future",
                path=backup.path,
                at=written(backup.at),
                ahead=backup.at - now,
                source=backup.at_from,
            )
            continue
        yield from _within(store.store, backup, tolerance)


def _within(store: str, backup: Backup, tolerance: float) -> Iterator[Finding]:
    named = backup.named_at
    if backup.at_from == "manifest" and named is not None and abs(named - backup.at) > APART:
        yield finding(
            store,
            "backup-times-differ",
            path=backup.path,
            status=Status.WARN,
            at=written(backup.at),
            named=written(named),
        )
    if backup.modified < backup.at - max(tolerance, APART):
        yield finding(
            store,
            "backup-file-older",
            path=backup.path,
            status=Status.WARN,
            at=written(backup.at),
            modified=written(backup.modified),
        )


def _records(drill: SqliteDrill, tolerance: float) -> Iterator[Finding]:
    canary = drill.proof.canary if drill.proof is not None else None
    if canary is None or canary.newest is None:
        return
    if canary.newest > drill.now + tolerance:
        yield finding(
            drill.store,
            "record-from-the-future",
            path=drill.backup,
            at=written(canary.newest),
            ahead=canary.newest - drill.now,
        )
    elif canary.newest > drill.at + max(tolerance, APART):
        yield finding(
            drill.store,
            "record-after-backup",
            path=drill.backup,
            status=Status.WARN,
            at=written(drill.at),
            newest=written(canary.newest),
        )


CHECK = Check(SPEC, (Backups, SqliteDrills), judge)
