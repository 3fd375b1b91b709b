"""``pipeline.neutralised``: a scan that fails stops the deployment.

What: for each scan that a deployment waits for, looks at everything between its exit status and
the deployment: the script around it, ``continue-on-error`` of step, job and caller, conditions that
never hold, and conditions by which the deployment runs after a failure. Why: a scan whose failure
is swallowed is green whatever it finds. Remedy: take away what the finding names.

A scan beside which another of the same kind and reach still stops the deployment only warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
from golive_gates.pipeline.neutralising.deploys import deployed_anyway, deployed_unscanned
from golive_gates.pipeline.neutralising.model import Cause
from golive_gates.pipeline.neutralising.shell import shell_causes
from golive_gates.pipeline.neutralising.steps import skipped, tolerated
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.scans.found import scans_of
from golive_gates.pipeline.scans.gating import Gate, events_of
from golive_gates.pipeline.scans.judging import causes_of, concluded_on, gates_in
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.neutralised", needs=EvidenceLevel.STATIC)
_REACH = {"staged": 0, "stdin": 0, "tree": 1, "range": 1, "history": 2}


@dataclass(frozen=True, slots=True)
class _Judged:
    scan: Scan
    causes: tuple[Cause, ...]

    @property
    def stops(self) -> bool:
        return not self.causes and self.scan.options.stops is not False


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every scan that is waited for can stop what waits for it."""
    part = observation.require(Pipeline)
    gates = gates_in(part, settings)
    if not gates:
        return _nothing_deploys(observation, part)
    found: dict[tuple[object, ...], Finding] = {}
    scans = set()
    for repository, gate in gates:
        scans |= {s.key for s in gate.needed}
        for finding in _of(gate, repository):
            key = (finding.subject, finding.reason.code, finding.location)
            if key not in found or finding.status is None:
                found[key] = finding
    missing = causes_of(g for _, g in gates if not g.needed)
    facts = [Fact("scans_before_deployments", len(scans))]
    return concluded_on(SPEC, observation, len(gates), found.values(), blocked=missing, facts=facts)


def _nothing_deploys(observation: Observation, part: Pipeline) -> CheckResult:
    """What lies in the scans themselves is told all the same."""
    found = [
        cause.finding(scan.subject, None, kind=scan.kind)
        for r in part.repositories
        for scan in {s.key: s for s in scans_of(r)}.values()
        for cause in _own(scan, (), r)
        if cause.certain
    ]
    if found or part.problems:
        return concluded_on(SPEC, observation, len(found), found)
    return SPEC.inconclusive(Reason("no-deploy"))


def _of(gate: Gate, repository: Repository) -> Iterator[Finding]:
    triggers = events_of(gate.deploy)
    judged = [_Judged(s, tuple(_own(s, triggers, repository))) for s in gate.needed]
    for one in judged:
        spared = any(o.stops and _reaches(o.scan, one.scan) for o in judged if o is not one)
        status = Status.WARN if spared else None
        for cause in one.causes:
            if not cause.certain and spared:
                continue
            yield cause.finding(one.scan.subject, status, kind=gate.kind)
    for scan in gate.needed:
        for cause in deployed_anyway(gate.deploy, scan):
            yield cause.finding(gate.deploy.subject, None, kind=gate.kind)
            break
        for cause in deployed_unscanned(gate.deploy, scan):
            yield cause.finding(scan.subject, None, kind=gate.kind)


def _own(scan: Scan, triggers: Iterable[object], repository: Repository) -> Iterator[Cause]:
    """Causes that are written where the scan is."""
    yield from skipped(scan, tuple(triggers), repository)  # type: ignore[arg-type]
    yield from tolerated(scan, repository)
    yield from shell_causes(scan, repository)


def _reaches(other: Scan, scan: Scan) -> bool:
    """Whether *other* looks at all that *scan* looks at."""
    if scan.kind == "image-scan":
        return bool(scan.options.target) and scan.options.target == other.options.target
    return _REACH.get(other.options.scope, 1) >= _REACH.get(scan.options.scope, 1)


CHECK = Check(SPEC, (Pipeline,), judge)
