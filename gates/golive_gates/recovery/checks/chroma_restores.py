"""``recovery.chroma-restores``: the newest snapshot becomes a store that chromadb opens.

What: the newest finished snapshot is unpacked within limits and restored into a scratch folder;
SQLite looks its database over, and the real chromadb opens it in a process of its own. Why: a
store whose database is empty opens without an error, as a new one. Remedy: take snapshots of the
whole folder, the database by SQLite's online backup (``golive backup create --chroma``).
"""

from __future__ import annotations

from collections.abc import Sequence

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.model import Scalar
from golive_gates.recovery.chroma.looking import judge_concern, records_of
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.looking import NOT_THEIRS, finding
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.chroma-restores")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each store's newest snapshot, restored and open."""
    return judge_concern(
        SPEC, "restores", observation, "snapshots_closed", _passing, _ended, settings=settings
    )


def _ended(drill: ChromaDrill) -> list[Finding]:
    if not drill.problem:
        return []
    status = Status.INCONCLUSIVE if drill.problem in NOT_THEIRS else None
    detail = drill.detail or "-"
    return [finding(drill.store, drill.problem, path=drill.backup, status=status, detail=detail)]


def _passing(drills: Sequence[ChromaDrill]) -> tuple[Reason, int, tuple[Fact, ...]]:
    answers = [d.proof.answers for d in drills if d.proof is not None]
    version = next((a.version for a in answers if a is not None and a.version), "-")
    made = next((d.stated.made_by for d in drills if d.stated.made_by), None)
    facts = (Fact("chroma_version", version), Fact("chroma_made_by", made))
    records = records_of(drills)
    params: dict[str, Scalar] = {"n": len(drills), "records": records, "version": version}
    return Reason("opened", params), len(drills), facts


CHECK = Check(SPEC, (ChromaDrills,), judge)
