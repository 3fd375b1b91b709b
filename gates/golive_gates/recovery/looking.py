"""How judges of this gate come to a result from backups and drills. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from golive.api import (
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceRef,
    Fact,
    Finding,
    Location,
    Measurement,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded, concluded_as
from golive.model import Scalar
from golive.observation import PartMissing
from golive_gates.recovery.chroma.blocking import blocking
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.faults import UNDECIDED, Concern, Fault, faults
from golive_gates.recovery.sqlite.records import SqliteDrill, SqliteDrills

FOUND_CHECK = "recovery.backups-found"
RESTORES_CHECK = "recovery.sqlite-restores"
SCHEMA_CHECK = "recovery.sqlite-schema"
CONTENT_CHECK = "recovery.sqlite-content"

NOT_THEIRS = frozenset((
    *("no-space", "drill-io", "archive-too-large", "archive-locked", "archive-packing"),
    *("archive-dump", "archive-members", "archive-nested", "archive-which"),
))  # fmt: skip
"""Problems of a drill that prove nothing against its backup."""


def finding(
    store: str, code: str, /, *, path: str = "", status: Status | None = None, **params: Scalar
) -> Finding:
    """A finding about *store*, in the backup at *path*."""
    return Finding(store, Reason(code, params), Location(path) if path else None, status)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a store cannot be judged, and the check that says more."""

    store: str
    check: str


Restoration = SqliteDrill | ChromaDrill
"""A drill of either kind: its phases, controls and projection are read alike."""


def restorations_of(
    observation: Observation,
) -> tuple[tuple[Restoration, ...], tuple[EvidenceRef, ...]]:
    """Drills of all declared stores, with their evidence.

    Raises ``PartMissing`` when those of a declared kind are missing, or no store is declared.
    """
    sqlite, chroma = observation.find(SqliteDrills), observation.find(ChromaDrills)
    drills: list[Restoration] = []
    evidence: list[EvidenceRef] = []
    for part in (sqlite, chroma):
        if not isinstance(part, Unavailable):
            drills += part.drills
            evidence += part.evidence
        elif part.kind != "absent":
            raise PartMissing(part)
    if not drills and isinstance(sqlite, Unavailable):
        raise PartMissing(sqlite)
    return tuple(drills), tuple(evidence)


def blocked(drill: Restoration, concern: Concern, rpo: float) -> Blocked | None:
    """The check before *concern* that found what leaves it open; ``None``: it can be judged."""
    if isinstance(drill, ChromaDrill):
        # What SQLite has a schema for, chromadb has seen by opening it.
        check = blocking(drill, "rto" if concern == "schema" else concern)
        return Blocked(drill.store, check) if check else None
    if drill.problem == "drill-no-backup":
        return Blocked(drill.store, FOUND_CHECK)
    if concern == "restores":
        return None
    proof = drill.proof
    if drill.problem or proof is None or proof.problem or concerns(drill, "restores", rpo):
        return Blocked(drill.store, RESTORES_CHECK)
    if concern in {"content", "rpo"} and concerns(drill, "schema", rpo):
        return Blocked(drill.store, SCHEMA_CHECK)
    if concern == "rpo" and concerns(drill, "content", rpo):
        return Blocked(drill.store, CONTENT_CHECK)
    return None


def concerns(drill: SqliteDrill, concern: Concern, rpo: float) -> tuple[Fault, ...]:
    """Faults of a restored database that belong to *concern*."""
    if drill.proof is None:
        return ()
    found = faults(drill.proof, drill.expected, drill.live, drill.now, rpo)
    return tuple(f for f in found if f.concern == concern)


def of_fault(drill: SqliteDrill, fault: Fault) -> Finding:
    """*fault* as a finding about the store."""
    reason = Reason(fault.code, dict(fault.params))
    return Finding(f"{drill.store}: {fault.subject}", reason, Location(drill.backup))


def unreadable(drill: SqliteDrill) -> bool:
    """Whether the proof ended for a reason that may not be the backup's."""
    return drill.proof is not None and drill.proof.problem in UNDECIDED


def undeclared(
    spec: CheckSpec,
    observation: Observation,
    settings: Settings,
    kind: type[SqliteDrills | ChromaDrills],
) -> CheckResult | None:
    """Not applicable, where stores are declared and none of them is of that *kind*.

    Without any store the question is open: nothing says that there is no data to lose.
    """
    part = observation.find(kind)
    if not isinstance(part, Unavailable) or part.kind != "absent":
        return None
    own = settings.sqlite if kind is SqliteDrills else settings.chroma
    return spec.not_applicable(part.reason) if settings.stores and not own else None


def judged(
    spec: CheckSpec,
    subjects: int,
    findings: Iterable[Finding],
    evidence: tuple[EvidenceRef, ...],
    *,
    held: Sequence[Blocked] = (),
    facts: Sequence[Fact] = (),
) -> CheckResult:
    """The result over *subjects* stores; *held* are those that another check leaves open."""
    found = tuple(findings)
    wrong = any(f.status in (None, Status.FAIL) for f in found)
    if held and not wrong:
        first = held[0]
        return spec.inconclusive(
            Reason("store-blocked", {"store": first.store, "check": first.check}),
            evidence=evidence,
            facts=tuple(facts),
            findings=found,
            blocked_by=first.check,
        )
    seen = Inspection(subjects, found, 0, "", evidence, tuple(facts))
    left = [f for f in found if f.status is Status.INCONCLUSIVE]
    if not left:
        return concluded(spec, seen)
    undecided = Reason("store-undecided", {"count": len(left), "subject": left[0].subject})
    return concluded_as(spec, seen, undecided)


def none_of(name: str, bad: int, n: int, unit: str = "") -> Measurement:
    """None of *n* may be wrong, and *bad* are."""
    return Measurement(name, bad, unit, Comparator.LE, 0, n=max(n, bad), failures=bad)


def measured(
    spec: CheckSpec,
    result: CheckResult,
    reason: Reason,
    measurement: Measurement | None,
) -> CheckResult:
    """*result* with *measurement* beside it; a pass says *reason*."""
    if measurement is None:
        return result
    if result.status is Status.PASS:
        return spec.passed(
            reason, measurement=measurement, evidence=result.evidence, facts=result.facts
        )
    if result.status is Status.WARN:
        return spec.warned(
            result.reason,
            measurement=measurement,
            evidence=result.evidence,
            facts=result.facts,
            findings=result.findings,
        )
    if result.status is Status.FAIL:
        return spec.failed(
            result.reason,
            measurement=measurement,
            evidence=result.evidence,
            facts=result.facts,
            findings=result.findings,
        )
    return result
