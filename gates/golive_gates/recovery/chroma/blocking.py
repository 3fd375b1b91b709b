"""Which check stands before another over a drill of a Chroma store. Pure."""

from __future__ import annotations

from typing import Literal

from golive_gates.recovery.chroma.faults import Against, Fault, faults
from golive_gates.recovery.chroma.records import ChromaDrill

RESTORES = "recovery.chroma-restores"
ORDER = {
    "restores": RESTORES,
    "vectors": "recovery.chroma-vectors",
    "queries": "recovery.chroma-queries",
    "content": "recovery.chroma-content",
}
"""Concerns whose faults leave the later ones open, and the checks that tell of them."""

Asked = Literal["restores", "vectors", "queries", "content", "consistency", "rto", "rpo"]


def found_in(drill: ChromaDrill) -> tuple[Fault, ...]:
    """Faults of the drill."""
    if drill.proof is None:
        return ()
    against = Against(drill.now, drill.rpo, drill.stated, drill.live, drill.differing, drill.made)
    return faults(drill.proof, against)


def blocking(drill: ChromaDrill, concern: Asked) -> str:
    """The check before *concern* that found what leaves it open; "": it can be judged."""
    if drill.problem == "drill-no-backup":
        return "recovery.backups-found"
    if concern == "restores":
        return ""
    if drill.problem or drill.proof is None:
        return RESTORES
    order = list(ORDER)
    earlier = order[: order.index(concern)] if concern in ORDER else order
    if concern == "rto":
        # What is a little wrong with the content does not stop the clock of a restoration.
        earlier.remove("content")
    return next((ORDER[f.concern] for f in _grave(drill) if f.concern in earlier), "")


def _grave(drill: ChromaDrill) -> tuple[Fault, ...]:
    return tuple(f for f in found_in(drill) if not f.slight)
