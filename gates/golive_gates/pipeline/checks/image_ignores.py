"""``pipeline.image-ignores``: what scanners leave out is one finding, for a reason, for a time.

What: each rule of ``.trivyignore``, ``.trivyignore.yaml`` and ``.grype.yaml`` names one finding,
has a day on which it ends and says why. One that swallows everything, has no end or a day that is
none, or has ended, fails. No reason, an end more than a year away, or a whole package warn; so
does no day for Grype, which knows none: its ``reason`` can say ``until 2026-01-31``. Why: a rule
without an end outlives its reason, and hides the finding from everybody who comes later. Remedy:
``CVE-2025-1234 exp:2026-01-31`` under a comment, or ``expired_at`` and ``statement``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.pipeline.images.ignoring import Rule, ignore_files
from golive_gates.pipeline.looking import about_file, judged
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.image-ignores", Severity.MEDIUM, needs=EvidenceLevel.STATIC)
FAR = timedelta(days=366)
_WEIGHT = {
    "no-reason": Status.WARN,
    "far-away": Status.WARN,
    "whole-package": Status.WARN,
    "undated-grype": Status.WARN,
    "no-today": Status.INCONCLUSIVE,
}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every rule is narrow, dated and explained."""
    part = observation.require(Pipeline)
    found: list[Finding] = []
    rules = 0
    for repository in part.repositories:
        ignores = ignore_files(repository)
        rules += len(ignores.rules)
        for path, why in (ignores.unread or {}).items():
            found.append(
                about_file(repository, path, "not-readable", status=Status.INCONCLUSIVE, detail=why)
            )
        for rule in ignores.rules:
            codes = list(_wrong(rule, part.day, settings))
            found += [_finding(repository, rule, code) for code in codes]
    facts = (Fact("ignore_rules", rules),) if rules else ()
    return judged(SPEC, observation, rules, found, facts)


def _wrong(rule: Rule, today: date | None, settings: Settings) -> Iterator[str]:
    if rule.wide == "everything" or (rule.wide == "unfixed" and settings.scan_unfixed):
        yield "swallows"
        return
    if rule.wide == "unfixed":
        return  # The setting says the same.
    if not rule.dated:
        yield "undated" if rule.can_expire else "undated-grype"
    elif rule.until is None:
        yield "not-a-day"
    elif today is None:
        yield "no-today"
    elif rule.until <= today:
        yield "expired"
    elif rule.until > today + FAR:
        yield "far-away"
    if not rule.reason:
        yield "no-reason"
    if rule.wide == "package":
        yield "whole-package"


def _finding(repository: Repository, rule: Rule, code: str) -> Finding:
    return about_file(
        repository,
        rule.path,
        code,
        line=rule.line,
        status=_WEIGHT.get(code),
        id=rule.id[:120],
        day=rule.dated[:40],
    )


CHECK = Check(SPEC, (Pipeline,), judge)
