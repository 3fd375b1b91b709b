"""From judged checks and suppressed findings to what the files as a whole came to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintError,
    LintFinding,
    LintOutcome,
    LintSuppression,
    SuppressionState,
)
from golive.model import CheckResult, Severity, Status

UNDECIDED_FINDINGS = "core.inspected-undecided"
"""Reason of a check that is inconclusive for its findings alone (``golive.inspecting``)."""

EXIT_CODES = {
    LintOutcome.FAILED: 1,
    LintOutcome.INCONCLUSIVE: 3,
    LintOutcome.NOTHING: 3,
    LintOutcome.WARNED: 0,
    LintOutcome.CLEAN: 0,
}

_EFFECTS = {
    Status.FAIL: LintEffect.FAILS,
    Status.INCONCLUSIVE: LintEffect.UNDECIDED,
    Status.ERROR: LintEffect.UNDECIDED,
    Status.WARN: LintEffect.WARNS,
    Status.PASS: LintEffect.NONE,
    Status.NOT_APPLICABLE: LintEffect.NONE,
}
_ORDER = (LintEffect.FAILS, LintEffect.UNDECIDED, LintEffect.WARNS)


def reaches(severity: Severity, threshold: Severity) -> bool:
    """Whether *severity* is at or above *threshold*."""
    order = list(Severity)
    return order.index(severity) <= order.index(threshold)


def finding_status(result: CheckResult, own: Status | None) -> Status:
    """What a finding weighs: its *own* status, or its check's."""
    if own is not None:
        return own
    return Status.INCONCLUSIVE if result.status is Status.ERROR else result.status


def effect_of(
    status: Status,
    severity: Severity,
    threshold: Severity,
    *,
    required: bool,
    suppressed: bool = False,
) -> LintEffect:
    """What something of *status* does to the outcome. What golive could not do always counts."""
    if suppressed:
        return LintEffect.SUPPRESSED
    effect = _EFFECTS[status]
    if effect is LintEffect.NONE or status is Status.ERROR:
        return effect
    if not reaches(severity, threshold):
        return LintEffect.BELOW
    # Files have no wire beside them that could still decide: what is open stays open.
    undecided = effect is LintEffect.UNDECIDED
    return effect if required or undecided else LintEffect.WARNS


def check_effect(
    result: CheckResult, findings: Sequence[LintFinding], threshold: Severity
) -> LintEffect:
    """What a check does once some of its findings are suppressed.

    With all that made up its status suppressed, its worst other finding counts. What is
    inconclusive for another reason than its findings stays so.
    """
    spec = result.spec
    bare = effect_of(result.status, spec.severity, threshold, required=spec.required)
    if bare in (LintEffect.NONE, LintEffect.BELOW) or result.status is Status.ERROR:
        return bare
    by_findings = result.status is not Status.INCONCLUSIVE or (
        result.reason.code == UNDECIDED_FINDINGS
    )
    if not by_findings or not any(f.status is result.status for f in findings):
        return bare
    open_effects = {f.effect for f in findings}
    return next((e for e in _ORDER if e in open_effects), LintEffect.SUPPRESSED)


def outcome(
    checks: Sequence[LintCheck],
    errors: Iterable[LintError],
    suppressions: Iterable[LintSuppression],
    *,
    broken: bool,
    threshold: Severity,
) -> LintOutcome:
    """Failed beats inconclusive, which beats warned. Nothing judged is never clean."""
    effects = {c.effect for c in checks}
    if LintEffect.FAILS in effects:
        return LintOutcome.FAILED
    if LintEffect.UNDECIDED in effects or broken or any(True for _ in errors):
        return LintOutcome.INCONCLUSIVE
    counted = (c for c in checks if reaches(c.severity, threshold))
    if all(c.status is Status.NOT_APPLICABLE for c in counted):
        return LintOutcome.NOTHING
    stale = (SuppressionState.EXPIRED, SuppressionState.MALFORMED)
    if LintEffect.WARNS in effects or any(s.state in stale for s in suppressions):
        return LintOutcome.WARNED
    return LintOutcome.CLEAN


def exit_code(found: LintOutcome, *, strict: bool) -> int:
    """0, 1 or 3; *strict* makes a warning 1."""
    return 1 if strict and found is LintOutcome.WARNED else EXIT_CODES[found]
