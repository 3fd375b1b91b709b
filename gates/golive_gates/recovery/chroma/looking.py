"""How judges of Chroma drills come to a result. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.api import (
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Location,
    Measurement,
    Observation,
    Reason,
    Status,
)
from golive_gates.recovery.chroma.blocking import Asked, blocking, found_in
from golive_gates.recovery.chroma.faults import Concern, Fault
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.looking import Blocked, judged, measured, undeclared
from golive_gates.recovery.settings import Settings

Passing = Callable[[Sequence[ChromaDrill]], tuple[Reason, int, tuple[Fact, ...]]]
"""Of drills that could be judged: what a pass says, over how many things, with which facts."""


def judge_concern(
    spec: CheckSpec,
    concern: Concern,
    observation: Observation,
    name: str,
    passing: Passing,
    more: Callable[[ChromaDrill], list[Finding]] = lambda _: [],
    *,
    settings: Settings,
) -> CheckResult:
    """The faults of *concern* in every drill, and *more* findings of those without any.

    ``name``: of the measurement, which counts what is wrong. Not applicable where other stores
    are declared and none of Chroma.
    """
    if (none := undeclared(spec, observation, settings, ChromaDrills)) is not None:
        return none
    seen = observation.require(ChromaDrills)
    found: list[Finding] = []
    held: list[Blocked] = []
    open_: list[ChromaDrill] = []
    for drill in seen.drills:
        before = before_it(drill, concern)
        if before is not None:
            held.append(before)
            continue
        open_.append(drill)
        own = [of_fault(drill, f) for f in found_in(drill) if f.concern == concern]
        found += own
        if all(f.status is Status.WARN for f in own):
            found += more(drill)
    reason, n, facts = passing(open_)
    wrong = sum(f.status is None for f in found)
    result = judged(spec, len(seen.drills), found, seen.evidence, held=held, facts=facts)
    if not open_:
        return result
    measurement = Measurement(name, wrong, "", Comparator.LE, 0, n=max(n, wrong, 1), failures=wrong)
    return measured(spec, result, reason, measurement)


def before_it(drill: ChromaDrill, concern: Asked) -> Blocked | None:
    """What leaves *concern* open, as judges say it."""
    check = blocking(drill, concern)
    return Blocked(drill.store, check) if check else None


def of_fault(drill: ChromaDrill, fault: Fault) -> Finding:
    """*fault* as a finding about the store."""
    status = Status.INCONCLUSIVE if fault.undecided else Status.WARN if fault.slight else None
    reason = Reason(fault.code, dict(fault.params))
    return Finding(f"{drill.store}: {fault.subject}", reason, Location(drill.backup), status)


def records_of(drills: Sequence[ChromaDrill]) -> int:
    """Restored records of all *drills*."""
    return sum(d.proof.catalogue.records for d in drills if d.proof is not None)
