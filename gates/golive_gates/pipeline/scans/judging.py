"""How judges of scans come to a result: which question is moot because another check failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from golive.api import CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive.inspecting import Inspection, concluded_as
from golive.sources.kubernetes.pods import pod_of
from golive_gates.pipeline.deploys.found import deploys_of
from golive_gates.pipeline.looking import READ_CHECK, finding, runs_of
from golive_gates.pipeline.model.records import Place, Unfollowed
from golive_gates.pipeline.neutralising.places import line_of_command
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.scans.found import gaps_in, scans_of
from golive_gates.pipeline.scans.gating import Gate, events_of, gates_of, runs_on
from golive_gates.pipeline.scans.model import KINDS, Kind, Scan
from golive_gates.pipeline.settings import Settings

MOST_GAPS = 5


def concluded_on(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    *,
    blocked: Sequence[str] = (),
    facts: Sequence[Fact] = (),
) -> CheckResult:
    """The result of *spec*; where it left something out because of *blocked*, it does not pass.

    *blocked*: ids of the checks that report why.
    """
    part = observation.require(Pipeline)
    seen = Inspection(
        *(subjects, tuple(findings), len(part.problems), READ_CHECK, part.evidence, tuple(facts))
    )
    undecided = Reason("left-out", {"check": blocked[0]}) if blocked and subjects else None
    return concluded_as(spec, seen, undecided, blocked[0] if blocked else "")


def gates_in(part: Pipeline, settings: Settings) -> list[tuple[Repository, Gate]]:
    """Every gate that is asked for, with its repository: none for images where there are none."""
    return [
        (repository, gate)
        for repository in part.repositories
        for gate in gates_of(repository, settings.deploy_jobs)
        if gate.kind != "image-scan" or images_in(part, repository)
    ]


def cause_of(gate: Gate) -> str:
    """Id of the check that reports why *gate* has no scan that is waited for."""
    if not gate.exists:
        return f"pipeline.{gate.kind}"
    triggers = events_of(gate.deploy)
    scans = (*gate.inside, *gate.elsewhere)
    if any(not any(runs_on(s, gate.deploy, t) for s in scans) for t in triggers):
        return "pipeline.scan-events"
    return "pipeline.deploy-needs"


def causes_of(gates: Iterable[Gate]) -> tuple[str, ...]:
    """:func:`cause_of` each, once, what exists before what runs before what is needed."""
    return tuple(sorted({cause_of(g) for g in gates}, key=_rank))


def _rank(check: str) -> int:
    """The same order each time: also of kinds that are both missing."""
    late = ("pipeline.scan-events", "pipeline.deploy-needs")
    return (*(f"pipeline.{kind}" for kind in KINDS), *late).index(check)


def at_command(found: Finding, scan: Scan, repository: Repository) -> Finding:
    """*found*, which is about *scan*, at the line of its command."""
    if scan.command is None or not scan.step.run:
        return found
    return replace(found, location=line_of_command(scan.step, scan.command, repository))


def gap_findings(subject: str, gaps: Sequence[Unfollowed], kind: Kind) -> Iterator[Finding]:
    """One finding for each of *gaps*: a scan of *kind* may be in it."""
    for gap in gaps[:MOST_GAPS]:
        yield finding(
            gap.place,
            subject,
            "not-followed",
            status=Status.INCONCLUSIVE,
            what=gap.what,
            kind=kind,
            more=max(0, len(gaps) - MOST_GAPS),
        )


def existing(
    spec: CheckSpec, kind: Kind, observation: Observation, settings: Settings
) -> CheckResult:
    """Whether each repository's pipelines have a scan of *kind*, wherever it stands."""
    part = observation.require(Pipeline)
    asked = [r for r in part.repositories if _asks(part, r, kind)]
    # Of several repositories those that deploy nothing need not have every scan.
    deploying = [r for r in asked if deploys_of(r, settings.deploy_jobs)]
    findings: list[Finding] = []
    found = 0
    for repository in deploying or asked:
        keys = {s.key for s in scans_of(repository) if s.kind == kind}
        found += len(keys)
        if not keys:
            findings += _missing(repository, kind, settings)
    return concluded_on(spec, observation, found, findings)


def _missing(repository: Repository, kind: Kind, settings: Settings) -> Iterator[Finding]:
    runs = runs_of(repository)
    gaps = tuple(g for r in runs for g in gaps_in(r, tuple(r.nodes.values()), repository))
    deploys = deploys_of(repository, settings.deploy_jobs)
    subject = deploys[0].subject if deploys else repository.root or "."
    if gaps:
        once = tuple({g.what: g for g in gaps}.values())
        yield from gap_findings(subject, once, kind)
    elif deploys:
        yield finding(deploys[0].node.job.place, subject, "no-scan", key=True)
    elif runs:
        yield finding(runs[0].workflow.place, subject, "no-scan")


def _asks(part: Pipeline, repository: Repository, kind: Kind) -> bool:
    if not runs_of(repository):
        return False
    return kind != "image-scan" or bool(images_in(part, repository))


def images_in(part: Pipeline, repository: Repository) -> bool:
    """Whether images are built or run: a Dockerfile, a container, an image scan."""
    built = (n.rpartition("/")[2].lower() for n in repository.names)
    if any(n.startswith(("dockerfile", "containerfile")) for n in built):
        return True
    if any(s.kind == "image-scan" for s in scans_of(repository)):
        return True
    return any(pod_of(o) is not None for o in part.objects)


def place_of(gate: Gate) -> Place:
    """Where a finding about what *gate* lacks points: the job that deploys."""
    return gate.deploy.node.job.place
