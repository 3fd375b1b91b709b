"""What checks, findings and their suppressions come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.lint_outcome import check_effect, effect_of, exit_code, outcome, reaches
from golive.lint_record import (
    LintCheck,
    LintEffect,
    LintError,
    LintFinding,
    LintOutcome,
    LintSuppression,
    SuppressionState,
)
from golive.model import CheckResult, CheckSpec, EvidenceLevel, Finding, Reason, Severity, Status

LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
SPEC = CheckSpec("manifests.x", severity=MEDIUM, needs=EvidenceLevel.STATIC)
UNDECIDED = Reason("core.inspected-undecided")
UNREAD = Reason("core.inspected-unread")


def check(
    status: Status, effect: LintEffect = LintEffect.NONE, severity: Severity = MEDIUM
) -> LintCheck:
    return LintCheck("manifests.x", "manifests", status, effect, severity, True, "", "", "", "", "")


def found(status: Status, *, suppressed: bool = False) -> LintFinding:
    effect = effect_of(status, MEDIUM, LOW, required=True, suppressed=suppressed)
    return LintFinding(
        "manifests.x", status, effect, MEDIUM, None, "", "", "a", 1, None, "", "", "", ""
    )


def result(status: Status, reason: Reason = UNDECIDED) -> CheckResult:
    finding = Finding("x", Reason("y"))
    if status is Status.FAIL:
        return SPEC.failed(reason, findings=(finding,))
    if status is Status.ERROR:
        return SPEC.errored(reason)
    return SPEC.inconclusive(reason)


@pytest.mark.parametrize(
    ("severity", "threshold", "expected"),
    [(HIGH, HIGH, True), (MEDIUM, HIGH, False), (LOW, MEDIUM, False), (HIGH, LOW, True)],
)
def test_a_threshold_is_inclusive(severity: Severity, threshold: Severity, expected: bool) -> None:
    assert reaches(severity, threshold) is expected


@pytest.mark.parametrize(
    ("status", "required", "threshold", "expected"),
    [
        (Status.FAIL, True, LOW, LintEffect.FAILS),
        (Status.FAIL, True, HIGH, LintEffect.BELOW),
        (Status.FAIL, False, LOW, LintEffect.WARNS),
        (Status.INCONCLUSIVE, True, LOW, LintEffect.UNDECIDED),
        (Status.INCONCLUSIVE, False, LOW, LintEffect.UNDECIDED),
        (Status.ERROR, False, HIGH, LintEffect.UNDECIDED),
        (Status.PASS, True, HIGH, LintEffect.NONE),
        (Status.NOT_APPLICABLE, True, LOW, LintEffect.NONE),
    ],
)
def test_the_effect_of_a_status(
    status: Status, required: bool, threshold: Severity, expected: LintEffect
) -> None:
    assert effect_of(status, MEDIUM, threshold, required=required) is expected


FAIL, UNSURE, WARN = Status.FAIL, Status.INCONCLUSIVE, Status.WARN


@pytest.mark.parametrize(
    ("judged", "findings", "expected"),
    [
        (result(FAIL), [found(FAIL)], LintEffect.FAILS),
        (result(FAIL), [found(FAIL, suppressed=True)], LintEffect.SUPPRESSED),
        (result(FAIL), [found(FAIL, suppressed=True), found(FAIL)], LintEffect.FAILS),
        (result(FAIL), [found(FAIL, suppressed=True), found(UNSURE)], LintEffect.UNDECIDED),
        (result(FAIL), [found(FAIL, suppressed=True), found(WARN)], LintEffect.WARNS),
        (result(UNSURE), [found(UNSURE, suppressed=True)], LintEffect.SUPPRESSED),
        (result(UNSURE, UNREAD), [found(UNSURE, suppressed=True)], LintEffect.UNDECIDED),
        (result(UNSURE, UNREAD), [], LintEffect.UNDECIDED),
        (result(Status.ERROR), [found(UNSURE, suppressed=True)], LintEffect.UNDECIDED),
    ],
)
def test_a_check_counts_by_what_is_not_suppressed(
    judged: CheckResult, findings: list[LintFinding], expected: LintEffect
) -> None:
    assert check_effect(judged, findings, LOW) is expected


def test_a_suppressed_check_below_the_threshold_is_below_it() -> None:
    assert check_effect(result(FAIL), [found(FAIL)], HIGH) is LintEffect.BELOW


PASSED = check(Status.PASS)
FAILED = check(Status.FAIL, LintEffect.FAILS)
OPEN = check(Status.INCONCLUSIVE, LintEffect.UNDECIDED)
WARNED = check(Status.WARN, LintEffect.WARNS)
ABSENT = check(Status.NOT_APPLICABLE)
ACCEPTED = check(Status.FAIL, LintEffect.SUPPRESSED)
ERROR = LintError("a", 1, 1, "kubernetes", "not-yaml", "")
STALE = LintSuppression("a", 1, SuppressionState.EXPIRED, ("x.y",), "2020-01-01", "z")


def come_to(
    *checks: LintCheck,
    errors: tuple[LintError, ...] = (),
    suppressions: tuple[LintSuppression, ...] = (),
    broken: bool = False,
    threshold: Severity = LOW,
) -> LintOutcome:
    return outcome(checks, errors, suppressions, broken=broken, threshold=threshold)


def test_failed_beats_undecided_beats_nothing_beats_warned() -> None:
    assert come_to(PASSED, FAILED, OPEN, WARNED, errors=(ERROR,)) is LintOutcome.FAILED
    assert come_to(PASSED, OPEN, WARNED) is LintOutcome.INCONCLUSIVE
    assert come_to(PASSED, WARNED) is LintOutcome.WARNED
    assert come_to(PASSED, ACCEPTED, ABSENT) is LintOutcome.CLEAN


def test_what_was_not_read_or_loaded_is_never_clean() -> None:
    assert come_to(PASSED, errors=(ERROR,)) is LintOutcome.INCONCLUSIVE
    assert come_to(PASSED, broken=True) is LintOutcome.INCONCLUSIVE


def test_nothing_judged_is_nothing_to_check() -> None:
    assert come_to() is LintOutcome.NOTHING
    assert come_to(ABSENT, ABSENT) is LintOutcome.NOTHING
    low = replace(PASSED, severity=LOW)
    assert come_to(low, ABSENT, threshold=HIGH) is LintOutcome.NOTHING


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SuppressionState.EXPIRED, LintOutcome.WARNED),
        (SuppressionState.MALFORMED, LintOutcome.WARNED),
        (SuppressionState.UNUSED, LintOutcome.CLEAN),
        (SuppressionState.IN_FORCE, LintOutcome.CLEAN),
    ],
)
def test_a_stale_suppression_warns(state: SuppressionState, expected: LintOutcome) -> None:
    assert come_to(PASSED, suppressions=(replace(STALE, state=state),)) is expected


@pytest.mark.parametrize(
    ("found_outcome", "strict", "code"),
    [
        (LintOutcome.CLEAN, True, 0),
        (LintOutcome.WARNED, False, 0),
        (LintOutcome.WARNED, True, 1),
        (LintOutcome.FAILED, False, 1),
        (LintOutcome.INCONCLUSIVE, True, 3),
        (LintOutcome.NOTHING, True, 3),
    ],
)
def test_exit_codes(found_outcome: LintOutcome, strict: bool, code: int) -> None:
    assert exit_code(found_outcome, strict=strict) == code
