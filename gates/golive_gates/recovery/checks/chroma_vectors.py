"""``recovery.chroma-vectors``: every vector segment is there and complete.

What: each segment that the database names has its folder with all its files, as long as their
header says; every record is in those files or still in the queue, and the sequence numbers agree.
Why: without its vectors a store still counts and lists every record. Remedy: copy the segments'
folders with the database, and from one moment.
"""

from __future__ import annotations

from collections.abc import Sequence

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason
from golive_gates.recovery.chroma.looking import judge_concern
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.chroma-vectors")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each segment."""
    return judge_concern(
        SPEC, "vectors", observation, "segments_wrong", _passing, settings=settings
    )


def _passing(drills: Sequence[ChromaDrill]) -> tuple[Reason, int, tuple[Fact, ...]]:
    found = [c for d in drills if d.proof is not None for c in d.proof.catalogue.collections]
    facts = (
        Fact("vectors_in_files", sum(c.indexed for c in found)),
        Fact("vectors_in_queue", sum(c.queued for c in found)),
        Fact("max_seq_id", max((c.seen for c in found if c.seen is not None), default=None)),
    )
    params = {
        "n": len(found),
        "files": sum(c.indexed for c in found),
        "queue": sum(c.queued for c in found),
    }
    return Reason("segments-complete", params), len(found), facts


CHECK = Check(SPEC, (ChromaDrills,), judge)
