"""``pipeline.deploy-needs``: every job that deploys waits for the scans.

What: walks ``needs`` of each job that deploys, through called workflows and through
``workflow_run`` with a condition on success, and looks for a scan of each kind; one in an earlier
step of the same job counts. Why: what nothing waits for stops nothing; it reports a leaked key
after that is in production. Remedy: add the scanning jobs to ``needs``.

Where nothing deploys the jobs that publish images are held to the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.pipeline.deploys.found import unmatched
from golive_gates.pipeline.looking import finding, runs_of
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.scans.gating import Gate
from golive_gates.pipeline.scans.judging import (
    cause_of,
    causes_of,
    concluded_on,
    gap_findings,
    gates_in,
    place_of,
)
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.deploy-needs", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each deployment waits for a scan of each kind that exists and runs with it."""
    part = observation.require(Pipeline)
    named = settings.deploy_jobs
    gates = [g for _, g in gates_in(part, settings)]
    if not gates and not part.problems:
        return SPEC.inconclusive(Reason("no-deploy"))
    open_gates = [g for g in gates if not g.needed]
    asked = [g for g in open_gates if cause_of(g) == SPEC.id]
    findings = [f for g in asked for f in _of(g)]
    findings += _unknown(part, named)
    others = [c for c in causes_of(open_gates) if c != SPEC.id]
    jobs = {(g.deploy.subject, g.deploy.publishes_only) for g in gates}
    facts = [
        Fact("deploying_jobs", sum(1 for _, published in jobs if not published)),
        Fact("publishing_jobs", sum(1 for _, published in jobs if published)),
    ]
    return concluded_on(SPEC, observation, len(gates), findings, blocked=others, facts=facts)


def _of(gate: Gate) -> Iterator[Finding]:
    subject = gate.deploy.subject
    if gate.gaps:
        yield from gap_findings(subject, gate.gaps, gate.kind)
        return
    here = [s for s in gate.inside if s not in gate.unheeded]
    same = [s for s in here if s.node.id == gate.deploy.node.id]
    if same:
        code, scan = "after-deploy", same[0]
    elif gate.unheeded and not here:
        code, scan = "any-outcome", gate.unheeded[0]
    elif here:
        code, scan = "not-needed", here[0]
    else:
        code, scan = "other-workflow", gate.elsewhere[0]
    yield finding(
        place_of(gate),
        subject,
        code,
        key=True,
        kind=gate.kind,
        scan=scan.subject,
        job=scan.node.id,
    )


def _unknown(part: Pipeline, named: tuple[str, ...]) -> Iterator[Finding]:
    there = [r for r in part.repositories if runs_of(r)]
    lost = set(named).intersection(*(unmatched(r, named) for r in there)) if there else set()
    for name in sorted(lost):
        place = runs_of(there[0])[0].workflow.place
        yield finding(place, name, "deploy-job-unknown", status=Status.INCONCLUSIVE, job=name)


CHECK = Check(SPEC, (Pipeline,), judge)
