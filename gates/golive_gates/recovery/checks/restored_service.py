"""``recovery.restored-service``: the service comes up on restored data and knows its rows.

What: the newest backups are restored once more, the declared command is started on them alone,
its readiness is waited for, and values of restored rows are asked of it; each answer has to be 2xx
and to hold the value; a made-up value, and one whose row was taken out of the copy, must not be
answered so: whoever knows that row reads other data. Why: a backup may restore and
still not bring the service back: what it needs beside its data (a key, a file, a migration) is in
no backup. Remedy: look at what the service wrote, and back up what it misses.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.recovery.chroma.records import ChromaDrills
from golive_gates.recovery.drills.projecting import total
from golive_gates.recovery.looking import (
    blocked,
    finding,
    judged,
    measured,
    none_of,
    restorations_of,
)
from golive_gates.recovery.service.records import FIRST_ANSWER, START, Answer, ServiceDrill
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.sqlite.records import SqliteDrills

SPEC = CheckSpec("recovery.restored-service")
AGAINST = frozenset({"exited", "not-ready"})
"""Problems that the service has with the restored data; others say nothing about it."""
BUSY = frozenset({429, 503})
"""Statuses that say nothing about what was asked for."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Ready in time, and every value answered."""
    part = observation.find(ServiceDrill)
    if isinstance(part, Unavailable) and part.kind == "absent" and settings.service is None:
        return SPEC.not_applicable(Reason("no-service"))
    seen = observation.require(ServiceDrill)
    drills, _ = restorations_of(observation)
    own = [d for d in drills if d.store in seen.stores]
    held = [b for d in own if (b := blocked(d, "schema", settings.rpo))]
    if held:
        return judged(SPEC, 1, (), seen.evidence, held=held[:1])
    found = _found(seen)
    if found:
        # What the content lacks the service cannot know.
        causes = [b for d in own if (b := blocked(d, "rpo", settings.rpo))]
        if causes:
            return judged(SPEC, 1, (), seen.evidence, held=causes[:1])
    n = max(1, seen.rows)
    wrong = n
    if seen.answers and not seen.problem:
        n = len(seen.answers)
        wrong = sum(f.status is not Status.WARN for f in found)
    result = judged(SPEC, n, found, seen.evidence, facts=_facts(seen))
    params: dict[str, Scalar] = {"rows": seen.rows, "seconds": total(seen.phases)}
    measurement = none_of("rows_unanswered", wrong if found else 0, n)
    return measured(SPEC, result, Reason("answered", params), measurement)


def _found(seen: ServiceDrill) -> list[Finding]:
    subject = ", ".join(seen.stores)
    if seen.problem:
        number = -(seen.exit_code or 0) if seen.problem == "exited" else 0
        return [
            finding(
                subject,
                "signalled" if number > 0 else seen.problem,
                status=None if seen.problem in AGAINST else Status.INCONCLUSIVE,
                detail=seen.detail or "-",
                code=(seen.detail or number) if number > 0 else seen.exit_code or 0,
                said=seen.said or "-",
            )
        ]
    wrong = [f for a in seen.answers if (f := _wrong(a)) is not None]
    if wrong:
        return wrong
    if len(seen.answers) < max(1, seen.rows) or seen.control is None:
        return [finding(subject, "not-all-asked", status=Status.INCONCLUSIVE, n=len(seen.answers))]
    if seen.removed is None:
        # What reads other data could not be told from it.
        unremoved = finding(subject, "unremoved", status=Status.WARN)
        return _unproven(seen.control, "answers-anything") or [unremoved]
    return _unproven(seen.control, "answers-anything") or _unproven(seen.removed, "reads-elsewhere")


def _unproven(control: Answer, known: str) -> list[Finding]:
    """Why the answers prove nothing; *known*: the code where what is not there was answered."""
    if control.ok and control.has_value:
        return [finding(control.value, known, status=Status.INCONCLUSIVE)]
    if control.failure or control.status in BUSY:
        # No answer is no refusal: a service that is overrun refuses what there is as well.
        said = control.failure or f"HTTP {control.status}"
        return [
            finding(control.value, "control-unanswered", status=Status.INCONCLUSIVE, detail=said)
        ]
    return []


def _wrong(answer: Answer) -> Finding | None:
    if answer.failure:
        return finding(answer.value, "answer-failed", detail=answer.failure)
    if not answer.ok:
        return finding(answer.value, "answer-status", status_code=answer.status or 0)
    if not answer.has_value:
        return finding(answer.value, "answer-without-value")
    return None


def _facts(seen: ServiceDrill) -> tuple[Fact, ...]:
    took = {p.name: p.seconds for p in seen.phases}
    names = ((START, "phase_service_start"), (FIRST_ANSWER, "phase_first_answer"))
    return tuple(Fact(name, took[phase], "s") for phase, name in names if phase in took)


CHECK = Check(SPEC, (ServiceDrill, SqliteDrills, ChromaDrills), judge)
"""Reads the restore drills too: what they found wrong is not found wrong a second time."""
