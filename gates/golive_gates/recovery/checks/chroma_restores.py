"""``recovery.chroma-restores``: the newest snapshot becomes a store that chromadb opens.

What: the newest finished snapshot is unpacked within limits and restored into a scratch folder;
SQLite looks its database over, and the real chromadb opens it in a process of its own. Why: a
store whose database is empty opens without an error, as a new one. A store of an older version is
brought up to the installed one by opening it, which says nothing of the version that production
runs: the result names both. Remedy: take snapshots of the whole folder, the database by SQLite's
online backup (``golive backup create --chroma``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.model import Scalar
from golive_gates.recovery.chroma.looking import judge_concern, records_of
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills, ChromaProof
from golive_gates.recovery.chroma.versions import is_older, schema_of
from golive_gates.recovery.looking import NOT_THEIRS, finding
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.chroma-restores")
_NOT_THEIRS = NOT_THEIRS | {"chroma-which"}
"""Problems that prove nothing against the snapshot: which store is meant cannot be told."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each store's newest snapshot, restored and open."""
    return judge_concern(
        SPEC, "restores", observation, "snapshots_closed", _passing, _ended, settings=settings
    )


def _ended(drill: ChromaDrill) -> list[Finding]:
    if not drill.problem:
        return []
    status = Status.INCONCLUSIVE if drill.problem in _NOT_THEIRS else None
    detail = drill.detail or "-"
    return [finding(drill.store, drill.problem, path=drill.backup, status=status, detail=detail)]


def _passing(drills: Sequence[ChromaDrill]) -> tuple[Reason, int, tuple[Fact, ...]]:
    proofs = [d.proof for d in drills if d.proof is not None]
    opened = [p for p in proofs if p.answers is not None and p.answers.version]
    older = [
        p for p in opened if p.answers is not None and is_older(_held(p), p.answers.migrations)
    ]
    version = next((p.answers.version for p in opened if p.answers is not None), "-")
    made = _listed(d.stated.made_by for d in drills)
    schemas = _listed(schema_of(_held(p)) for p in proofs)
    facts = (
        Fact("chroma_version", version),
        Fact("chroma_made_by", made or None),
        Fact("chroma_schema", schemas or None),
    )
    records = records_of(drills)
    params: dict[str, Scalar] = {"n": len(drills), "records": records, "version": version}
    if not older:
        return Reason("opened", params), len(drills), facts
    # Searches are then judged as this version answers them, and not production's.
    params["schemas"] = _listed(schema_of(_held(p)) for p in older)
    return Reason("opened-older", params), len(drills), facts


def _held(proof: ChromaProof) -> tuple[str, ...]:
    return proof.catalogue.migrations


def _listed(names: Iterable[str]) -> str:
    return "; ".join(sorted({n for n in names if n}))


CHECK = Check(SPEC, (ChromaDrills,), judge)
