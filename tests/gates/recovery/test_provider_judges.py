"""The judges of the fallback: their cases, who owns which cause, and what proves nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from golive.api import CheckResult, Reason, Status, Unavailable
from golive_gates.recovery import GATE
from golive_gates.recovery.providers.parts import (
    CUT,
    EMPTY,
    ERROR,
    LOST,
    OTHER,
    SECONDARY,
    SILENT,
    UNREACHABLE,
    Fallback,
    Return,
)
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import provider_parts as p
from tests.gates.recovery.cases_providers import CASES
from tests.gates.saying import codes, said

if TYPE_CHECKING:
    from golive.api import Check

CHECKS: dict[str, Check[Settings]] = {
    c.spec.id: c for c in GATE.checks if c.spec.name.startswith("provider-")
}


def judged(part: object, settings: Settings = p.SETTINGS) -> dict[str, CheckResult]:
    return {
        i.removeprefix("recovery.provider-"): said(c.evaluate(p.observed(part), settings))
        for i, c in CHECKS.items()
    }


def failing(part: Fallback, settings: Settings = p.SETTINGS) -> list[str]:
    return [n for n, r in judged(part, settings).items() if r.status is Status.FAIL]


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    cases, check = CASES[name], CHECKS[name]
    assert said(check.evaluate(*cases.passing)).status is Status.PASS
    assert said(check.evaluate(*cases.failing)).status is Status.FAIL
    assert said(check.evaluate(*cases.no_evidence)).status is Status.INCONCLUSIVE


@pytest.mark.parametrize("name", CASES)
def test_a_cause_fails_one_check(name: str) -> None:
    part = CASES[name].failing[0].parts["Fallback"]
    assert isinstance(part, Fallback)
    assert failing(part) == [name.removeprefix("recovery.provider-")]


def test_every_check_has_cases() -> None:
    assert set(CASES) == set(CHECKS)


def test_all_is_well() -> None:
    results = judged(p.fallback())
    assert {n: r.status for n, r in results.items()} == dict.fromkeys(results, Status.PASS)


def test_what_a_narrowed_drill_left_out_is_said() -> None:
    """Of the default faults, the policy's own statuses aside, and of the outages."""
    few = ("status-503", "truncate", "split-utf8", "cut@3")
    legs = [
        p.leg(
            swap=swap,
            planned=few,
            trials=tuple(p.trial(f) for f in few),
            both_down=(p.told("status-503"),),
        )
        for swap in (False, True)
    ]
    chosen = replace(p.SETTINGS.providers, faults=few, both_down=("status-503",))
    results = judged(p.fallback(*legs), Settings(providers=chosen))
    assert {n: r.status for n, r in results.items()} == dict.fromkeys(results, Status.PASS)
    counted = {
        n: (r.reason.params["tried"], r.reason.params["usual"])
        for n, r in results.items()
        if "tried" in r.reason.params
    }
    assert counted == {
        "healthy": (1, 1),
        "fallback": (2, 13),
        "whole": (3, 19),
        "first-content": (2, 13),
        "return": (4, 20),
        "outage": (1, 2),
        "spend": (2, 13),
    }
    facts = {f.name: f.value for f in results["outage"].facts}
    assert facts["provider_faults_left_out"] == "refuse"
    assert "stall@3" in str({f.name: f.value for f in results["whole"].facts})


def test_with_the_whole_list_nothing_is_left_out() -> None:
    results = judged(p.fallback(), Settings(providers=ProviderSettings(no_fallback_on=(401,))))
    told = [r.reason.params for r in results.values() if "usual" in r.reason.params]
    assert len(told) == 7
    assert all(params["tried"] == params["usual"] for params in told)
    for result in results.values():
        assert "provider_faults_left_out" not in {f.name for f in result.facts}


def test_a_breaker_is_reported() -> None:
    facts = {f.name: f.value for f in judged(p.fallback())["fallback"].facts}
    assert facts["breaker_left_alone_openai"] == 2
    assert facts["breaker_asked_openai"] == 2
    assert facts["breaker_back_openai"] == 30.0


@pytest.mark.parametrize("kind", ["no-stub", "stub-trouble", "no-generate-api"])
def test_a_drill_that_was_not_made_is_one_cause(kind: str) -> None:
    results = judged(Unavailable(Reason(kind, {"detail": "x", "url": "u"})))
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
    own = results.pop("fallback")
    assert (own.reason.code, own.blocked_by) == (kind, None)
    assert {r.blocked_by for r in results.values()} == {"recovery.provider-fallback"}


def test_what_another_gate_owns_stays_its_own() -> None:
    gap = Unavailable(Reason("no-stub"), blocked_by="slo.defined")
    assert {r.blocked_by for r in judged(gap).values()} == {"slo.defined"}


def test_a_swapped_order_is_the_cause_of_all_else() -> None:
    leg = p.leg(healthy=replace(p.HEALTHY, outcome=SECONDARY), trials=(), returns=())
    results = judged(p.fallback(leg))
    assert results.pop("order").status is Status.FAIL
    results.pop("healthy")
    assert {r.blocked_by for r in results.values()} == {"recovery.provider-order"}


