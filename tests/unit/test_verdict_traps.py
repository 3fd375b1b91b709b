"""How other gate tools pass without evidence; each is refused here by name."""

from __future__ import annotations

import math

import pytest
from core_records import TODAY, check, gate, ratio, run, waiver

from golive.model import (
    CheckSpec,
    Comparator,
    EvidenceLevel,
    Measurement,
    Overclaim,
    Reason,
    Status,
)
from golive.record import Decision, Execution
from golive.stats import Outcome
from golive.verdict import decide, gate_status, sound_status

SPEC = CheckSpec("slo.error-rate")
OK = check("gate.ok")
WHY = Reason("because")


def decision_of(*checks: object, execution: Execution = Execution.COMPLETED) -> Decision:
    return decide(run(gate(*checks, execution=execution))).decision  # type: ignore[arg-type]


def test_keptn_no_slo_file_is_not_a_pass() -> None:
    """No objective: the check has nothing to hold a number against, and cannot say pass."""
    with pytest.raises(Overclaim):
        SPEC.passed(WHY)
    assert decision_of(check(status=Status.INCONCLUSIVE)) is Decision.INCONCLUSIVE


def test_keptn_a_relative_threshold_is_not_an_absolute_one() -> None:
    """ "<1%" means the rate itself: 1.05 times of a healthy run may still be far too much."""
    rate = Measurement("error-rate", 0.5, "ratio", Comparator.LT, 0.01)
    assert rate.outcome is Outcome.REFUTED


def test_keptn_analysis_nan_does_not_pass() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Measurement("p95", math.nan, "s", Comparator.LE, 2.0)


def test_argo_no_condition_is_not_successful() -> None:
    assert decide(run(gate())).decision is Decision.INCONCLUSIVE


@pytest.mark.parametrize(
    "execution", [Execution.INTERRUPTED, Execution.TIMED_OUT, Execution.CRASHED]
)
def test_argo_ended_before_a_measurement_is_not_successful(execution: Execution) -> None:
    assert decision_of(execution=execution) is Decision.INCONCLUSIVE
    assert decision_of(OK, execution=execution) is Decision.INCONCLUSIVE


def test_kayenta_a_group_without_data_does_not_score_full_marks() -> None:
    empty = gate(gate_id="empty")
    assert decide(run(gate(OK), empty)).decision is Decision.INCONCLUSIVE


def test_kayenta_a_gate_in_which_nothing_applies_does_not_score_full_marks() -> None:
    nothing = gate(check("b.check", Status.NOT_APPLICABLE), gate_id="b")
    verdict = decide(run(gate(OK), nothing))
    assert verdict.decision is Decision.INCONCLUSIVE
    assert [g.code for g in verdict.grounds] == ["gate-not-applicable"]


def test_a_waiver_of_what_does_not_apply_is_a_condition_and_no_full_marks() -> None:
    nothing = gate(check("b.check", Status.NOT_APPLICABLE, waiver=waiver(TODAY)), gate_id="b")
    verdict = decide(run(gate(OK), nothing))
    assert verdict.decision is Decision.CONDITIONAL
    assert [(g.code, g.subject) for g in verdict.grounds] == [("waived", "b.check")]
    beside = check(status=Status.NOT_APPLICABLE, waiver=waiver(TODAY))
    assert decision_of(OK, beside) is Decision.GO


def test_k6_an_empty_trend_is_not_zero_and_below_its_threshold() -> None:
    empty = Measurement("p95", 0.0, "s", Comparator.LT, 0.2, n=0)
    assert empty.outcome is Outcome.UNDECIDED
    with pytest.raises(Overclaim):
        SPEC.passed(WHY, measurement=empty)
    assert sound_status(check(measurement=empty)) is Status.INCONCLUSIVE


def test_k6_zero_requests_are_not_a_success() -> None:
    assert decision_of(check(measurement=ratio(0, 0))) is Decision.INCONCLUSIVE


def test_iter8_no_slos_are_not_satisfied_slos() -> None:
    assert decide(run()).decision is Decision.INCONCLUSIVE
    assert decision_of(check(required=False)) is Decision.INCONCLUSIVE


def test_slo_generator_an_invalid_result_is_an_error() -> None:
    assert decision_of(OK, check(status=Status.ERROR)) is Decision.INCONCLUSIVE


def test_flagger_of_several_results_the_worst_counts_not_the_last() -> None:
    statuses = [Status.FAIL, Status.PASS]
    assert gate_status(statuses) == gate_status(reversed(statuses))
    assert decision_of(check("gate.a", Status.FAIL), check("gate.b")) is Decision.NO_GO


def test_datadog_ci_an_empty_run_is_not_a_pass() -> None:
    assert decide(run(gate(execution=Execution.NOT_SELECTED))).decision is Decision.INCONCLUSIVE


def test_kube_linter_no_valid_object_is_not_a_pass() -> None:
    assert decision_of(check(status=Status.NOT_APPLICABLE)) is Decision.INCONCLUSIVE


def test_pint_a_check_that_could_not_run_is_no_mere_warning() -> None:
    error = SPEC.errored(Reason("core.crashed"))
    assert error.status is Status.ERROR
    assert decision_of(OK, check(status=Status.ERROR)) is Decision.INCONCLUSIVE


def test_the_seed_a_design_is_not_done() -> None:
    design = check(status=Status.PASS, level=EvidenceLevel.STATIC)
    assert decision_of(OK, design) is Decision.INCONCLUSIVE


def test_the_seed_thirty_clean_seconds_do_not_prove_three_nines() -> None:
    assert ratio(30, 0, 0.999).outcome is Outcome.UNDECIDED
    assert ratio(2995, 0, 0.999).outcome is Outcome.PROVEN
