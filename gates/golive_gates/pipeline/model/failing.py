"""What of a run still happens when one of its jobs has failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from golive_gates.pipeline.model.expressions import UNKNOWN, mentions, truth
from golive_gates.pipeline.model.records import Guard, Run

Outcome = Literal["failure", "skipped"]
_SUCCESS, _SKIPPED = "success", "skipped"
_FAILURE: Outcome = "failure"


def starts_after(run: Run, failed: str, outcome: Outcome = _FAILURE) -> Mapping[str, bool | None]:
    """For every other node of *run* that needs the node *failed*: whether it starts all the same.

    *outcome*: what became of that node.

    True: the failure does not hold it back, whatever else its condition asks for. ``None``: that
    depends on what jobs give out, or the condition cannot be read. A failed job skips all that
    need it, directly or not, unless their own condition has a status function. What a
    ``continue-on-error`` forgives is not looked at here.
    """
    known: dict[str, str | None] = {failed: outcome}
    found: dict[str, bool | None] = {}
    for key, node in run.nodes.items():
        if key == failed or failed not in node.needs:
            continue
        starts: bool | None = True
        for guard in node.guards:
            if failed in guard.needs:
                held = _passes(guard, known, outcome)
                starts = False if held is False or starts is False else held and starts
        found[key] = starts
        known[key] = {True: _SUCCESS, False: _SKIPPED, None: None}[starts]
    return found


def _passes(guard: Guard, known: Mapping[str, str | None], outcome: Outcome) -> bool | None:
    results = {name: _result(nodes, known) for name, nodes in guard.results.items()}
    needs = {
        name: {"result": UNKNOWN if result is None else result} for name, result in results.items()
    }
    condition = guard.job.condition
    said = truth(condition, {"needs": needs}, outcome)
    if said is None and mentions(condition, "needs") is False:
        return True
    return said


def _result(nodes: tuple[str, ...], known: Mapping[str, str | None]) -> str | None:
    results = [known.get(node, _SUCCESS) for node in nodes]
    if _FAILURE in results:
        return _FAILURE
    if None in results:
        return None
    return _SKIPPED if results and all(r == _SKIPPED for r in results) else _SUCCESS
