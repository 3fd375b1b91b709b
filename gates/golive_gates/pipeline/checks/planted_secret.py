"""``pipeline.planted-secret``: a leaked key would have stopped the pipeline.

What: plants made-up keys of OpenAI, Anthropic, AWS and GitHub in a throw-away repository, in the
history and in the tree, and runs the project's own gitleaks commands, with its own rules, on a
clone of the depth that the workflow asks for. Each kind has to stop the pipeline from either. Why:
a scanner that is there may still be told to look away. gitleaks' own rules have to find all of the
keys first, or the drill proves nothing. Remedy: give the scan the history, the default rules
(``useDefault = true``) and an exit code.
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
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive_gates.pipeline.looking import READ_CHECK
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.planting.causes import first_failing, unscanned
from golive_gates.pipeline.planting.judging import EXPLAINS, Seen, missed, seen_in, undecided
from golive_gates.pipeline.planting.parts import Drill, Planted
from golive_gates.pipeline.planting.rules import refused_rules
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.planted-secret", needs=EvidenceLevel.STATIC)
NEUTRALISED = "pipeline.neutralised"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every key in every place, or the finding that says which went through."""
    part = observation.require(Planted)
    for drill in part.drills:
        if drill.problem:
            params: dict[str, Scalar] = {"detail": drill.detail}
            return SPEC.inconclusive(Reason("drill-failed", params), evidence=part.evidence)
    if not any(drill.commands for drill in part.drills):
        unread = observation.require(Pipeline).problems
        cause = READ_CHECK if unread else unscanned(observation, settings)
        cause = cause or "pipeline.secret-scan"
        return SPEC.inconclusive(Reason("no-scan"), evidence=part.evidence, blocked_by=cause)
    for drill in part.drills:
        if len(drill.control) < len(drill.keys):
            numbers: dict[str, Scalar] = {"count": len(drill.control), "n": len(drill.keys)}
            return SPEC.inconclusive(Reason("drill-invalid", numbers), evidence=part.evidence)
    seen = [seen_in(drill) for drill in part.drills]
    # What could not be run is of no matter where the other scans find everything.
    open_ = [f for one in seen if not one.complete for f in undecided(one)]
    wrong = [f for one in seen if not _unknown(one) for f in missed(one)]
    problems = observation.require(Pipeline).problems
    result = concluded(
        SPEC,
        Inspection(
            sum(len(d.keys) for d in part.drills) or len(part.drills),
            (*wrong, *open_),
            len(problems),
            READ_CHECK,
            part.evidence,
            tuple(_facts(part, seen)),
        ),
    )
    return _with_cause(result, observation, settings, part.drills)


def _unknown(seen: Seen) -> bool:
    """Whether a scan that could not be run may be the one that stops what others miss."""
    return any(run.problem for run in seen.drill.commands)


def _with_cause(
    result: CheckResult, observation: Observation, settings: Settings, drills: tuple[Drill, ...]
) -> CheckResult:
    """Inconclusive where another check says the same of the files: one cause is one failure."""
    subjects = frozenset(run.subject for drill in drills for run in drill.commands)
    cause = ""
    if result.status is Status.FAIL:
        codes = {f.reason.code for f in result.findings if f.status is None}
        explained = [
            first_failing(EXPLAINS[code.removesuffix("-reported")], observation, settings, subjects)
            for code in codes
        ]
        cause = explained[0] if all(explained) else ""
    elif result.status in (Status.PASS, Status.WARN):
        # The scanner sees the keys, and the step that runs it loses what it says.
        cause = first_failing((NEUTRALISED,), observation, settings, subjects)
        cause = cause or unscanned(observation, settings)
    elif result.blocked_by is None and any(
        run.problem == "ended" for drill in drills for run in drill.commands
    ):
        return replace(result, blocked_by=refused_rules(observation, settings) or None)
    if not cause:
        return result
    findings = tuple(replace(f, status=f.status or Status.INCONCLUSIVE) for f in result.findings)
    return SPEC.inconclusive(
        Reason("explained", {"check": cause}),
        evidence=result.evidence,
        facts=result.facts,
        findings=findings,
        blocked_by=cause,
    )


def _facts(part: Planted, seen: list[Seen]) -> Iterator[Fact]:
    if part.version:
        yield Fact("program_version", part.version)
    keys = sum(len(one.drill.keys) for one in seen)
    yield Fact("keys_planted", keys)
    yield Fact("keys_stopping", sum(len(one.stopping) for one in seen))
    commands = {
        " ".join(run.words): None
        for one in seen
        for run in one.drill.commands
        if run.words and not run.problem
    }
    if commands:
        yield Fact("commands_run", "; ".join(commands)[:500])
    left = sum(bool(run.problem) for one in seen for run in one.drill.commands)
    if left:
        yield Fact("commands_not_run", left)


CHECK = Check(SPEC, (Pipeline, Planted), judge)
