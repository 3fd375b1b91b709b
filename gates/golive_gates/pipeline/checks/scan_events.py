"""``pipeline.scan-events``: the scans run on every event that leads to a deployment.

What: for each job that deploys and each event that starts it, looks for a scan of each kind that
the same event starts: in its own run, in a run that it follows, or in another workflow whose
filters let through at least as much. Why: a scan on a schedule or on pull requests alone never
sees the tag that is deployed. Remedy: call the scans from the workflow that deploys.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.records import Trigger
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.gating import Gate, events_of, runs_on
from golive_gates.pipeline.scans.judging import (
    causes_of,
    concluded_on,
    gap_findings,
    gates_in,
    place_of,
)
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.scan-events", needs=EvidenceLevel.STATIC)
_PULLS = frozenset(("pull_request", "pull_request_target", "merge_group"))


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each deployment's events start a scan of each kind that exists."""
    part = observation.require(Pipeline)
    gates = [g for _, g in gates_in(part, settings)]
    if not gates and not part.problems:
        return SPEC.inconclusive(Reason("no-deploy"))
    asked = [g for g in gates if g.exists]
    findings = [f for g in asked for f in _of(g)]
    missing = causes_of(g for g in gates if not g.exists)
    return concluded_on(SPEC, observation, len(gates), findings, blocked=missing)


def _of(gate: Gate) -> Iterator[Finding]:
    scans = (*gate.inside, *gate.elsewhere)
    absent: list[Trigger | None] = []
    unsure: list[Trigger | None] = []
    for trigger in events_of(gate.deploy):
        answers = [runs_on(s, gate.deploy, trigger) for s in scans]
        if True not in answers:
            (unsure if None in answers else absent).append(trigger)
    if absent and gate.around:
        yield from gap_findings(gate.deploy.subject, gate.around, gate.kind)
        return
    for triggers, code in ((absent, _code(gate)), (unsure, "event-unsure")):
        if triggers:
            first = triggers[0]
            yield finding(
                first.place if first is not None else place_of(gate),
                gate.deploy.subject,
                code,
                status=Status.INCONCLUSIVE if code == "event-unsure" else None,
                key=True,
                kind=gate.kind,
                events=", ".join(dict.fromkeys(t.event if t else "-" for t in triggers)),
                scan=scans[0].subject,
                runs_on=", ".join(_events(gate)),
            )


def _events(gate: Gate) -> list[str]:
    scans = gate.elsewhere or gate.inside
    return sorted({event for s in scans for event in s.run.workflow.events})


def _code(gate: Gate) -> str:
    if gate.inside:
        return "skipped-on-event"
    events = set(_events(gate))
    if events == {"schedule"}:
        return "schedule-only"
    return "pull-request-only" if events and events <= _PULLS else "other-events"


CHECK = Check(SPEC, (Pipeline,), judge)
