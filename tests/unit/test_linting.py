"""File-based checks without a run: what is looked at, and that no trouble becomes a pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from fake_gates import WORDS, Seen, Settings, Watcher

from golive.api import Check, CheckResult, CheckSpec, Gate, Lane, Need, Observation, Unavailable
from golive.inspecting import Inspection, concluded
from golive.lint_record import LintEffect, LintOutcome, LintRecord
from golive.linting import LintRequest, lint, look, static_checks
from golive.model import EvidenceLevel, Finding, Location, Reason, Severity, Status
from golive.sources.tree import (
    FileKind,
    SourceFile,
    SourceProblem,
    SourceTree,
    Suppression,
)

TODAY = date(2025, 8, 27)
FILES = frozenset({Need.FILES})
FOUND = Finding("x", Reason("found", {"what": "it"}), Location("a.yaml", 3, 5))
TREE = SourceTree(files=(SourceFile("a.yaml", FileKind.KUBERNETES, 1, "f" * 64),))
PROBLEM = SourceProblem(Location("b.yaml", 2), FileKind.KUBERNETES, "not-yaml", "bad", "mend it")


def spec(name: str = "main", **changes: Any) -> CheckSpec:
    return CheckSpec(f"alpha.{name}", needs=EvidenceLevel.STATIC, **changes)


def sees(*findings: Finding) -> Callable[[Observation, Settings], CheckResult]:
    def judge(observation: Observation, settings: Settings) -> CheckResult:
        observation.require(Seen)
        return concluded(spec(), Inspection(3, findings))

    return judge


def crashes(observation: Observation, settings: Settings) -> CheckResult:
    raise RuntimeError("judge \x1b[31m")


async def absent(ctx: object, settings: object) -> object:
    return Unavailable(Reason("found", {"what": "nothing of the kind"}))


async def broken(ctx: object, settings: object) -> object:
    raise OSError("disk on fire")


def gate(judge: Any = None, behave: Any = None, **changes: Any) -> dict[str, Gate[Any]]:
    watcher = Watcher(lane=Lane.FILES, needs=FILES)
    if behave is not None:
        watcher = Watcher(behave, lane=Lane.FILES, needs=FILES)
    checks = changes.pop("checks", (Check(spec(), (Seen,), judge or sees()),))
    return {"alpha": Gate("alpha", WORDS, Settings, (watcher,), checks, **changes)}


def linted(gates: dict[str, Gate[Any]], tree: SourceTree = TREE, **request: Any) -> LintRecord:
    return lint(gates, tree, {"alpha": Settings()}, LintRequest(**request), TODAY)


def test_a_clean_look() -> None:
    record = linted(gate())
    assert (record.outcome, record.exit_code, record.day) == (LintOutcome.CLEAN, 0, TODAY)
    (check,) = record.checks
    assert (check.status, check.effect) == (Status.PASS, LintEffect.NONE)
    assert check.localized["ko"].reason != check.reason
    assert record.totals.files == {"kubernetes": 1}


def test_a_finding_has_its_place_words_and_weight() -> None:
    record = linted(gate(sees(FOUND)))
    assert record.outcome is LintOutcome.FAILED
    (finding,) = record.findings
    assert (finding.file, finding.line, finding.column) == ("a.yaml", 3, 5)
    assert (finding.message, finding.remedy) == ("Found it.", "Do this.")
    assert (finding.status, finding.effect) == (Status.FAIL, LintEffect.FAILS)


def test_a_judge_that_crashes_is_undecided_whatever_the_severity() -> None:
    record = linted(
        gate(checks=(Check(spec(severity=Severity.LOW), (Seen,), crashes),)), severity=Severity.HIGH
    )
    assert record.outcome is LintOutcome.INCONCLUSIVE
    assert record.checks[0].status is Status.ERROR
    assert "RuntimeError: judge [31m" in record.checks[0].reason


def test_an_observer_that_crashes_is_undecided() -> None:
    record = linted(gate(behave=broken))
    assert record.outcome is LintOutcome.INCONCLUSIVE
    assert "OSError: disk on fire" in record.checks[0].reason


def test_a_part_that_the_files_lack_leaves_its_checks_not_applicable() -> None:
    record = linted(gate(behave=absent))
    assert record.checks[0].status is Status.NOT_APPLICABLE
    assert record.outcome is LintOutcome.NOTHING


def test_a_part_that_may_be_in_an_unread_file_is_undecided() -> None:
    record = linted(gate(behave=absent), SourceTree(problems=(PROBLEM,)))
    assert record.checks[0].status is Status.INCONCLUSIVE
    assert record.outcome is LintOutcome.INCONCLUSIVE
    (error,) = record.errors
    assert (error.file, error.line, error.code, error.hint) == ("b.yaml", 2, "not-yaml", "mend it")
    assert not error.reported


def test_a_problem_that_a_finding_names_is_marked_as_reported() -> None:
    tree = SourceTree(files=TREE.files, problems=(PROBLEM,))
    named = Finding("b", Reason("found", {"what": "it"}), PROBLEM.location)
    assert linted(gate(sees(named)), tree).errors[0].reported


def test_a_suppression_in_force_turns_a_failure_into_none() -> None:
    beside = Suppression(Location("a.yaml", 2), ("alpha.main",), "2025-12-31", "known", (3, 3))
    tree = SourceTree(files=TREE.files, suppressions=(beside,))
    record = linted(gate(sees(FOUND)), tree)
    assert record.outcome is LintOutcome.CLEAN
    assert record.findings[0].status is Status.FAIL
    assert record.findings[0].suppressed is not None
    assert record.checks[0].status is Status.FAIL


def test_an_optional_check_only_warns() -> None:
    optional = spec(required=False)

    def judge(observation: Observation, settings: Settings) -> CheckResult:
        return concluded(optional, Inspection(1, (FOUND,)))

    record = linted(gate(checks=(Check(optional, (Seen,), judge),)))
    assert (record.outcome, record.exit_code) == (LintOutcome.WARNED, 0)
    strict = linted(gate(checks=(Check(optional, (Seen,), judge),)), strict=True)
    assert strict.exit_code == 1


def test_a_sentence_that_is_missing_is_an_error_of_its_check() -> None:
    wordless = Finding("x", Reason("english-only"), Location("a.yaml", 1))
    record = linted(gate(sees(wordless)))
    assert record.checks[0].status is Status.ERROR
    assert record.outcome is LintOutcome.INCONCLUSIVE


def test_only_the_chosen_checks_are_judged() -> None:
    both = (Check(spec(), (Seen,), sees()), Check(spec("second"), (Seen,), crashes))
    record = linted(gate(checks=both), checks=("alpha.main",))
    assert [c.id for c in record.checks] == ["alpha.main"]
    assert record.outcome is LintOutcome.CLEAN


def test_checks_that_need_more_than_files_are_left_out() -> None:
    live = Watcher(lane=Lane.QUIET, needs=frozenset({Need.TARGET}))
    made = Gate("alpha", WORDS, Settings, (live,), (Check(spec(), (Seen,), sees()),))
    assert static_checks(made) == ()
    assert look({"alpha": made}, TREE, {"alpha": Settings()}) == ()


def test_a_gate_that_could_not_be_loaded_is_never_clean() -> None:
    record = linted(gate(), broken={"beta": "ImportError: x"})
    assert (record.outcome, record.exit_code) == (LintOutcome.INCONCLUSIVE, 3)
    assert record.broken == {"beta": "ImportError: x"}


def test_hostile_places_are_cleaned() -> None:
    evil = Finding("s\x1b", Reason("found", {"what": "\u202e"}), Location("a\x1b[2J.yaml", 1))
    (finding,) = linted(gate(sees(evil))).findings
    assert (finding.file, finding.subject) == ("a [2J.yaml", "s")
