"""What recorded evidence carries, whatever status was written beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from golive.config.model import Waiver
from golive.model import Measurement, Status
from golive.record import CheckRecord, Execution, GateStatus
from golive.stats import Outcome

CUT_SHORT = frozenset({Execution.CRASHED, Execution.TIMED_OUT, Execution.INTERRUPTED})
"""A gate that began and did not complete."""


def in_force(waiver: Waiver | None, today: date) -> bool:
    """Whether a waiver still stands on *today* (its last day included)."""
    return waiver is not None and today <= waiver.until


def proves(measurement: Measurement | None) -> bool:
    """Whether a measurement, if there is one, carries a pass."""
    return measurement is None or measurement.outcome is Outcome.PROVEN


def sound_status(check: CheckRecord) -> Status:
    """The status that the check's own evidence carries.

    A recorded pass without measurement or evidence, below the level it needs, or on a
    measurement that does not prove it, counts as inconclusive.
    """
    if check.status not in (Status.PASS, Status.WARN):
        return check.status
    has_evidence = check.measurement is not None or bool(check.evidence)
    enough = has_evidence and check.evidence_level.reaches(check.needs)
    return check.status if enough and proves(check.measurement) else Status.INCONCLUSIVE


def gate_status(
    statuses: Iterable[Status], execution: Execution = Execution.COMPLETED
) -> GateStatus:
    """A gate's status: its worst check. No check at all, or a gate cut short, is an error."""
    seen = set(statuses)
    if execution is not Execution.COMPLETED:
        seen.add(Status.ERROR)
    order = (
        Status.FAIL,
        Status.ERROR,
        Status.INCONCLUSIVE,
        Status.WARN,
        Status.PASS,
        Status.NOT_APPLICABLE,
    )
    for status in order:
        if status in seen:
            return GateStatus(status.value)
    return GateStatus.ERROR
