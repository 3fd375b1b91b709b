"""``pipeline.own-secrets``: no secret in the release's files, nor in the history that is there.

What: gitleaks over the folder and, where it is under git, over every commit, with gitleaks' own
rules and with the project's: those that its commands name, with their baseline. What the project's
rules report fails; what only they hide warns, so that an allow-list shows what it covers. Files
that git ignores are left out. Why: a key that was committed once is with everybody who has a clone,
whatever later commits remove. Whether the history was looked at is ``pipeline.own-history``.
Remedy: revoke the key first, then remove it; a false positive goes, by its fingerprint and in
review, into ``.gitleaksignore``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Location,
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.planting.rules import refused_rules
from golive_gates.pipeline.programs.leaks import Leak
from golive_gates.pipeline.programs.own import OwnScan, OwnSecrets, Scanned
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.own-secrets", needs=EvidenceLevel.STATIC)
MOST = 200
"""Findings that are listed; those beyond are one more finding with their number."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Nothing found, by a gitleaks that did look."""
    part = observation.require(OwnSecrets)
    found = [f for scan in part.scans for f in _findings(scan)]
    runs = sum(len(scan.runs) for scan in part.scans)
    if not runs:
        return SPEC.inconclusive(Reason("no-folder"), evidence=part.evidence)
    # Not held up by a workflow that cannot be read: its text is a file like any other.
    seen = Inspection(runs, _capped(found), evidence=part.evidence, facts=tuple(_facts(part)))
    result = concluded(SPEC, seen)
    if result.status is Status.INCONCLUSIVE and all(map(_rules_alone, part.scans)):
        return replace(result, blocked_by=refused_rules(observation, settings) or None)
    return result


def _rules_alone(scan: OwnScan) -> bool:
    """Whether gitleaks only fails with the project's rules."""
    failed = [run for run in scan.runs if run.problem]
    return all(run.rules == "project" and run.problem == "ended" for run in failed)


def _findings(scan: OwnScan) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for what in ("tree", "history"):
        project, default = scan.run(what, "project"), scan.run(what, "default")
        if project is None or default is None:
            continue
        for run in (default, project):
            if run.problem:
                yield _undecided(scan, run)
        for leak in project.leaks:
            if (leak.path, leak.rule) not in told:
                yield _leak(scan, leak, f"{what}-leak", None)
        seen = {leak.fingerprint for leak in project.leaks}
        hidden = [leak for leak in default.leaks if leak.fingerprint not in seen]
        for leak in hidden if not project.problem else ():
            if (leak.path, leak.rule) not in told:
                yield _leak(scan, leak, "hidden", Status.WARN)
        # What stands in a file stands in its commits too: one cause.
        told |= {(leak.path, leak.rule) for leak in (*project.leaks, *hidden)}


def _leak(scan: OwnScan, leak: Leak, code: str, status: Status | None) -> Finding:
    shown = scan.shown(leak.path)
    params = {"rule": leak.rule, "commit": leak.commit[:12], "fingerprint": leak.fingerprint}
    place = Location(shown, None if leak.commit else leak.line)
    return Finding(leak.fingerprint, Reason(code, params), place, status)


def _undecided(scan: OwnScan, run: Scanned) -> Finding:
    params = {"what": run.what, "detail": run.detail}
    subject = f"{scan.root or '.'} ({run.what}, {run.rules})"
    return Finding(subject, Reason(f"program-{run.problem}", params), status=Status.INCONCLUSIVE)


def _capped(found: list[Finding]) -> list[Finding]:
    ordered = sorted(found, key=lambda f: f.status is Status.WARN)
    if len(ordered) <= MOST:
        return ordered
    first, rest = ordered[:MOST], ordered[MOST:]
    reason = Reason("more", {"count": len(rest)})
    return [*first, Finding(rest[0].subject, reason, status=rest[0].status)]


def _facts(part: OwnSecrets) -> Iterator[Fact]:
    if part.version:
        yield Fact("program_version", part.version)
    read = [run for scan in part.scans if (run := scan.run("history", "default"))]
    # Why there is no history is told by pipeline.own-history.
    yield Fact("own_history", sum(run.commits for run in read) if read else None)
    for name, count in (
        ("let_through", sum(scan.let_through for scan in part.scans)),
        ("uncontrolled_files", sum(scan.uncontrolled for scan in part.scans)),
    ):
        if count:
            yield Fact(name, count)


CHECK = Check(SPEC, (Pipeline, OwnSecrets), judge)
