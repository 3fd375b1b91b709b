"""Which gates run, which are required, and what the record says of the others."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from golive.discovery import Gates
from golive.gate import Check, Gate
from golive.gates_of_run import UnknownGate, choose, gate_record, idle_record
from golive.model import STANDARD_GATES, CheckSpec, Reason
from golive.record import Execution, GateStatus


@dataclass(frozen=True, slots=True)
class Settings:
    pass


def gate(gate_id: str) -> Gate[Settings]:
    specs = (CheckSpec(f"{gate_id}.must"), CheckSpec(f"{gate_id}.may", required=False))
    checks = tuple(Check(s, (), lambda *_, s=s: s.inconclusive(Reason("x"))) for s in specs)  # type: ignore[misc]
    return Gate(gate_id, "golive_no_such_package", Settings, (), checks)


GATES = Gates({g: gate(g) for g in ("slo", "load", "extra")}, {"shaky": "ImportError: x"})


@pytest.mark.parametrize(
    ("profile", "selected", "running", "required"),
    [
        (None, None, {"slo", "load", "extra"}, {"slo", "load", "extra", "shaky"}),
        (("slo",), None, {"slo"}, {"slo"}),
        (("slo", "gone"), None, {"slo"}, {"slo", "gone"}),
        (("slo", "shaky"), None, {"slo"}, {"slo", "shaky"}),
        (None, ("slo",), {"slo"}, {"slo", "load", "extra", "shaky"}),
        (("slo", "load"), ("load",), {"load"}, {"slo", "load"}),
        (("slo",), ("extra",), {"extra"}, {"slo"}),
        (("slo",), (), set(), {"slo"}),
        ((), None, set(), set()),
    ],
)
def test_the_profile_requires_and_the_selection_runs(
    profile: tuple[str, ...] | None,
    selected: tuple[str, ...] | None,
    running: set[str],
    required: set[str],
) -> None:
    choice = choose(GATES, profile, selected)
    assert set(choice.run) == running
    assert choice.required == required


def test_gates_run_in_report_order_however_they_were_named() -> None:
    assert list(choose(GATES, None, ("extra", "load", "slo", "slo")).run) == [
        "slo",
        "load",
        "extra",
    ]


@pytest.mark.parametrize("name", ["sloo", "shaky", "recovery", ""])
def test_asking_for_a_gate_that_cannot_run_is_an_error(name: str) -> None:
    with pytest.raises(UnknownGate) as caught:
        choose(GATES, None, ("slo", name))
    assert (caught.value.name, caught.value.known) == (name, ("slo", "load", "extra"))


def test_the_record_lists_every_gate_there_is_once() -> None:
    choice = choose(GATES, ("slo", "zulu", "alpha"), None)
    assert choice.order == (*STANDARD_GATES, "extra", "shaky", "alpha", "zulu")


def execution(
    profile: tuple[str, ...] | None, selected: tuple[str, ...] | None, name: str
) -> Execution:
    return idle_record(choose(GATES, profile, selected), name).execution


@pytest.mark.parametrize(
    ("profile", "selected", "name", "expected"),
    [
        (None, None, "shaky", Execution.MISSING),
        (("recovery",), None, "recovery", Execution.MISSING),
        (("gone",), ("slo",), "gone", Execution.MISSING),
        (None, ("slo",), "load", Execution.NOT_SELECTED),
        (("slo", "load"), ("slo",), "load", Execution.NOT_SELECTED),
        (("slo",), None, "load", Execution.NOT_IN_PROFILE),
        (("slo",), None, "recovery", Execution.NOT_IN_PROFILE),
        (("slo",), ("slo",), "load", Execution.NOT_IN_PROFILE),
        (("slo",), ("slo",), "recovery", Execution.NOT_IN_PROFILE),
    ],
)
def test_a_gate_that_did_not_run_says_why(
    profile: tuple[str, ...] | None,
    selected: tuple[str, ...] | None,
    name: str,
    expected: Execution,
) -> None:
    assert execution(profile, selected, name) is expected


def test_an_idle_record_is_not_run_whatever_else_it_says() -> None:
    for name in choose(GATES, None, ("slo",)).order:
        idle = idle_record(choose(GATES, None, ("slo",)), name)
        assert idle.status is GateStatus.NOT_RUN
        assert idle.checks == ()
        assert idle.note
        assert idle.localized_note["ko"]


def test_the_reason_why_a_gate_cannot_be_loaded_is_in_its_note() -> None:
    assert "ImportError: x" in idle_record(choose(GATES, None, None), "shaky").note


def test_an_idle_gate_that_is_installed_still_says_what_was_expected() -> None:
    idle = idle_record(choose(GATES, None, ("slo",)), "load")
    assert idle.expected == ("load.must",)


def test_numbers_and_titles_of_standard_gates_need_no_plugin() -> None:
    idle = idle_record(choose(GATES, None, None), "recovery")
    assert (idle.number, idle.localized["ko"]) == (6, "데이터 및 신뢰성 검증")


def test_a_gate_without_a_catalogue_goes_by_its_id() -> None:
    stranger = idle_record(choose(GATES, None, ("slo",)), "extra")
    assert (stranger.number, stranger.title) == (None, "extra")


def test_a_gate_that_ran_expects_its_required_checks() -> None:
    choice = choose(GATES, None, None)
    ran = gate_record(choice, GATES.loaded["slo"], ())
    assert (ran.expected, ran.required) == (("slo.must",), True)
    assert ran.status is GateStatus.ERROR
    assert not gate_record(choose(GATES, ("load",), ("slo",)), GATES.loaded["slo"], ()).required
