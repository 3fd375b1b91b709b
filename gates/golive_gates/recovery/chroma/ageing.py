"""How old the data of a restored Chroma store is. Pure."""

from __future__ import annotations

from golive.api import Finding, Status
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.chroma.blocking import found_in
from golive_gates.recovery.chroma.faults import newest_in
from golive_gates.recovery.chroma.records import ChromaDrill
from golive_gates.recovery.looking import finding


def newest_of(drill: ChromaDrill) -> float | None:
    """When the newest restored record was written, where that tells the age of the data.

    It does not where it is older than it may be and the live store has none that is newer: then
    nothing was written since, and nothing is lost.
    """
    newest = newest_in(drill.proof.catalogue, drill.made) if drill.proof is not None else None
    if newest is None or drill.now - newest <= drill.rpo:
        return newest
    return newest if any(f.concern == "rpo" for f in found_in(drill)) else None


def aged(drill: ChromaDrill) -> list[Finding]:
    """What is wrong with the age of the data."""
    newest = newest_in(drill.proof.catalogue, drill.made) if drill.proof is not None else None
    if newest is None:
        return [finding(drill.store, "no-records", path=drill.backup, status=Status.INCONCLUSIVE)]
    return [
        finding(
            drill.store,
            "age-unknown" if fault.undecided else "chroma-too-old",
            path=drill.backup,
            status=Status.INCONCLUSIVE if fault.undecided else None,
            newest=written(newest),
            age=max(0.0, drill.now - newest),
            limit=drill.rpo,
        )
        for fault in found_in(drill)
        if fault.concern == "rpo"
    ]
