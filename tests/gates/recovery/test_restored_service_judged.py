"""What the check makes of a restored service, and the RTO with it, without a process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.drills.records import PHASES, Phase
from golive_gates.recovery.service.process import signal_of
from golive_gates.recovery.service.records import FIRST_ANSWER, START, Answer, ServiceDrill
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import stores
from tests.gates.recovery.cases_backups import PROOF, TABLES
from tests.gates.recovery.cases_service import SEEN, SETTINGS, restored, seen
from tests.gates.saying import codes

OWN = "recovery.restored-service"


def judged(name: str, observation: Observation, settings: Settings = SETTINGS) -> CheckResult:
    return stores.judged(name, observation, settings)


def status(drill: ServiceDrill) -> tuple[str, list[str]]:
    result = judged("restored-service", seen(drill))
    return result.status.value, codes(result)


def test_without_a_declared_service_nothing_is_asked() -> None:
    settings = replace(SETTINGS, service=None)
    gap = Unavailable(Reason("no-service"), kind="absent")
    result = judged("restored-service", seen(gap), settings)
    assert (result.status.value, result.reason.code) == ("not-applicable", "no-service")
    assert judged("rto", seen(gap), settings).reason.code == "rto-kept"


def test_its_start_and_first_answer_are_fixed_parts_of_the_rto() -> None:
    without = judged("rto", seen(SEEN), replace(SETTINGS, service=None))
    result = judged("rto", seen(SEEN))
    assert (result.status.value, result.reason.code) == ("pass", "rto-kept-service")
    for name in ("here", "there"):
        before = without.reason.params[name]
        assert isinstance(before, float)
        assert result.reason.params[name] == pytest.approx(before + 2.1)
    facts = {f.name: f.value for f in result.facts}
    assert (facts["phase_service_start"], facts["phase_first_answer"]) == (2.0, 0.1)


def test_a_slow_start_breaks_the_rto_alone() -> None:
    slow = replace(SEEN, phases=(Phase(START, 3_600.0), Phase(FIRST_ANSWER, 0.1)))
    assert judged("restored-service", seen(slow)).status.value == "pass"
    assert codes(judged("rto", seen(slow))) == ["rto-measured"]


@pytest.mark.parametrize("problem", ["exited", "not-ready"])
def test_what_keeps_it_from_serving_is_one_cause(problem: str) -> None:
    drill = replace(SEEN, problem=problem, exit_code=None, phases=(), answers=(), control=None)
    assert status(drill) == ("fail", [problem])
    rto = judged("rto", seen(drill))
    assert (rto.status.value, rto.blocked_by) == ("inconclusive", OWN)


def test_an_rto_that_is_broken_without_it_is_a_cause_of_its_own() -> None:
    drill = replace(SEEN, problem="exited", exit_code=1, phases=(), answers=(), control=None)
    slow = restored(phases=tuple(Phase(name, 900.0) for name in PHASES))
    assert codes(judged("rto", seen(drill, SqliteDrills=slow))) == ["rto-measured"]


@pytest.mark.parametrize(
    "problem",
    [
        *("command-not-found", "command-not-started", "no-working-directory", "port-taken"),
        *("no-values", "values-table", "values-column", "values-unreadable"),
        *("not-restored", "no-space", "drill-io"),
    ],
)
def test_what_is_not_the_backups_fault_leaves_it_open(problem: str) -> None:
    drill = replace(SEEN, problem=problem, phases=(), answers=(), control=None)
    assert status(drill) == ("inconclusive", [problem])
    rto = judged("rto", seen(drill))
    assert (rto.status.value, rto.blocked_by) == ("inconclusive", OWN)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer("300", 404), "answer-status"),
        (Answer("300", 302), "answer-status"),
        (Answer("300", 200), "answer-without-value"),
        (Answer("300", None, failure="reset: by peer"), "answer-failed"),
        (Answer("300", 200, has_value=True, failure="reset: half a body"), "answer-failed"),
    ],
)
def test_one_row_that_it_does_not_know_is_a_fail(answer: Answer, code: str) -> None:
    drill = replace(SEEN, answers=(SEEN.answers[0], answer))
    assert status(drill) == ("fail", [code])
    result = judged("restored-service", seen(drill))
    assert result.measurement is not None
    assert (result.measurement.failures, result.measurement.n) == (1, 2)


def test_answers_that_anything_gets_prove_nothing() -> None:
    echo = replace(SEEN, control=Answer("411", 200, has_value=True))
    assert status(echo) == ("inconclusive", ["answers-anything"])
    polite = replace(SEEN, control=Answer("411", 200))
    assert status(polite) == ("pass", [])


def test_who_knows_a_row_that_was_taken_out_reads_other_data() -> None:
    live = replace(SEEN, removed=Answer("250", 200, has_value=True))
    assert status(live) == ("inconclusive", ["reads-elsewhere"])
    assert judged("rto", seen(live)).blocked_by == OWN


def test_where_no_row_could_be_taken_out_it_is_no_pass() -> None:
    assert judged("restored-service", seen(SEEN)).reason.code == "answered"
    unshown = replace(SEEN, removed=None)
    assert status(unshown) == ("warn", ["unremoved"])
    assert judged("rto", seen(unshown)).status.value == "pass"
    echo = replace(unshown, control=Answer("411", 200, has_value=True))
    assert status(echo) == ("inconclusive", ["answers-anything"])


@pytest.mark.parametrize("which", ["control", "removed"])
@pytest.mark.parametrize(
    "control", [Answer("411", failure="timeout: -"), Answer("411", 503), Answer("411", 429)]
)
def test_no_answer_to_what_is_not_there_is_no_refusal(which: str, control: Answer) -> None:
    drill = replace(SEEN, **{which: control})
    assert status(drill) == ("inconclusive", ["control-unanswered"])


@pytest.mark.parametrize("code", [-11, -999])
def test_a_signal_is_told_by_its_name(code: int) -> None:
    said = signal_of(code)
    assert said == {-11: "SIGSEGV", -999: "999"}[code]
    drill = replace(SEEN, problem="exited", detail=said, exit_code=code, answers=(), control=None)
    assert status(drill) == ("fail", ["signalled"])
    (found,) = judged("restored-service", seen(drill)).findings
    assert found.reason.params["code"] == said


@pytest.mark.parametrize("lacking", [{"answers": SEEN.answers[:1]}, {"control": None}])
def test_what_was_not_asked_is_no_pass(lacking: dict[str, None]) -> None:
    assert status(replace(SEEN, **lacking)) == ("inconclusive", ["not-all-asked"])
    assert status(replace(SEEN, rows=0, answers=())) == ("inconclusive", ["not-all-asked"])


def test_a_backup_that_does_not_restore_is_the_cause() -> None:
    broken = restored(proof=replace(PROOF, integrity=("row 1 missing",)))
    for drill in (SEEN, replace(SEEN, problem="exited", exit_code=1, answers=())):
        result = judged("restored-service", seen(drill, SqliteDrills=broken))
        assert result.blocked_by == "recovery.sqlite-restores"
        assert judged("rto", seen(drill, SqliteDrills=broken)).blocked_by == result.blocked_by
    none = restored(problem="drill-no-backup", proof=None)
    result = judged("restored-service", seen(SEEN, SqliteDrills=none))
    assert result.blocked_by == "recovery.backups-found"


def test_rows_that_the_backup_lacks_are_the_cause() -> None:
    lost = restored(proof=replace(PROOF, tables={**TABLES, "items": TableFigures(0, "5" * 64)}))
    drill = replace(SEEN, answers=(Answer("1", 404),), rows=1)
    result = judged("restored-service", seen(drill, SqliteDrills=lost))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "recovery.sqlite-content")
    # One that comes up all the same has done so.
    assert judged("restored-service", seen(SEEN, SqliteDrills=lost)).status.value == "pass"
