"""``recovery.backup-gaps``: no hole between one backup and the next.

What: the times of all finished backups within the retention are put in a row, and the longest
step between two is held against the declared interval. Why: data that was written and lost within
a hole cannot be had back, and a schedule that skips once will skip again. How old the newest is,
``recovery.rpo`` says. Remedy: look at the log of the backup job at that time; alert on a backup
that is missing.
"""

from __future__ import annotations

from itertools import pairwise

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
from golive_gates.recovery.backups.records import Backup, Backups
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.looking import FOUND_CHECK, Blocked, finding, judged, measured
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.backup-gaps")
MOST = 20


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The longest step of each store, and each one that is too long."""
    seen = observation.require(Backups)
    found: list[Finding] = []
    held: list[Blocked] = []
    worst: tuple[float, float, float] | None = None  # by how much over, the step, its limit
    steps = wrong = 0
    for store in settings.stores:
        of = seen.of(store.name)
        if of is None or not of.complete:
            held.append(Blocked(store.name, FOUND_CHECK))
            continue
        limit = store.every + settings.clock_tolerance
        row = [
            b
            for b in of.complete
            if seen.now - store.retention - limit <= b.at <= seen.now + settings.clock_tolerance
        ]
        pairs = list(pairwise(row))
        if not pairs:
            found.append(
                finding(store.name, "backup-alone", status=Status.INCONCLUSIVE, count=len(row))
            )
        steps += len(pairs)
        gaps = [p for p in pairs if p[1].at - p[0].at > limit]
        wrong += len(gaps)
        found += [_gap(store.name, *pair, limit) for pair in gaps[-MOST:]]
        for before, after in pairs:
            step = after.at - before.at
            worst = max(worst or (step - limit, step, limit), (step - limit, step, limit))
    facts = (Fact("backup_steps", steps), Fact("backup_longest", worst and worst[1], "s"))
    result = judged(SPEC, len(settings.stores), found, seen.evidence, held=held, facts=facts)
    if worst is None:
        return result
    measurement = Measurement(
        "backup_longest_step",
        *(worst[1], "s", Comparator.LE, worst[2]),
        n=steps,
        failures=wrong,
    )
    params: dict[str, Scalar] = {
        "steps": steps,
        "longest": worst[1],
        "limit": worst[2],
    }
    return measured(SPEC, result, Reason("backups-without-gap", params), measurement)


def _gap(store: str, before: Backup, after: Backup, limit: float) -> Finding:
    return finding(
        store,
        "backup-gap",
        path=after.path,
        before=written(before.at),
        after=written(after.at),
        step=after.at - before.at,
        limit=limit,
    )


CHECK = Check(SPEC, (Backups,), judge)
