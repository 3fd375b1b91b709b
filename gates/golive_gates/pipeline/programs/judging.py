"""From what a program said to the result of its check. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from golive.api import CheckResult, CheckSpec, Fact, Finding, Location, Observation, Reason, Status
from golive_gates.pipeline.looking import judged
from golive_gates.pipeline.programs.parts import Opinion, Said, Trouble

MOST = 200
"""Findings of one program that are listed; those beyond are one more finding with their number."""


def opined(
    spec: CheckSpec,
    observation: Observation,
    opinion: Opinion,
    owners: Mapping[str, str],
    weight: Callable[[Said], Status | None],
    blocked_by: str = "",
) -> CheckResult:
    """What *opinion* comes to. *owners*: rules that are left out, by the check that has them.

    *weight*: the status of a finding. *blocked_by*: the check that says why a file is refused.
    """
    theirs = [s for s in opinion.said if not s.ignored]
    left = [s for s in theirs if s.ident not in owners]
    found = [*_findings(left, weight), *map(_undecided, opinion.troubles)]
    result = judged(spec, observation, opinion.files, found, tuple(_facts(opinion, theirs, owners)))
    result = replace(result, evidence=(*result.evidence, *opinion.evidence))
    if result.status is Status.INCONCLUSIVE and result.blocked_by is None and blocked_by:
        return replace(result, blocked_by=blocked_by)
    return result


def _findings(left: list[Said], weight: Callable[[Said], Status | None]) -> Iterator[Finding]:
    weighed = sorted(((weight(s), s) for s in left), key=lambda pair: pair[0] is not None)
    for status, said in weighed[:MOST]:
        params = {"ident": said.ident, "detail": said.text, "severity": said.severity}
        place = Location(said.path, said.line, said.column)
        yield Finding(said.ident, Reason("says", params), place, status)
    if len(weighed) > MOST:
        worst = weighed[MOST][0]
        reason = Reason("more", {"count": len(weighed) - MOST})
        yield Finding(weighed[MOST][1].path, reason, status=worst)


def _undecided(trouble: Trouble) -> Finding:
    reason = Reason(f"program-{trouble.code}", {"detail": trouble.detail})
    place = Location(trouble.path) if trouble.path else None
    return Finding(trouble.path or ".", reason, place, Status.INCONCLUSIVE)


def _facts(opinion: Opinion, theirs: list[Said], owners: Mapping[str, str]) -> Iterator[Fact]:
    if opinion.version:
        yield Fact("program_version", opinion.version)
    ignored = sum(s.ignored for s in opinion.said)
    if ignored:
        yield Fact("ignored_by_comment", ignored)
    elsewhere = Counter(owners[s.ident] for s in theirs if s.ident in owners)
    if elsewhere:
        told = ", ".join(f"{check}: {count}" for check, count in sorted(elsewhere.items()))
        yield Fact("judged_elsewhere", told)
