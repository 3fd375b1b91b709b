"""``recovery.chroma-content``: the restored records are those that were there.

What: collections, numbers of records, their ids and the digests of all files are compared with the
manifest of the snapshot; records that the live store had before the snapshot have to be in it.
Why: a store that is whole can still be the wrong one, or an old one. Remedy: write a manifest with
each snapshot (``golive backup create --chroma``), and declare ``live``.
"""

from __future__ import annotations

from collections.abc import Sequence

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive_gates.recovery.chroma.looking import judge_concern, records_of
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.looking import finding
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.chroma-content")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each collection, as stated."""
    return judge_concern(
        SPEC, "content", observation, "content_differences", _passing, _unstated, settings=settings
    )


def _unstated(drill: ChromaDrill) -> list[Finding]:
    """What there was nothing to compare with."""
    live, path = drill.live, drill.backup
    if live is not None and live.problem:
        detail = live.detail or "-"
        return [finding(drill.store, live.problem, status=Status.INCONCLUSIVE, detail=detail)]
    if live is None and not drill.stated.collections:
        return [finding(drill.store, "content-unstated", path=path, status=Status.INCONCLUSIVE)]
    return []


def _passing(drills: Sequence[ChromaDrill]) -> tuple[Reason, int, tuple[Fact, ...]]:
    records = records_of(drills)
    collections = sum(len(d.proof.catalogue.collections) for d in drills if d.proof is not None)
    lives = [d.live for d in drills if d.live is not None and not d.live.problem]
    live = sum(sum(one.counts.values()) for one in lives) if lives else None
    files = sum(len(d.stated.files) for d in drills)
    facts = (
        Fact("restored_records", records),
        Fact("live_records", live),
        Fact("files_compared", files),
    )
    params = {"records": records, "collections": collections, "files": files}
    return Reason("content-equal", params), max(collections, files), facts


CHECK = Check(SPEC, (ChromaDrills,), judge)
