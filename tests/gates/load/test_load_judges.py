"""The judges of the load: bounds, one cause for one failure, and instruments that are void."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from golive.api import CheckResult, Comparator, Objective, Status
from golive_gates.load.parts import DEADLINE, ENGINE, HEALTH, Count, InstrumentSeen, Recovery
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.slo.parts import SLOS

LOAD = (
    "load.availability",
    "load.error-rate",
    "load.latency",
    "load.first-content",
    "load.readiness",
    "load.recovery",
)
TIMED = ("load.latency", "load.first-content")


def said(result: CheckResult) -> tuple[Status, str, str | None]:
    return result.status, result.reason.code, result.blocked_by


def all_said(part: object) -> dict[str, tuple[Status, str, str | None]]:
    return {check: said(p.judge(check, part)) for check in LOAD}


def test_a_healthy_load_passes_with_its_bounds() -> None:
    for check in LOAD:
        result = p.judge(check, p.load())
        assert result.status is Status.PASS, check
        assert result.measurement is not None
    latency = p.judge("load.latency", p.load())
    facts = {f.name: f.value for f in latency.facts}
    assert facts["latency_p95"] == facts["latency_p95_bound"] == 0.02
    assert facts["warmup_requests"] == 72
    assert facts["goodput"] == 23.5


def test_a_warm_up_that_failed_is_not_hidden_by_what_came_after() -> None:
    cold = p.load(warm_failures=40)
    result = p.judge("load.availability", cold)
    assert (result.status, result.reason.code) == (Status.WARN, "warm-up-failed")
    assert p.judge("load.availability", p.load(warm_failures=0)).status is Status.PASS


def test_requests_that_fail_altogether_have_one_cause() -> None:
    part = p.load(p.requests(480, silent=120), p.streams(90, silent=30))
    answers = all_said(part)
    assert answers["load.availability"][:2] == (Status.FAIL, "refuted")
    for check in ("load.error-rate", *TIMED):
        assert answers[check] == (Status.INCONCLUSIVE, "owned", "load.availability")


def test_what_fails_beside_an_outage_still_fails() -> None:
    slow = p.load(p.requests(480, 1.7, silent=120))
    assert said(p.judge("load.latency", slow))[0] is Status.FAIL
    assert said(p.judge("load.availability", slow))[0] is Status.FAIL
    broken = p.load(p.requests(480, silent=120), p.streams(60, broken=60))
    assert said(p.judge("load.error-rate", broken))[0] is Status.FAIL


def test_streams_that_break_off_are_errors_and_not_charged_again() -> None:
    answers = all_said(p.load(of_streams=p.streams(90, broken=30)))
    assert answers["load.availability"][0] is Status.PASS
    assert answers["load.error-rate"][:2] == (Status.FAIL, "refuted")
    assert answers["load.first-content"] == (Status.INCONCLUSIVE, "owned", "load.error-rate")


def test_failures_without_an_owner_fail_the_latency() -> None:
    slos = tuple(
        replace(s, objective=Objective(Comparator.LT, 0.3)) if s.id == "error-rate" else s
        for s in SLOS
    )
    part = p.load(of_streams=p.streams(90, broken=30), slos=slos)
    result = p.judge("load.first-content", part)
    assert said(result)[:2] == (Status.FAIL, "refuted-failures")
    assert result.measurement is not None
    assert math.isinf(result.measurement.value)


def test_a_load_that_health_ended_fails_availability_alone() -> None:
    part = p.load(
        p.requests(100, missing=500),
        p.streams(20),
        series=(p.ready(20, 60, in_a_row=20, kinds=(Count("refused", 20),)), p.ready()),
        recovery=Recovery(31.0, 30.0, None, None, failure="api: refused"),
        stopped=HEALTH,
    )
    answers = all_said(part)
    assert answers["load.availability"][:2] == (Status.FAIL, "aborted-health")
    assert answers["load.readiness"] == (Status.INCONCLUSIVE, "owned", "load.availability")
    assert answers["load.recovery"] == (Status.INCONCLUSIVE, "owned", "load.availability")
    assert [c for c, (status, _, _) in answers.items() if status is Status.FAIL] == [
        "load.availability"
    ]


def test_probes_that_this_machine_sent_late_end_no_service() -> None:
    series = (p.ready(20, 60, in_a_row=20, send_lag=0.5),)
    part = p.load(series=series, stopped=HEALTH)
    assert said(p.judge("load.availability", part))[:2] == (
        Status.INCONCLUSIVE,
        "probes-too-late",
    )
    assert said(p.judge("load.readiness", part))[:2] == (Status.INCONCLUSIVE, "probes-too-late")


def test_a_service_that_comes_back_after_an_outage_has_recovered() -> None:
    part = p.load(p.requests(480, silent=120))
    assert said(p.judge("load.recovery", part))[0] is Status.PASS


@pytest.mark.parametrize(
    ("instrument", "code"),
    [
        (InstrumentSeen(0.0003, 0.0001, 0.4, 0.003), "instrument-too-slow"),
        (InstrumentSeen(0.3, 0.0001, 0.002, 0.003), "instrument-too-slow"),
        (InstrumentSeen(0.0003, 0.3, 0.002, 0.003), "instrument-too-slow"),
        (InstrumentSeen(0.0003, 0.0001, 0.002, 0.3), "instrument-too-slow"),
        (InstrumentSeen(0.0003, 0.0001, math.inf, 0.003), "instrument-too-slow"),
        (
            InstrumentSeen(math.inf, math.inf, 0.002, 0.003, problem="no responder"),
            "instrument-uncalibrated",
        ),
    ],
)
@pytest.mark.parametrize("check", TIMED)
def test_an_instrument_that_is_not_small_against_the_threshold_is_void(
    check: str, instrument: InstrumentSeen, code: str
) -> None:
    result = p.judge(check, p.load(instrument=instrument))
    assert said(result)[:2] == (Status.INCONCLUSIVE, code)


@pytest.mark.parametrize("check", ["load.availability", "load.error-rate", *TIMED])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lost": ("worker 1 of 2 died",)}, "lost-workers"),
        ({"api": p.requests(500, limited=100), "streams": p.streams()}, "rate-limited"),
        (
            {"api": p.requests(500, client_errors=(Count("status-401", 100),))},
            "unauthorised",
        ),
        (
            {"api": p.requests(500, client_errors=(Count("status-422", 100),))},
            "refused-requests",
        ),
        ({"api": p.requests(500, local=100)}, "own-trouble"),
    ],
)
def test_what_says_nothing_of_the_service_decides_nothing(
    check: str, changes: dict[str, object], code: str
) -> None:
    part = p.load()
    if "api" in changes and check == "load.first-content":
        changes = {**changes, "streams": replace(changes["api"], first_contents=(0.4,))}
    result = p.judge(check, replace(part, **changes))  # type: ignore[arg-type]
    assert said(result)[:2] == (Status.INCONCLUSIVE, code)


def test_too_few_are_undecided_with_how_many_are_missing() -> None:
    few = p.load(p.requests(40), p.streams(20))
    for check in ("load.availability", "load.error-rate", *TIMED):
        result = p.judge(check, few)
        assert said(result)[:2] == (Status.INCONCLUSIVE, "undecided")
        assert result.measurement is not None
        assert (result.measurement.n_needed or 0) > 0


def test_a_load_that_was_cut_short_does_not_pass_on_its_quick_part() -> None:
    part = p.load(p.requests(600, missing=200), stopped=DEADLINE)
    for check in ("load.availability", "load.error-rate", "load.latency"):
        assert said(p.judge(check, part))[:2] == (Status.INCONCLUSIVE, "stopped")


def test_an_engine_that_broke_off_proves_nothing() -> None:
    empty = p.requests(0, missing=720)
    void = InstrumentSeen(math.inf, math.inf, math.inf, math.inf, problem="none")
    part = p.load(empty, empty, stopped=ENGINE, detail="no process", instrument=void)
    part = replace(part, recovery=None)
    assert {status for status, _, _ in all_said(part).values()} == {Status.INCONCLUSIVE}


def test_kinds_that_are_not_sent_are_named() -> None:
    part = replace(p.load(), api=None, api_gap="no-api-route")
    assert said(p.judge("load.latency", part))[:2] == (Status.INCONCLUSIVE, "no-api-route")
    part = replace(p.load(), streams=None, streams_gap="no-generate-api")
    assert said(p.judge("load.first-content", part))[1] == "no-generate-api"


@pytest.mark.parametrize(
    ("series", "status", "code"),
    [
        ((p.ready(), p.ready(60, service="b")), Status.FAIL, "refuted"),
        ((p.ready(4),), Status.INCONCLUSIVE, "undecided"),
        ((p.ready(0, 100),), Status.INCONCLUSIVE, "stopped"),
        ((p.ready(0, 0),), Status.INCONCLUSIVE, "no-probes"),
        ((p.ready(0, 400, limited=120),), Status.INCONCLUSIVE, "probes-limited"),
    ],
)
def test_the_worst_service_decides_readiness(
    series: tuple[object, ...], status: Status, code: str
) -> None:
    part = p.load(series=series)  # type: ignore[arg-type]
    assert said(p.judge("load.readiness", part))[:2] == (status, code)


@pytest.mark.parametrize(
    ("recovery", "status", "code"),
    [
        (Recovery(0.1, 30.0, 0.1, 0.1, stream=False), Status.PASS, "recovered-ready"),
        (Recovery(30.2, 30.0, 30.2, 1.0), Status.FAIL, "not-recovered"),
        (Recovery(3.0, 30.0, failure="x"), Status.INCONCLUSIVE, "not-watched"),
        (Recovery(9.0, 30.0, limited=3, tried=5), Status.INCONCLUSIVE, "rate-limited"),
    ],
)
def test_recovery(recovery: Recovery, status: Status, code: str) -> None:
    assert said(p.judge("load.recovery", p.load(recovery=recovery)))[:2] == (status, code)


def test_an_undefined_slo_is_blocked_by_its_definition() -> None:
    part = p.load(slos=())
    for check in ("load.error-rate", "load.first-content", "load.readiness"):
        assert said(p.judge(check, part)) == (
            Status.INCONCLUSIVE,
            "undefined-slo",
            "slo.defined",
        )


def test_caps_are_part_of_the_configuration() -> None:
    with pytest.raises(ValueError, match="max_rate"):
        Settings(api_per_second=1000.0)
    with pytest.raises(ValueError, match="max_requests"):
        Settings(duration=590.0, api_per_second=400.0)
    with pytest.raises(ValueError, match="max_duration"):
        Settings(duration=700.0)
    with pytest.raises(ValueError, match="above 0"):
        Settings(streams_per_second=0.0, api_per_second=0.0)
