"""``recovery.drill-sound``: the drill catches damage that was done on purpose.

What: the restored data is copied and damaged in every way in which backups are lost (without its
write-ahead log, torn, cut off, one byte flipped, too old, empty; of a Chroma store, without its
vectors or their metadata, with half of them or zeros for them), and each copy is put to the
verification that the backup passed. Why: a verification that never fails proves nothing; one that
lets a damaged copy through makes the whole drill invalid. Remedy: let a manifest with digests be
written with each backup (``golive backup create``), and declare the canary records.
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
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.drills.records import Control
from golive_gates.recovery.looking import (
    CONTENT_CHECK,
    Blocked,
    Restoration,
    blocked,
    finding,
    judged,
    measured,
    none_of,
    restorations_of,
)
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrills

SPEC = CheckSpec("recovery.drill-sound")
RPO_CHECK = "recovery.rpo"
DAMAGES = ("missing-wal", "torn", "truncated", "flipped-byte", "stale", "empty")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every damage caught."""
    drills, evidence = restorations_of(observation)
    found: list[Finding] = []
    held: list[Blocked] = []
    made: list[tuple[Restoration, Control]] = []
    for drill in drills:
        before = blocked(drill, "rpo", settings.rpo)
        if before is not None:
            held.append(before)
            continue
        if _untimed(drill):
            held.append(Blocked(drill.store, RPO_CHECK))
        made += [(drill, c) for c in drill.controls if not c.problem]
        found += _found(drill)
        if any(not c.detectable for c in drill.controls):
            held.append(Blocked(drill.store, CONTENT_CHECK))
    missed = sum(not c.caught and c.detectable for _, c in made)
    facts = tuple(
        Fact(name, caught)
        for name, caught in {
            f"control_{c.damage.replace('-', '_')}": ", ".join(c.caught) or None
            for _, c in reversed(made)
        }.items()
    )
    result = judged(SPEC, len(drills), found, evidence, held=held, facts=facts)
    if not made:
        return result
    measurement = none_of("damages_missed", missed, len(made))
    return measured(SPEC, result, Reason("damages-caught", {"n": len(made)}), measurement)


def _untimed(drill: Restoration) -> bool:
    """Whether no copy could be too old, because no record tells its time; ``rpo`` says why."""
    if isinstance(drill, ChromaDrill) or drill.proof is None:
        return False
    canary = drill.proof.canary
    return canary is None or not canary.timed


def _found(drill: Restoration) -> list[Finding]:
    found = []
    for control in drill.controls:
        if control.problem:
            found.append(
                finding(
                    drill.store,
                    control.problem,
                    path=drill.backup,
                    status=Status.INCONCLUSIVE,
                    damage=control.damage,
                )
            )
        elif not control.caught:
            found.append(
                finding(
                    drill.store,
                    "damage-missed" if control.detectable else "damage-undetectable",
                    path=drill.backup,
                    status=None if control.detectable else Status.INCONCLUSIVE,
                    damage=control.damage,
                )
            )
    tried = {c.damage for c in drill.controls}
    if _untimed(drill) and not any(c.problem for c in drill.controls):
        tried.add("stale")
    found += [
        finding(
            drill.store,
            "control-untried",
            path=drill.backup,
            status=Status.INCONCLUSIVE,
            damage=damage,
        )
        for damage in (drill.damages if isinstance(drill, ChromaDrill) else DAMAGES)
        if damage not in tried
    ]
    return found


CHECK = Check(SPEC, (SqliteDrills, ChromaDrills), judge)
