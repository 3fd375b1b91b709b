"""Records for tests of the core: a check, a gate, a run, each sound unless asked otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime

from golive.config.model import Checklist, Claim, Config, Profile, Service, Waiver
from golive.model import Comparator, EvidenceLevel, EvidenceRef, Measurement, Severity, Status
from golive.record import CheckRecord, Decision, Execution, GateRecord, Run, Tool
from golive.soundness import gate_status
from golive.stats import lower_bound, upper_bound

STARTED = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = STARTED.date()
YESTERDAY = date(2026, 3, 9)
TOMORROW = date(2026, 3, 11)

JUDGED = frozenset({Status.PASS, Status.WARN, Status.FAIL})


def evidence(name: str = "seen.txt") -> EvidenceRef:
    return EvidenceRef(name, f"gate/{name}", hashlib.sha256(name.encode()).hexdigest(), 4, "text/x")


def ratio(n: int, failures: int, objective: float = 0.99) -> Measurement:
    """A sampled success ratio with its bounds; *n* = 0 has neither."""
    return Measurement(
        name="success",
        value=(n - failures) / n if n else 1.0,
        unit="ratio",
        comparator=Comparator.GE,
        threshold=objective,
        n=n,
        failures=failures,
        confidence=0.95,
        bound=lower_bound(n, failures) if n else None,
        opposite=upper_bound(n, failures) if n else None,
    )


def waiver(until: date, check: str = "gate.check") -> Waiver:
    return Waiver(check, "accepted for the pilot", "Kim", until)


def check(
    check_id: str = "gate.check",
    status: Status = Status.PASS,
    *,
    required: bool = True,
    needs: EvidenceLevel = EvidenceLevel.MEASURED,
    level: EvidenceLevel | None = None,
    measurement: Measurement | None = None,
    refs: tuple[EvidenceRef, ...] | None = None,
    waiver: Waiver | None = None,
    blocked_by: str | None = None,
) -> CheckRecord:
    judged = status in JUDGED
    if level is None:
        level = EvidenceLevel.MEASURED if judged else EvidenceLevel.NONE
    if refs is None:
        refs = (evidence(),) if judged else ()
    return CheckRecord(
        id=check_id,
        status=status,
        severity=Severity.HIGH,
        required=required,
        needs=needs,
        evidence_level=level,
        title="Title",
        reason_code="test",
        reason="A reason.",
        remedy="Do this.",
        measurement=measurement,
        evidence=refs,
        waiver=waiver,
        blocked_by=blocked_by,
    )


def gate(
    *checks: CheckRecord,
    gate_id: str = "gate",
    required: bool = True,
    execution: Execution = Execution.COMPLETED,
    expected: Iterable[str] | None = None,
) -> GateRecord:
    return GateRecord(
        id=gate_id,
        number=None,
        title=gate_id,
        status=gate_status((c.status for c in checks), execution),
        execution=execution,
        required=required,
        expected=tuple(c.id for c in checks if c.required) if expected is None else tuple(expected),
        checks=checks,
    )


def config(
    *,
    issues: tuple[Claim, ...] = (),
    infrastructure: tuple[Claim, ...] = (),
    items: tuple[Claim, ...] = (),
    pre_deploy: tuple[Claim, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    profile: tuple[str, ...] | None = None,
) -> Config:
    return Config(
        api_version="golive/v1",
        service=Service("Generator", "1.0"),
        issues=issues,
        infrastructure=infrastructure,
        checklist=Checklist(items, pre_deploy),
        waivers=waivers,
        profile=Profile(profile),
    )


def run(
    *gates: GateRecord,
    configuration: Config | None = None,
    interrupted: bool = False,
    decision: Decision = Decision.GO,
) -> Run:
    return Run(
        run_id="run-1",
        started=STARTED,
        finished=STARTED,
        tool=Tool("golive", "0", "3", "test"),
        decision=decision,
        gates=gates,
        config=configuration or config(),
        interrupted=interrupted,
    )
