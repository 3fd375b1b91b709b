"""The rule table of the decision, one row a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from core_records import (
    STARTED,
    TODAY,
    TOMORROW,
    YESTERDAY,
    check,
    config,
    gate,
    run,
    waiver,
)

from golive.config.model import Attestation, Claim
from golive.model import Status
from golive.record import CheckRecord, Decision, Execution, Run
from golive.texts import LANGUAGES, core_catalogue
from golive.verdict import (
    ClaimState,
    Effect,
    claim_state,
    decide,
    in_force,
    run_day,
)

OK = check("gate.ok")
UNDECIDED = (Status.INCONCLUSIVE, Status.ERROR)
OPEN = (Status.FAIL, *UNDECIDED)


def decision(*checks: CheckRecord) -> Decision:
    return decide(run(gate(*checks))).decision


def codes(record: Run) -> list[str]:
    return [ground.code for ground in decide(record).grounds]


class TestChecks:
    def test_all_passed_is_go_without_grounds(self) -> None:
        verdict = decide(run(gate(OK)))
        assert (verdict.decision, verdict.grounds) == (Decision.GO, ())

    def test_a_failure_is_no_go(self) -> None:
        assert decision(OK, check(status=Status.FAIL)) is Decision.NO_GO

    @pytest.mark.parametrize("status", UNDECIDED)
    def test_undecided_is_inconclusive(self, status: Status) -> None:
        record = run(gate(OK, check(status=status)))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert codes(record) == [status.value]

    @pytest.mark.parametrize("status", UNDECIDED)
    def test_no_go_beats_inconclusive(self, status: Status) -> None:
        verdict = decide(run(gate(check(status=status), check("gate.bad", Status.FAIL))))
        assert verdict.decision is Decision.NO_GO
        assert [g.effect for g in verdict.grounds] == [Effect.NO_GO, Effect.INCONCLUSIVE]

    def test_a_warning_is_a_condition(self) -> None:
        record = run(gate(OK, check(status=Status.WARN)))
        assert decide(record).decision is Decision.CONDITIONAL
        assert codes(record) == ["warned"]

    def test_not_applicable_beside_a_pass_blocks_nothing(self) -> None:
        assert decision(OK, check(status=Status.NOT_APPLICABLE)) is Decision.GO

    @pytest.mark.parametrize("status", OPEN)
    def test_an_optional_check_is_a_condition_at_worst(self, status: Status) -> None:
        record = run(gate(OK, check(status=status, required=False)))
        assert decide(record).decision is Decision.CONDITIONAL
        assert codes(record) == ["optional-open"]

    @pytest.mark.parametrize("status", OPEN)
    def test_a_check_of_an_optional_gate_is_a_condition_at_worst(self, status: Status) -> None:
        extra = gate(check("extra.check", status), gate_id="extra", required=False)
        assert decide(run(gate(OK), extra)).decision is Decision.CONDITIONAL


class TestWaivers:
    @pytest.mark.parametrize("status", OPEN)
    @pytest.mark.parametrize("until", [TODAY, TOMORROW])
    def test_in_force_is_a_condition_also_on_its_last_day(
        self, status: Status, until: object
    ) -> None:
        record = run(gate(OK, check(status=status, waiver=waiver(until))))  # type: ignore[arg-type]
        assert decide(record).decision is Decision.CONDITIONAL
        assert codes(record) == ["waived"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (Status.FAIL, Decision.NO_GO),
            (Status.INCONCLUSIVE, Decision.INCONCLUSIVE),
            (Status.ERROR, Decision.INCONCLUSIVE),
        ],
    )
    def test_expired_changes_nothing_but_the_words(
        self, status: Status, expected: Decision
    ) -> None:
        record = run(gate(OK, check(status=status, waiver=waiver(YESTERDAY))))
        assert decide(record).decision is expected
        assert codes(record)[0].endswith("-waiver-expired")

    def test_on_a_pass_changes_nothing(self) -> None:
        assert decision(check(waiver=waiver(TOMORROW))) is Decision.GO

    @pytest.mark.parametrize("status", OPEN)
    def test_alone_approve_nothing(self, status: Status) -> None:
        record = run(gate(check(status=status, waiver=waiver(TOMORROW))))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert "nothing-evaluated" in codes(record)

    def test_are_judged_on_the_day_the_run_began_in_utc(self) -> None:
        seoul = timezone(timedelta(hours=9))
        late = replace(run(gate(OK)), started=datetime(2026, 3, 11, 8, 0, tzinfo=seoul))
        assert run_day(late) == TODAY
        assert run_day(replace(late, started=STARTED.astimezone(UTC))) == TODAY

    def test_none_is_not_in_force(self) -> None:
        assert not in_force(None, TODAY)


class TestConsequences:
    BLOCKER = check("gate.cause", Status.FAIL)
    BLOCKED = check("gate.effect", Status.INCONCLUSIVE, blocked_by="gate.cause")

    def test_are_listed_under_their_cause(self) -> None:
        (ground,) = decide(run(gate(OK, self.BLOCKER, self.BLOCKED))).grounds
        assert (ground.subject, ground.consequences) == ("gate.cause", ("gate.effect",))

    def test_of_a_waived_cause_stand_on_their_own(self) -> None:
        cause = replace(self.BLOCKER, waiver=waiver(TOMORROW))
        verdict = decide(run(gate(OK, cause, self.BLOCKED)))
        assert verdict.decision is Decision.INCONCLUSIVE
        assert [(g.subject, g.code) for g in verdict.grounds] == [
            ("gate.effect", "inconclusive"),
            ("gate.cause", "waived"),
        ]

    @pytest.mark.parametrize("status", [Status.PASS, Status.WARN, *UNDECIDED])
    def test_of_a_cause_that_did_not_fail_stand_on_their_own(self, status: Status) -> None:
        cause = check("gate.cause", status)
        assert decision(OK, cause, self.BLOCKED) is Decision.INCONCLUSIVE

    def test_of_an_optional_cause_stand_on_their_own(self) -> None:
        cause = replace(self.BLOCKER, required=False)
        assert decision(OK, cause, self.BLOCKED) is Decision.INCONCLUSIVE

    def test_of_itself_or_a_stranger_stand_on_their_own(self) -> None:
        assert decision(OK, replace(self.BLOCKED, blocked_by="gate.effect")) is (
            Decision.INCONCLUSIVE
        )
        assert decision(OK, replace(self.BLOCKED, blocked_by="nobody")) is Decision.INCONCLUSIVE

    def test_a_failure_is_never_a_mere_consequence(self) -> None:
        second = check("gate.second", Status.FAIL, blocked_by="gate.cause")
        subjects = [g.subject for g in decide(run(gate(self.BLOCKER, second))).grounds]
        assert subjects == ["gate.cause", "gate.second"]


class TestGates:
    @pytest.mark.parametrize("execution", [e for e in Execution if e is not Execution.COMPLETED])
    def test_a_required_one_that_did_not_complete_is_inconclusive(
        self, execution: Execution
    ) -> None:
        record = run(gate(OK), gate(check("b.ok"), gate_id="b", execution=execution))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert f"gate-{execution}" in codes(record)

    @pytest.mark.parametrize(
        "execution", [Execution.CRASHED, Execution.TIMED_OUT, Execution.INTERRUPTED]
    )
    def test_an_optional_one_cut_short_is_a_condition(self, execution: Execution) -> None:
        extra = gate(gate_id="extra", required=False, execution=execution)
        assert decide(run(gate(OK), extra)).decision is Decision.CONDITIONAL

    @pytest.mark.parametrize(
        "execution", [Execution.NOT_IN_PROFILE, Execution.NOT_SELECTED, Execution.MISSING]
    )
    def test_an_optional_one_that_never_began_is_no_ground(self, execution: Execution) -> None:
        extra = gate(gate_id="extra", required=False, execution=execution)
        assert decide(run(gate(OK), extra)).decision is Decision.GO

    def test_a_required_one_without_required_checks_is_inconclusive(self) -> None:
        record = run(gate(OK), gate(check("b.ok", required=False), gate_id="b"))
        assert codes(record) == ["gate-empty"]

    def test_a_required_check_that_is_missing_is_inconclusive(self) -> None:
        record = run(gate(OK, expected=("gate.ok", "gate.gone")))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert [(g.code, g.subject) for g in decide(record).grounds] == [
            ("check-missing", "gate.gone")
        ]

    def test_none_required_is_inconclusive(self) -> None:
        record = run(gate(OK, required=False))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert "no-required-gate" in codes(record)

    def test_none_at_all_is_inconclusive(self) -> None:
        assert decide(run()).decision is Decision.INCONCLUSIVE

    def test_one_of_the_profile_that_the_record_lacks_is_missing(self) -> None:
        record = run(gate(OK), configuration=config(profile=("gate", "load")))
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert [(g.code, g.subject) for g in decide(record).grounds] == [("gate-missing", "load")]

    def test_an_interrupted_run_is_inconclusive(self) -> None:
        record = run(gate(OK), interrupted=True)
        assert decide(record).decision is Decision.INCONCLUSIVE
        assert codes(record) == ["interrupted"]


class TestItems:
    OPEN_CLAIM = Claim("Smoke test in staging")

    @pytest.mark.parametrize(
        ("group", "code"),
        [
            ("issues", "issue-open"),
            ("infrastructure", "infrastructure-open"),
            ("items", "checklist-open"),
            ("pre_deploy", "pre-deploy-open"),
        ],
    )
    def test_an_open_one_is_a_condition(self, group: str, code: str) -> None:
        record = run(gate(OK), configuration=config(**{group: (self.OPEN_CLAIM,)}))
        assert decide(record).decision is Decision.CONDITIONAL
        assert [(g.code, g.subject) for g in decide(record).grounds] == [
            (code, self.OPEN_CLAIM.text)
        ]

    def test_done_by_its_checks(self) -> None:
        record = run(gate(OK), configuration=config(items=(Claim("x", ("gate.ok",)),)))
        assert decide(record).decision is Decision.GO

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            (Status.PASS, ClaimState.DONE),
            (Status.WARN, ClaimState.CONDITIONAL),
            (Status.FAIL, ClaimState.FAILED),
            (Status.INCONCLUSIVE, ClaimState.OPEN),
            (Status.ERROR, ClaimState.OPEN),
            (Status.NOT_APPLICABLE, ClaimState.OPEN),
        ],
    )
    def test_as_true_as_its_worst_check(self, status: Status, state: ClaimState) -> None:
        claim = Claim("x", ("gate.ok", "gate.check"))
        assert claim_state(claim, run(gate(OK, check(status=status)))) is state

    def test_open_when_a_check_of_it_never_ran(self) -> None:
        assert claim_state(Claim("x", ("gate.gone",)), run(gate(OK))) is ClaimState.OPEN

    def test_a_check_outweighs_an_attestation(self) -> None:
        signed = Attestation("Kim", YESTERDAY, TOMORROW)
        claim = Claim("x", ("gate.check",), signed)
        assert claim_state(claim, run(gate(check(status=Status.FAIL)))) is ClaimState.FAILED

    def test_a_waived_check_makes_it_conditional(self) -> None:
        record = run(gate(check(status=Status.FAIL, waiver=waiver(TODAY))))
        assert claim_state(Claim("x", ("gate.check",)), record) is ClaimState.CONDITIONAL

    @pytest.mark.parametrize(
        ("on", "until", "state"),
        [
            (YESTERDAY, TODAY, ClaimState.DONE),
            (YESTERDAY, YESTERDAY, ClaimState.EXPIRED),
            (TOMORROW, TOMORROW, ClaimState.DONE),  # signed in the east, where it is tomorrow
            (TODAY + timedelta(days=2), TODAY + timedelta(days=9), ClaimState.OPEN),
        ],
    )
    def test_attested_while_it_stands(self, on: object, until: object, state: ClaimState) -> None:
        claim = Claim("x", attested=Attestation("Kim", on, until))  # type: ignore[arg-type]
        assert claim_state(claim, run(gate(OK))) is state


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_ground_has_its_sentence(lang: str) -> None:
    suffixes = ("", "-waiver-expired")
    possible = {
        *(f"gate-{e}" for e in Execution if e is not Execution.COMPLETED),
        *(f"{s}{x}" for s in ("inconclusive", "error", "overclaimed", "failed") for x in suffixes),
        *("warned", "waived", "optional-open", "gate-empty", "gate-not-applicable"),
        *("check-missing", "no-required-gate", "nothing-evaluated", "interrupted"),
        *("issue-open", "infrastructure-open", "checklist-open", "pre-deploy-open"),
    }
    texts = core_catalogue(lang)
    assert all(texts.core_text("grounds", code, subject="x") for code in possible)
