"""``recovery.retention``: backups reach as far back as declared.

What: the oldest finished backup of each store is at least as old as the declared retention, less
one interval. Why: damage is often noticed days after it was done; by then every backup that is
kept may hold it. Remedy: keep more backups, or find out what removes them early; right after the
first release, lower ``retention`` to what there can be.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Finding,
    Measurement,
    Observation,
    Reason,
    Severity,
)
from golive_gates.recovery.backups.records import Backups
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.looking import FOUND_CHECK, Blocked, finding, judged, measured
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.retention", Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """How far back each store reaches."""
    seen = observation.require(Backups)
    found: list[Finding] = []
    held: list[Blocked] = []
    worst: tuple[float, float, float] | None = None  # what is to spare, the reach, what is asked
    for store in settings.stores:
        of = seen.of(store.name)
        if of is None or not of.complete:
            held.append(Blocked(store.name, FOUND_CHECK))
            continue
        oldest = of.complete[0]
        reach = seen.now - oldest.at
        asked = max(0.0, store.retention - store.every - settings.clock_tolerance)
        entry = (reach - asked, reach, asked)
        worst = entry if worst is None else min(worst, entry)
        # With more backups than are looked at, the oldest is not known, and is older still.
        if reach < asked and not of.left_out:
            found.append(
                finding(
                    store.name,
                    "retention-short",
                    path=oldest.path,
                    oldest=written(oldest.at),
                    reach=reach,
                    limit=store.retention,
                    count=len(of.complete),
                )
            )
    result = judged(SPEC, len(settings.stores), found, seen.evidence, held=held)
    if worst is None or (worst[0] < 0 and not found):
        return result
    measurement = Measurement(
        "backup_reach", worst[1], "s", Comparator.GE, worst[2], n=1, failures=int(worst[0] < 0)
    )
    params = {"reach": worst[1], "limit": worst[2]}
    return measured(SPEC, result, Reason("retention-kept", params), measurement)


CHECK = Check(SPEC, (Backups,), judge)
