"""What ``golive backup verify`` prints: each drill, each check, and what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from golive.api import CheckResult, Observation, Status, Unavailable
from golive.rounding import Toward
from golive.sanitize import clean
from golive.texts import Catalogue
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.service.records import ServiceDrill
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills

STATUS, NAME = 14, 20
MOST = 10
"""Findings of a check that are printed; all are in ``--output json``."""

WRONG = frozenset({Status.FAIL, Status.WARN, Status.INCONCLUSIVE, Status.ERROR})


def lines(
    seen: Observation, results: Sequence[CheckResult], left_out: Sequence[str], texts: Catalogue
) -> Iterator[str]:
    """All lines. ``left_out``: checks that were not asked for."""
    for drill in _drills(seen):
        yield from _restored(drill, texts)
    yield from _served(seen.find(ServiceDrill))
    told = [r for r in results if r.blocked_by is None and r.status is not Status.NOT_APPLICABLE]
    for result in told:
        yield from _check(result, texts)
    for before in dict.fromkeys(r.blocked_by for r in results if r.blocked_by):
        names = [r.spec.name for r in results if r.blocked_by == before]
        yield f"{'not judged':<{STATUS}}{', '.join(names)}: before {before} is mended"
    if beside := [r.spec.name for r in results if r.status is Status.NOT_APPLICABLE]:
        yield f"{'not needed':<{STATUS}}{', '.join(beside)}: no such store is declared"
    if left_out:
        why = "a golive.yaml has to say what is promised"
        yield f"{'not asked':<{STATUS}}{', '.join(left_out)}: {why}"
    yield verdict(results)


def verdict(results: Iterable[CheckResult]) -> str:
    """What it comes to, in one sentence."""
    failed = [r.spec.name for r in results if r.status is Status.FAIL]
    undecided = [
        r.spec.name
        for r in results
        if r.status in {Status.INCONCLUSIVE, Status.ERROR} and r.blocked_by is None
    ]
    if failed:
        return f"FAILED: {', '.join(failed)}."
    if undecided:
        return f"UNDECIDED: {', '.join(undecided)}."
    return "The newest backup restores, and the drill catches every damage that was tried."


def _drills(seen: Observation) -> Iterator[SqliteDrill | ChromaDrill]:
    kinds: tuple[type[SqliteDrills | ChromaDrills], ...] = (SqliteDrills, ChromaDrills)
    for kind in kinds:
        part = seen.find(kind)
        if not isinstance(part, Unavailable):
            yield from part.drills


def _restored(drill: SqliteDrill | ChromaDrill, texts: Catalogue) -> Iterator[str]:
    if not drill.backup:
        return
    age = f"{texts.span(drill.now - drill.at, Toward.UP)} old"
    yield f"{clean(drill.store)}: {clean(drill.backup, 2000)}, {drill.size:,} bytes, {age}"
    if drill.phases:
        took = ", ".join(f"{p.name} {p.seconds:.3f}" for p in drill.phases)
        yield f"  restored in {sum(p.seconds for p in drill.phases):.3f} s: {took}"


def _served(drill: ServiceDrill | Unavailable) -> Iterator[str]:
    if isinstance(drill, ServiceDrill) and drill.phases:
        took = ", ".join(f"{p.name} {p.seconds:.3f}" for p in drill.phases)
        yield f"  started on {clean(', '.join(drill.stores))}: {took}"


def _check(result: CheckResult, texts: Catalogue) -> Iterator[str]:
    said = texts.reason(result.reason, result.spec.id)
    yield f"{result.status.value:<{STATUS}}{result.spec.name:<{NAME}}{clean(said)}"
    for found in result.findings[:MOST]:
        sentence = texts.reason(found.reason, result.spec.id)
        where = f" ({found.location})" if found.location is not None else ""
        yield f"{'':<{STATUS}}{clean(found.subject)}{clean(where)}: {clean(sentence)}"
    if (more := len(result.findings) - MOST) > 0:
        yield f"{'':<{STATUS}}and {more:,} more"
    if result.status in WRONG:
        first = result.findings[0].reason if result.findings else result.reason
        yield f"{'':<{STATUS}}-> {clean(texts.remedy(result.spec.id, first))}"
