"""``pipeline.full-history``: the secret scan sees the whole history.

What: for each deployment looks for a secret scan that reads every commit: a checkout with
``fetch-depth: 0`` before it, no ``--no-git`` or ``dir`` alone, no ``--log-opts`` that cut it short,
and not gitleaks-action alone where a tag deploys, because a push of a tag carries no commits and
the action then ends with success. Why: a key that a later commit removed is still in the
repository and still valid; a shallow clone, the default, does not hold it. Remedy: check out with
``fetch-depth: 0`` and run ``gitleaks git``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Status,
)
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.records import Place, Trigger
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.scans.found import scans_of
from golive_gates.pipeline.scans.gating import events_of, gates_of
from golive_gates.pipeline.scans.history import Problem, problems_of
from golive_gates.pipeline.scans.judging import at_command, causes_of, concluded_on
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.full-history", needs=EvidenceLevel.STATIC)
_KIND = "secret-scan"
_STATUS = {0: Status.WARN, 1: Status.INCONCLUSIVE, 2: None}
Group = tuple[Sequence[Scan], tuple[Trigger | None, ...]]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each deployment waits for one scan that misses nothing."""
    part = observation.require(Pipeline)
    findings: dict[object, Finding] = {}
    subjects, blocked = 0, []
    for repository in part.repositories:
        gates = [g for g in gates_of(repository, settings.deploy_jobs) if g.kind == _KIND]
        blocked += [g for g in gates if not g.needed]
        groups: list[Group] = [(g.needed, events_of(g.deploy)) for g in gates if g.needed]
        if not gates:
            found = [s for s in scans_of(repository) if s.kind == _KIND]
            paths = dict.fromkeys(s.run.workflow.path for s in found)
            groups = [([s for s in found if s.run.workflow.path == p], ()) for p in paths]
        subjects += len(groups)
        for scans, triggers in groups:
            for one in _of(scans, triggers, repository):
                findings.setdefault((one.location, one.json_path, one.reason.code), one)
    causes = causes_of(blocked)
    total = subjects + len(blocked)
    return concluded_on(SPEC, observation, total, findings.values(), blocked=causes)


def _of(
    scans: Sequence[Scan], triggers: tuple[Trigger | None, ...], repository: Repository
) -> Iterator[Finding]:
    seen = [(s, problems_of(s, repository, triggers)) for s in scans]
    if any(not problems for _, problems in seen):
        return
    best = min(max(p.weight for p in problems) for _, problems in seen)
    likely = [
        (scan, problem)
        for scan, problems in seen
        if max(p.weight for p in problems) == best
        for problem in problems
    ]
    # Where one reads the history, that others read the tree is no mistake of theirs.
    deep = [(s, p) for s, p in likely if p.code not in ("tree-only", "staged-only")]
    for scan, problem in deep or likely:
        found = finding(
            _place(scan, problem),
            scan.subject,
            problem.code,
            status=_STATUS[problem.weight],
            what=problem.what,
            tool=scan.tool,
        )
        yield at_command(found, scan, repository) if problem.step is None else found


def _place(scan: Scan, problem: Problem) -> Place:
    return scan.place if problem.step is None else scan.node.steps[problem.step].place


CHECK = Check(SPEC, (Pipeline,), judge)
