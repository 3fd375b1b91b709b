"""A result cannot say more than its evidence carries, whoever builds it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from core_records import evidence, ratio
from hypothesis import given
from hypothesis import strategies as st

from golive.model import (
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    Finding,
    Location,
    Measurement,
    Overclaim,
    Reason,
    Status,
)
from golive.stats import Outcome

SPEC = CheckSpec("slo.readiness")
STATIC = CheckSpec("slo.defined", needs=EvidenceLevel.STATIC)
WHY = Reason("because")
PROVEN = ratio(473, 1)
UNDECIDED = ratio(30, 0)
REFUTED = ratio(100, 20)
FINDING = Finding("deployment/api", WHY)


def exact(
    value: float, comparator: Comparator = Comparator.GE, threshold: float = 1.0
) -> Measurement:
    return Measurement("count", value, "", comparator, threshold)


class TestPass:
    @pytest.mark.parametrize("claim", [SPEC.passed, SPEC.warned])
    def test_needs_measurement_or_evidence(self, claim: type) -> None:
        with pytest.raises(Overclaim, match="without measurement or evidence"):
            claim(WHY)

    @pytest.mark.parametrize("claim", [SPEC.passed, SPEC.warned])
    @pytest.mark.parametrize(
        "level", [EvidenceLevel.NONE, EvidenceLevel.ATTESTED, EvidenceLevel.STATIC]
    )
    def test_needs_the_level_of_its_check(self, claim: type, level: EvidenceLevel) -> None:
        with pytest.raises(Overclaim, match="needs measured"):
            claim(WHY, evidence=(evidence(),), level=level)

    @pytest.mark.parametrize("claim", [SPEC.passed, SPEC.warned])
    @pytest.mark.parametrize("measurement", [UNDECIDED, REFUTED, ratio(0, 0)])
    def test_needs_a_proven_measurement(self, claim: type, measurement: Measurement) -> None:
        with pytest.raises(Overclaim, match="on a measurement that is"):
            claim(WHY, measurement=measurement, evidence=(evidence(),))

    def test_with_a_proven_measurement_stands(self) -> None:
        result = SPEC.passed(WHY, measurement=PROVEN)
        assert (result.status, result.level) == (Status.PASS, EvidenceLevel.MEASURED)

    def test_with_stronger_evidence_than_needed_stands(self) -> None:
        result = STATIC.passed(WHY, evidence=(evidence(),), level=EvidenceLevel.MEASURED)
        assert result.level is EvidenceLevel.MEASURED

    def test_built_by_hand_is_refused_alike(self) -> None:
        with pytest.raises(Overclaim):
            CheckResult(SPEC, Status.PASS, WHY, EvidenceLevel.MEASURED)

    def test_cannot_be_made_of_another_result(self) -> None:
        with pytest.raises(Overclaim):
            replace(SPEC.inconclusive(WHY), status=Status.PASS, level=EvidenceLevel.MEASURED)


class TestFail:
    def test_needs_something_that_refutes(self) -> None:
        with pytest.raises(Overclaim, match="without measurement, evidence or findings"):
            SPEC.failed(WHY)

    @pytest.mark.parametrize("measurement", [PROVEN, UNDECIDED, ratio(0, 0)])
    def test_on_a_measurement_alone_needs_it_refuted(self, measurement: Measurement) -> None:
        with pytest.raises(Overclaim, match="failed on a measurement alone"):
            SPEC.failed(WHY, measurement=measurement)

    @pytest.mark.parametrize(
        "parts", [{"measurement": REFUTED}, {"evidence": (evidence(),)}, {"findings": (FINDING,)}]
    )
    def test_stands_on_any_of_them(self, parts: dict[str, object]) -> None:
        assert SPEC.failed(WHY, **parts).status is Status.FAIL  # type: ignore[arg-type]


class TestUndecided:
    def test_designed_is_inconclusive_and_says_so(self) -> None:
        result = SPEC.designed(WHY, evidence=(evidence(),))
        assert result.status is Status.INCONCLUSIVE
        assert result.design_only

    def test_a_design_needs_evidence(self) -> None:
        with pytest.raises(Overclaim, match="designed without evidence"):
            SPEC.designed(WHY, evidence=())

    def test_static_level_without_evidence_is_no_design(self) -> None:
        assert not SPEC.inconclusive(WHY, level=EvidenceLevel.STATIC).design_only

    def test_a_static_check_is_never_only_designed(self) -> None:
        assert not STATIC.designed(WHY, evidence=(evidence(),)).design_only

    def test_error_and_not_applicable_carry_no_evidence_level(self) -> None:
        assert SPEC.errored(WHY).level is EvidenceLevel.NONE
        assert SPEC.not_applicable(WHY).level is EvidenceLevel.NONE


class TestIdentity:
    def test_every_constructor_stamps_its_own_spec(self) -> None:
        results = (
            SPEC.passed(WHY, measurement=PROVEN),
            SPEC.warned(WHY, measurement=PROVEN),
            SPEC.failed(WHY, measurement=REFUTED),
            SPEC.inconclusive(WHY),
            SPEC.designed(WHY, evidence=(evidence(),)),
            SPEC.errored(WHY),
            SPEC.not_applicable(WHY),
        )
        assert all(r.spec is SPEC for r in results)

    def test_gate_and_name_come_from_the_id(self) -> None:
        spec = CheckSpec("load.rate.headers")
        assert (spec.gate, spec.name) == ("load", "rate.headers")

    def test_a_check_that_needs_no_evidence_is_refused(self) -> None:
        with pytest.raises(ValueError, match="needs no evidence"):
            CheckSpec("slo.readiness", needs=EvidenceLevel.NONE)


class TestMeasurement:
    @pytest.mark.parametrize(
        "field", ["value", "threshold", "bound", "opposite", "confidence", "n_effective"]
    )
    def test_nan_is_refused_everywhere(self, field: str) -> None:
        with pytest.raises(ValueError, match="NaN"):
            replace(PROVEN, **{field: math.nan})  # type: ignore[arg-type]

    @pytest.mark.parametrize("field", ["n", "failures", "n_needed"])
    def test_counts_below_zero_are_refused(self, field: str) -> None:
        with pytest.raises(ValueError, match="below zero"):
            replace(PROVEN, **{field: -1})  # type: ignore[arg-type]

    def test_zero_samples_decide_nothing(self) -> None:
        assert replace(exact(1.0), n=0).outcome is Outcome.UNDECIDED
        assert replace(exact(0.0), n=0).outcome is Outcome.UNDECIDED

    def test_the_seeds_thirty_probes_decide_nothing(self) -> None:
        assert UNDECIDED.outcome is Outcome.UNDECIDED

    def test_an_exact_value_is_its_own_bound(self) -> None:
        assert exact(1.0).outcome is Outcome.PROVEN
        assert exact(0.5).outcome is Outcome.REFUTED

    def test_a_sampled_value_is_never_its_own_bound(self) -> None:
        assert replace(PROVEN, bound=None, opposite=None).outcome is Outcome.UNDECIDED
        assert replace(PROVEN, bound=None, confidence=None).outcome is Outcome.UNDECIDED
        assert replace(REFUTED, bound=None, opposite=None).outcome is Outcome.UNDECIDED

    def test_a_bound_better_than_its_value_proves_nothing(self) -> None:
        assert replace(PROVEN, value=0.5).outcome is Outcome.UNDECIDED

    def test_a_threshold_that_nothing_can_miss_proves_nothing(self) -> None:
        forever = exact(math.inf, Comparator.LE, math.inf)
        assert forever.outcome is Outcome.UNDECIDED

    def test_more_failures_than_samples_prove_nothing(self) -> None:
        assert replace(exact(1.0), n=3, failures=4).outcome is Outcome.UNDECIDED

    def test_time_outs_are_refuted_not_dropped(self) -> None:
        assert exact(math.inf, Comparator.LE, 2.0).outcome is Outcome.REFUTED

    @pytest.mark.parametrize(
        ("comparator", "at_threshold"),
        [
            (Comparator.GE, Outcome.PROVEN),
            (Comparator.LE, Outcome.PROVEN),
            (Comparator.GT, Outcome.REFUTED),
            (Comparator.LT, Outcome.REFUTED),
        ],
    )
    def test_strictness_counts_at_the_threshold(
        self, comparator: Comparator, at_threshold: Outcome
    ) -> None:
        assert exact(1.0, comparator).outcome is at_threshold

    @given(
        value=st.floats(allow_nan=False),
        bound=st.none() | st.floats(allow_nan=False),
        opposite=st.none() | st.floats(allow_nan=False),
        confidence=st.none() | st.just(0.95),
        n=st.none() | st.integers(0, 5),
        comparator=st.sampled_from(Comparator),
    )
    def test_proven_only_when_value_and_bound_both_hold(
        self,
        value: float,
        bound: float | None,
        opposite: float | None,
        confidence: float | None,
        n: int | None,
        comparator: Comparator,
    ) -> None:
        measurement = Measurement(
            "m", value, "", comparator, 1.0, n, None, confidence, bound, opposite
        )
        if measurement.outcome is Outcome.PROVEN:
            assert comparator.holds(value, 1.0)
            assert bound is None or comparator.holds(bound, 1.0)
            assert n != 0
        if measurement.outcome is Outcome.REFUTED:
            assert not comparator.holds(value, 1.0)


@given(st.sampled_from(Comparator), st.floats())
def test_nan_holds_against_nothing(comparator: Comparator, threshold: float) -> None:
    assert not comparator.holds(math.nan, threshold)


@pytest.mark.parametrize("needed", list(EvidenceLevel))
def test_no_evidence_reaches_nothing(needed: EvidenceLevel) -> None:
    assert not EvidenceLevel.NONE.reaches(needed)


def test_a_location_prints_as_far_as_it_is_known() -> None:
    assert str(Location("a.yaml", 3, 7)) == "a.yaml:3:7"
    assert str(Location("a.yaml", 3)) == "a.yaml:3"
    assert str(Location("a.yaml")) == "a.yaml"
