"""The words for a gate, and what an edited record is still worth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core_records import TODAY, YESTERDAY, check, evidence, gate, ratio, run, waiver

from golive.model import EvidenceLevel, Status
from golive.record import CheckRecord, Decision, Execution, GateRecord, GateStatus
from golive.verdict import GateLabel, complaints, decide, gate_label, gate_status, sound_status

OK = check("gate.ok")


class TestEditedRecords:
    """A record says GO by hand; what its own evidence carries is what counts."""

    BARE = check(refs=())
    STATIC_ONLY = check(level=EvidenceLevel.STATIC)
    UNPROVEN = check(measurement=ratio(30, 0))
    REFUTED = check(measurement=ratio(100, 50))
    NOTHING_SEEN = check(measurement=ratio(0, 0))

    @pytest.mark.parametrize("claim", [BARE, STATIC_ONLY, UNPROVEN, REFUTED, NOTHING_SEEN])
    @pytest.mark.parametrize("status", [Status.PASS, Status.WARN])
    def test_an_overclaiming_pass_is_inconclusive(self, claim: CheckRecord, status: Status) -> None:
        record = run(gate(OK, replace(claim, status=status)))
        assert sound_status(replace(claim, status=status)) is Status.INCONCLUSIVE
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert [g.code for g in decide(record).grounds] == ["overclaimed"]
        assert complaints(record, unaltered=True) == ("decision-differs", "status-overclaims")

    def test_a_decision_that_its_checks_do_not_carry_is_named(self) -> None:
        record = run(gate(OK, check(status=Status.FAIL)), decision=Decision.GO)
        assert complaints(record, unaltered=True) == ("decision-differs",)

    def test_an_altered_record_is_named(self) -> None:
        assert complaints(run(gate(OK)), unaltered=False) == ("record-altered",)

    def test_a_sound_record_has_no_complaint(self) -> None:
        assert complaints(run(gate(OK)), unaltered=True) == ()

    def test_a_pass_that_needs_nothing_and_has_nothing_is_no_pass(self) -> None:
        empty = check(needs=EvidenceLevel.NONE, level=EvidenceLevel.NONE)
        assert sound_status(empty) is Status.INCONCLUSIVE


class TestStatusOfAGate:
    ORDER = (
        Status.NOT_APPLICABLE,
        Status.PASS,
        Status.WARN,
        Status.INCONCLUSIVE,
        Status.ERROR,
        Status.FAIL,
    )

    @pytest.mark.parametrize("place", range(len(ORDER)))
    def test_is_its_worst_check(self, place: int) -> None:
        assert gate_status(self.ORDER[: place + 1]) is GateStatus(self.ORDER[place].value)

    @pytest.mark.parametrize("status", list(Status))
    def test_is_never_better_than_any_of_them(self, status: Status) -> None:
        assert gate_status([status]) is GateStatus(status.value)
        assert gate_status([Status.PASS, Status.FAIL, status]) is GateStatus.FAIL

    def test_without_checks_is_an_error(self) -> None:
        assert gate_status([]) is GateStatus.ERROR

    @pytest.mark.parametrize(
        "execution", [Execution.CRASHED, Execution.TIMED_OUT, Execution.INTERRUPTED]
    )
    def test_cut_short_is_no_pass(self, execution: Execution) -> None:
        assert gate_status([Status.PASS], execution) is GateStatus.ERROR
        assert gate_status([Status.FAIL], execution) is GateStatus.FAIL


DESIGNED = check(
    "gate.designed", Status.INCONCLUSIVE, level=EvidenceLevel.STATIC, refs=(evidence(),)
)


class TestLabelOfAGate:
    @pytest.mark.parametrize(
        ("record", "label"),
        [
            (gate(OK), GateLabel.DONE),
            (gate(OK, check(status=Status.NOT_APPLICABLE)), GateLabel.DONE),
            (gate(OK, DESIGNED), GateLabel.DESIGNED),
            (gate(OK, replace(DESIGNED, required=False)), GateLabel.DESIGNED),
            (
                gate(OK, replace(DESIGNED, required=False), check(status=Status.WARN)),
                GateLabel.CONDITIONAL,
            ),
            (gate(OK, replace(DESIGNED, waiver=waiver(TODAY))), GateLabel.CONDITIONAL),
            (gate(OK, check(status=Status.WARN)), GateLabel.CONDITIONAL),
            (gate(OK, check(status=Status.FAIL, required=False)), GateLabel.CONDITIONAL),
            (gate(OK, check(status=Status.FAIL, waiver=waiver(TODAY))), GateLabel.CONDITIONAL),
            (gate(OK, check(status=Status.FAIL)), GateLabel.FAILED),
            (gate(OK, check(status=Status.FAIL, waiver=waiver(YESTERDAY))), GateLabel.FAILED),
            (gate(DESIGNED, check(status=Status.FAIL)), GateLabel.FAILED),
            (gate(DESIGNED, check(status=Status.ERROR)), GateLabel.UNVERIFIED),
            (gate(OK, check(status=Status.INCONCLUSIVE)), GateLabel.UNVERIFIED),
            (gate(OK, check(refs=())), GateLabel.UNVERIFIED),
            (gate(OK, check(level=EvidenceLevel.STATIC)), GateLabel.UNVERIFIED),
            (gate(replace(DESIGNED, evidence=())), GateLabel.UNVERIFIED),
            (gate(check(status=Status.NOT_APPLICABLE)), GateLabel.UNVERIFIED),
            (
                gate(check(status=Status.NOT_APPLICABLE, waiver=waiver(TODAY))),
                GateLabel.CONDITIONAL,
            ),
            (
                gate(check(status=Status.NOT_APPLICABLE, waiver=waiver(YESTERDAY))),
                GateLabel.UNVERIFIED,
            ),
            (gate(check(required=False)), GateLabel.UNVERIFIED),
            (gate(), GateLabel.UNVERIFIED),
            (gate(OK, expected=("gate.ok", "gate.gone")), GateLabel.UNVERIFIED),
            (gate(DESIGNED, expected=("gate.designed", "gate.gone")), GateLabel.UNVERIFIED),
            (gate(OK, execution=Execution.TIMED_OUT), GateLabel.UNVERIFIED),
            (gate(DESIGNED, execution=Execution.CRASHED), GateLabel.UNVERIFIED),
            (gate(check(status=Status.FAIL), execution=Execution.CRASHED), GateLabel.FAILED),
            (gate(execution=Execution.NOT_IN_PROFILE), GateLabel.UNVERIFIED),
        ],
    )
    def test_is_one_of_five_words(self, record: GateRecord, label: GateLabel) -> None:
        assert gate_label(record, TODAY) is label
