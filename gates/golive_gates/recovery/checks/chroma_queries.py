"""``recovery.chroma-queries``: restored records are found by their own embeddings.

What: chromadb counts each collection, and sampled records (the same ones each time) are searched
for by their own embeddings: each has to be among the k results, and there have to be k. Why: an
index that lost half of its vectors answers without an error; only a question whose answer is known
tells. An approximate index may miss a few (5 %), which is a warning. Remedy: make a new snapshot;
if the live store fails the same way, rebuild its index.
"""

from __future__ import annotations

from collections.abc import Sequence

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive_gates.recovery.chroma.looking import judge_concern
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.looking import finding
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.chroma-queries")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each collection, asked for what it holds."""
    return judge_concern(
        SPEC, "queries", observation, "searches_wrong", _passing, _nothing, settings=settings
    )


def _nothing(drill: ChromaDrill) -> list[Finding]:
    """A store without records answers nothing that could be wrong."""
    if drill.proof is not None and drill.proof.catalogue.records:
        return []
    return [finding(drill.store, "nothing-held", path=drill.backup, status=Status.INCONCLUSIVE)]


def _passing(drills: Sequence[ChromaDrill]) -> tuple[Reason, int, tuple[Fact, ...]]:
    proofs = [d.proof.answers for d in drills if d.proof is not None]
    asked = [a for one in proofs if one is not None for a in one.asked]
    sampled, found = sum(a.sampled for a in asked), sum(a.found + a.twins for a in asked)
    facts = (
        Fact("self_queries", sampled),
        Fact("self_queries_found", found),
        Fact("self_queries_k", max((a.k for a in asked), default=None)),
    )
    params = {"n": sampled, "found": found, "collections": len(asked)}
    return Reason("found-themselves", params), sampled, facts


CHECK = Check(SPEC, (ChromaDrills,), judge)