def test_an_altered_answer_is_the_cause_of_all_else() -> None:
    leg = p.leg(healthy=replace(p.HEALTHY, outcome=CUT), trials=(), returns=())
    results = judged(p.fallback(leg))
    assert results.pop("healthy").status is Status.FAIL
    assert {r.blocked_by for r in results.values()} == {"recovery.provider-healthy"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": UNREACHABLE, "status": None}, "generator-unreachable"),
        ({"outcome": ERROR, "asked_primary": 0}, "not-through-stub"),
        ({"outcome": OTHER, "detail": "x"}, "unknown-answer"),
    ],
)
def test_a_drill_that_was_not_set_up_fails_nobody(changed: dict[str, object], code: str) -> None:
    healthy = replace(p.HEALTHY, **changed)  # type: ignore[arg-type]
    results = judged(p.fallback(p.leg(healthy=healthy, trials=(), returns=())))
    assert (results["healthy"].status, results["healthy"].reason.code) == (
        Status.INCONCLUSIVE,
        code,
    )
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}


def test_a_declared_answer_that_does_not_come_is_a_failure() -> None:
    settings = Settings(providers=ProviderSettings(expected={"openai": "x", "anthropic": "y"}))
    other = replace(p.HEALTHY, outcome=OTHER)
    results = judged(p.fallback(p.leg(healthy=other, trials=())), settings)
    assert results["healthy"].status is Status.FAIL


@pytest.mark.parametrize("outcome", [ERROR, SILENT, EMPTY, "broken", OTHER])
def test_no_fallback(outcome: str) -> None:
    trials = [
        p.trial(t.fault, outcome=outcome, asked_secondary=0, told_secondary=0, answer=0)
        for t in p.leg().trials
        if t.demand == "fallback"
    ]
    results = judged(p.fallback(p.leg(*trials), p.leg(*trials, swap=True)))
    assert [n for n, r in results.items() if r.status is Status.FAIL] == ["fallback"]
    assert set(codes(results["fallback"])) == {f"outcome-{outcome}"}
    for name in ("whole", "first-content", "spend"):
        assert results[name].blocked_by == "recovery.provider-fallback", name


def test_a_stall_that_never_ends_is_charged_once() -> None:
    """Before the first content it has no fallback, and in the middle no end: one time limit."""
    trials = [
        p.trial("stall", outcome=SILENT, asked_secondary=0),
        p.trial("stall@3", outcome=SILENT),
    ]
    assert failing(p.fallback(p.leg(*trials))) == ["fallback"]
    assert failing(p.fallback(p.leg(trials[1]))) == ["whole"]


def test_a_truncated_stream_taken_for_whole_is_charged_once() -> None:
    trials = [
        p.trial("truncate", outcome=EMPTY, asked_secondary=0),
        p.trial("truncate@3", outcome=CUT),
    ]
    assert failing(p.fallback(p.leg(*trials))) == ["fallback"]


def test_a_primary_that_is_lost_blocks_what_was_not_tried() -> None:
    leg = p.leg(
        trials=(p.trial("status-401"),),
        returns=(Return("status-401", None, 4, SECONDARY),),
        both_down=(),
        user_errors=(),
        stopped=LOST,
    )
    results = judged(p.fallback(leg))
    assert [n for n, r in results.items() if r.status is Status.FAIL] == ["return"]
    blocked = {n for n, r in results.items() if r.blocked_by == "recovery.provider-return"}
    assert blocked >= {"fallback", "outage", "user-errors", "first-content"}


def test_a_fault_that_was_not_met_proves_nothing() -> None:
    missed = p.trial("status-503", struck=False, outcome="primary", asked_secondary=0)
    result = judged(p.fallback(p.leg(missed)))["fallback"]
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "not-all-tried")
    assert "status-503" in str(result.reason.params["missing"])


def test_one_way_and_no_policy_are_said() -> None:
    part = replace(p.fallback(), legs=(p.leg(),))
    one_way = Settings(providers=ProviderSettings(one_way=True, no_fallback_on=()))
    results = judged(part, one_way)
    assert results["order"].reason.code == "one-way"
    assert results["user-errors"].status is Status.NOT_APPLICABLE
    results = judged(part, Settings())
    assert results["order"].reason.code == "one-direction"
    assert results["user-errors"].reason.code == "no-policy"
    assert results["user-errors"].status is Status.INCONCLUSIVE


def test_a_slow_answer_left_running_is_paid_twice() -> None:
    slow = p.trial("slow-first-token", told_primary=28, left_open=1)
    result = judged(p.fallback(p.leg(slow)))["spend"]
    assert (result.status, result.reason.code) == (Status.FAIL, "paid-twice")


def test_a_primary_that_answers_too_late_is_not_used_again_in_time() -> None:
    slow = p.leg(returns=(Return("status-503", 60.5, 7, "primary"),))
    results = judged(p.fallback(slow))
    assert (results["return"].status, results["return"].reason.code) == (
        Status.FAIL,
        "used-again-late",
    )
    assert [n for n, r in results.items() if r.status is Status.FAIL] == ["return"]


def test_a_roll_back_that_nobody_confirmed_is_said() -> None:
    result = judged(replace(p.fallback(), rolled_back=False))["return"]
    assert (result.status, result.reason.code) == (Status.WARN, "left-behind")


@pytest.mark.parametrize(
    "wrong",
    [
        {"faults": ("status-200",)},
        {"faults": ("cut@0",)},
        {"faults": ()},
        {"both_down": ("nothing",)},
        {"no_fallback_on": (200,)},
        {"spend_limit": 0.5},
        {"breaker_requests": 99},
        {"one_way": True, "reverse_service": "x"},
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="providers"):
        ProviderSettings(**wrong)  # type: ignore[arg-type]


def test_a_status_of_the_callers_own_is_no_fault_to_fall_back_from() -> None:
    assert "status-401" not in ProviderSettings(no_fallback_on=(400, 401)).drilled
    assert "status-401" in ProviderSettings().drilled
