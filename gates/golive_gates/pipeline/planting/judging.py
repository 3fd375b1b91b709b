"""From what the drill saw to findings: which keys would have stopped the pipeline. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from golive.api import Finding, Location, Reason, Status
from golive.model import Scalar
from golive_gates.pipeline.planting.garden import ASIDE, PLACES
from golive_gates.pipeline.planting.keys import KINDS
from golive_gates.pipeline.planting.parts import CommandRun, Drill, When

EXPLAINS = {
    "green": ("pipeline.scan-options", "pipeline.allow-lists", "pipeline.full-history"),
    "history": ("pipeline.full-history", "pipeline.scan-options", "pipeline.allow-lists"),
    "tree": ("pipeline.scan-options", "pipeline.allow-lists"),
    "kind": ("pipeline.allow-lists", "pipeline.scan-options"),
    "place": ("pipeline.allow-lists", "pipeline.scan-options"),
    "place-aside": ("pipeline.allow-lists",),
}
"""Static checks whose failure alone may explain a finding of that code, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the scans of one drill came to.

    ``stopping``: positions of the keys on which some scan fails. ``reported``: of those that one
    prints before it ends with success, and on which none fails.
    """

    drill: Drill
    stopping: frozenset[int]
    reported: frozenset[int]

    @property
    def complete(self) -> bool:
        """Whether every key stops the pipeline."""
        return len(self.stopping) == len(self.drill.keys) > 0

    def stops(self, *, kind: str = "", when: When | None = None, path: str = "") -> bool:
        """Whether one of the keys that fit stops the pipeline."""
        return any(
            n in self.stopping
            for n, key in enumerate(self.drill.keys)
            if kind in ("", key.kind) and when in (None, key.when) and path in ("", key.path)
        )


def seen_in(drill: Drill) -> Seen:
    """What the scans of *drill* came to, together."""
    ran = [c for c in drill.commands if not c.problem]
    stopping = {n for c in ran if c.status != 0 for n in c.found}
    reported = {n for c in ran if c.status == 0 for n in c.found}
    return Seen(drill, frozenset(stopping), frozenset(reported) - stopping)


def missed(seen: Seen) -> Iterator[Finding]:
    """What would have gone through; nothing where no scan could be run."""
    ran = [c for c in seen.drill.commands if not c.problem]
    if not ran or not seen.drill.keys:
        return
    first = ran[0]
    if not seen.stopping:
        code = "green-reported" if seen.reported else "green"
        yield _finding(first, code, count=len(seen.reported), n=len(seen.drill.keys))
        return
    whole = [when for when in ("history", "tree") if seen.stops(when=_when(when))]
    for when in ("history", "tree"):
        if when not in whole:
            yield _finding(first, when, depth=first.depth)
    for kind in KINDS:
        gone = [when for when in whole if not seen.stops(kind=kind, when=_when(when))]
        if gone:
            yield _finding(first, "kind", kind=kind, places=", ".join(gone))
    for path in PLACES:
        if not seen.stops(path=path):
            aside = path in ASIDE
            status = Status.WARN if aside else None
            yield _finding(first, "place-aside" if aside else "place", status, place=path)


def _when(text: str) -> When:
    return "history" if text == "history" else "tree"


def undecided(seen: Seen) -> Iterator[Finding]:
    """Scans that were not run or gave no answer, by their names."""
    for run in seen.drill.commands:
        if run.problem:
            yield _finding(
                run, f"run-{run.problem}", Status.INCONCLUSIVE, detail=run.detail, tool=run.detail
            )


def _finding(
    run: CommandRun, code: str, status: Status | None = None, /, **params: Scalar
) -> Finding:
    return Finding(run.subject, Reason(code, params), Location(run.path, run.line), status)
