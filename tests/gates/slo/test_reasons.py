"""The special reasons of each judge: one row, one cause, one answer."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from golive.api import (
    CheckResult,
    Comparator,
    Indicator,
    Objective,
    Outcome,
    Reason,
    Slo,
    Status,
    Unavailable,
)
from golive.texts import catalogue
from golive_gates.slo import GATE
from golive_gates.slo.parts import (
    CLIENT_ERRORS,
    DEADLINE,
    Drift,
    FailureCount,
    Flow,
    FlowStep,
    Lag,
    Operation,
    ProjectFlows,
    Streams,
)
from golive_gates.slo.settings import Settings
from tests.gates.slo import parts as p

CHECKS = {c.spec.id: c for c in GATE.checks}
BLOCKED = Unavailable(
    Reason("blocked-contract", {"operation": "POST /x"}), "inconclusive", "slo.contract"
)


def judge(
    check_id: str, *parts: object, settings: Settings | None = None, **more: object
) -> CheckResult:
    """Judge *parts* (the healthy definitions unless given) and render what was said."""
    seen = p.observed(p.definitions(), *parts)
    for name, part in more.items():
        seen = seen.with_part(name, part)
    result = CHECKS[check_id].evaluate(seen, settings or Settings())
    for lang in ("ko", "en"):
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, check_id)
        assert all(texts.reason(f.reason, check_id) for f in result.findings)
    return result


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.reason.code


def objective(slo: Slo, comparator: Comparator, ratio: float) -> Slo:
    return replace(slo, objective=Objective(comparator, ratio))


@pytest.mark.parametrize(
    ("slo", "status", "code"),
    [
        (objective(p.ERROR_RATE, Comparator.LT, 0.95), Status.FAIL, "error-rate-inverted"),
        (objective(p.ERROR_RATE, Comparator.GE, 0.99), Status.WARN, "error-rate-as-success"),
        (objective(p.ERROR_RATE, Comparator.GE, 0.01), Status.FAIL, "wrong-direction"),
        (objective(p.ERROR_RATE, Comparator.LT, 0.2), Status.WARN, "loose-objective"),
        (objective(p.ERROR_RATE, Comparator.LE, 0.0), Status.WARN, "perfect-objective"),
        (objective(p.READINESS, Comparator.GE, 1.0), Status.WARN, "perfect-objective"),
        (objective(p.READINESS, Comparator.LE, 0.99), Status.FAIL, "wrong-direction"),
        (objective(p.READINESS, Comparator.GE, 0.5), Status.WARN, "loose-objective"),
        (objective(p.READINESS, Comparator.GE, 0.0), Status.FAIL, "out-of-range"),
        (
            objective(p.AVAILABILITY, Comparator.GT, 0.98),
            Status.WARN,
            "availability-below-readiness",
        ),
        (replace(p.AVAILABILITY, window=600.0), Status.WARN, "short-window"),
        (replace(p.AVAILABILITY, window=400 * p.DAY), Status.WARN, "long-window"),
        (replace(p.AVAILABILITY, window=None), Status.FAIL, "missing-window"),
        (replace(p.READINESS, sli=" "), Status.FAIL, "missing-sli"),
        (replace(p.READINESS, objective=None), Status.FAIL, "missing-objective"),
        (replace(p.FIRST_EVENT, threshold=None), Status.FAIL, "missing-threshold"),
        (replace(p.FIRST_EVENT, threshold=600.0), Status.WARN, "loose-threshold"),
        (
            replace(p.FIRST_EVENT, indicator=Indicator("value", query="p95", op=Comparator.GE)),
            Status.FAIL,
            "indicator-wrong-direction",
        ),
    ],
)
def test_a_definition_is_questioned(slo: Slo, status: Status, code: str) -> None:
    result = CHECKS["slo.defined"].evaluate(p.observed(p.definitions(slo)), Settings())
    assert result.status is status
    assert [f.reason.code for f in result.findings] == [code]
    assert catalogue(GATE.package, "ko").reason(result.findings[0].reason, "slo.defined")


def test_indicators_that_nothing_evaluates_are_named() -> None:
    asked = Indicator("value", query="p95", op=Comparator.LE)
    stated = p.definitions(replace(p.FIRST_EVENT, indicator=asked))
    result = judge("slo.defined", Definitions=stated)
    assert result.status is Status.PASS
    facts = {f.name: f.value for f in result.facts}
    assert facts["indicators_not_evaluated"] == "sse-first-event"
    plain = judge("slo.defined", Definitions=p.definitions())
    assert "indicators_not_evaluated" not in {f.name for f in plain.facts}


def test_nothing_is_judged_by_an_indicator_that_calls_slow_good() -> None:
    backwards = Indicator("value", query="p95", op=Comparator.GT)
    stated = p.definitions(replace(p.FIRST_EVENT, indicator=backwards))
    result = judge("slo.sse-first-event", p.streams(), Definitions=stated)
    assert said(result) == (Status.INCONCLUSIVE, "undefined-slo")
    assert result.blocked_by == "slo.defined"


@pytest.mark.parametrize(
    ("check_id", "part", "code"),
    [
        ("slo.readiness", p.readiness(done=470, stopped="limited", limited=20), "rate-limited"),
        ("slo.error-rate", replace(p.traffic(), done=3, stopped="limited"), "rate-limited"),
        ("slo.error-rate", replace(p.traffic(), done=3, stopped=CLIENT_ERRORS), "client-errors"),
        ("slo.sse-first-event", p.streams(count=20, stopped="limited"), "rate-limited"),
        ("slo.sse-complete", p.streams(count=20, stopped="limited"), "rate-limited"),
    ],
)
def test_a_sample_that_fell_short_says_what_was_left_out(
    check_id: str, part: object, code: str
) -> None:
    assert said(judge(check_id, part)) == (Status.INCONCLUSIVE, code)


def test_a_finding_says_where_the_slo_is_written() -> None:
    bad = replace(p.AVAILABILITY, sli=None)
    result = CHECKS["slo.defined"].evaluate(p.observed(p.definitions(bad)), Settings())
    location = result.findings[0].location
    assert location is not None
    assert (location.path, location.line) == ("slo.yaml", 12)


@pytest.mark.parametrize("check_id", ["slo.readiness", "slo.error-rate", "slo.availability"])
def test_nothing_is_judged_against_a_missing_slo(check_id: str) -> None:
    name = check_id.removeprefix("slo.")
    result = judge(
        check_id,
        p.readiness(),
        p.traffic(),
        p.flows(),
        p.streams(),
        p.history(),
        Definitions=p.definitions(without=name),
    )
    assert said(result) == (Status.INCONCLUSIVE, "undefined-slo")
    assert result.blocked_by == "slo.defined"


def test_one_hundred_percent_is_beyond_proof() -> None:
    perfect = p.definitions(objective(p.READINESS, Comparator.GE, 1.0))
    result = judge("slo.readiness", p.readiness(), Definitions=perfect)
    assert said(result) == (Status.INCONCLUSIVE, "unprovable")
    assert result.blocked_by is None


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.readiness(5), Status.INCONCLUSIVE, "undecided"),
        (p.readiness(0, 100, stopped=DEADLINE), Status.INCONCLUSIVE, "stopped"),
        (p.readiness(10, 10, answers=0), Status.INCONCLUSIVE, "unreachable"),
        (
            p.readiness(10, 10, answers=0, kinds=(FailureCount("total-timeout", 10),)),
            Status.FAIL,
            "refuted",
        ),
        (p.readiness(0, 300, limited=200), Status.INCONCLUSIVE, "rate-limited"),
        (replace(p.readiness(), lag=Lag(send_p99=0.2)), Status.INCONCLUSIVE, "client-too-slow"),
        (
            replace(p.readiness(), lag=Lag(loop_p99=math.inf)),
            Status.INCONCLUSIVE,
            "client-too-slow",
        ),
    ],
)
def test_readiness(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.readiness", part)) == (status, code)


def test_thirty_clean_probes_do_not_prove_99_percent() -> None:
    part = p.readiness()
    short = replace(part, series=tuple(replace(s, planned=30, done=30) for s in part.series))
    result = judge("slo.readiness", short)
    assert said(result) == (Status.INCONCLUSIVE, "undecided")
    assert result.measurement is not None
    assert result.measurement.n_needed == 269


def test_the_worst_service_decides() -> None:
    result = judge("slo.readiness", p.readiness(20))
    assert result.status is Status.FAIL
    assert [f.subject for f in result.findings] == ["api"]


def test_a_forced_stop_is_never_a_pass() -> None:
    # 400 clean probes would prove 99 % on their own; the plan of 473 was not finished.
    result = judge("slo.readiness", p.readiness(0, 400, stopped=DEADLINE))
    assert said(result) == (Status.INCONCLUSIVE, "stopped")


SLOW = [p.stream(3.1) for _ in range(93)]
SLOW_START = [p.stream(3.1, headers=3.0, first_byte=3.0, first_event=3.0) for _ in range(93)]
BUFFERED = [
    p.stream(t, first_byte=t, first_event=t, headers=t, coalesced=0.98, ended=t + 0.001)
    for t in (3.1,) * 93
]
QUICK = [
    p.stream(0.01, first_byte=0.009, headers=0.009, first_event=0.009, coalesced=1.0, ended=0.011)
] * 93


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.streams(), Status.PASS, "proven-preamble"),
        (p.streams(*(p.stream(0.1, first_byte=0.09) for _ in range(93))), Status.PASS, "proven"),
        (p.streams(*SLOW), Status.FAIL, "refuted-preamble"),
        (p.streams(*SLOW_START), Status.FAIL, "refuted"),
        (p.streams(*BUFFERED), Status.FAIL, "refuted-buffered"),
        (p.streams(*(replace(s, first_content=1.0, first_byte=1.0, ended=1.001) for s in BUFFERED)),
         Status.WARN, "buffered"),
        (p.streams(*QUICK), Status.PASS, "proven"),
        (p.streams(*(p.stream(None, status=500, failure="status", first_byte=None)
                     for _ in range(30))), Status.FAIL, "refuted-failures"),
        (p.streams(*(p.stream(2.5) for _ in range(5))), Status.INCONCLUSIVE, "undecided"),
        (p.streams(count=20, stopped=DEADLINE), Status.INCONCLUSIVE, "stopped"),
        (p.streams(lag=Lag(send_p99=0.21)), Status.INCONCLUSIVE, "client-too-slow"),
        (p.streams(limited=20), Status.INCONCLUSIVE, "rate-limited"),
        (Streams(93, (), 2.0), Status.INCONCLUSIVE, "no-samples"),
        (Streams(93, tuple(p.stream(None, status=None, failure="refused") for _ in range(9)), 2.0),
         Status.INCONCLUSIVE, "unreachable"),
        (Streams(93, tuple(p.stream(None, status=422, failure="status") for _ in range(5)), 2.0,
                 stopped=CLIENT_ERRORS), Status.INCONCLUSIVE, "refused-request"),
        (Streams(93, tuple(p.stream(None, status=401, failure="status") for _ in range(5)), 2.0,
                 stopped=CLIENT_ERRORS), Status.INCONCLUSIVE, "unauthorised"),
    ],
)  # fmt: skip
def test_first_event(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.sse-first-event", part)) == (status, code)


def test_a_preamble_is_named_with_what_a_naive_client_reports() -> None:
    result = judge("slo.sse-first-event", p.streams(*SLOW))
    assert result.reason.params["naive"] == 0.004
    assert "0.004" in catalogue(GATE.package, "ko").reason(result.reason, "slo.sse-first-event")


def test_failed_streams_are_infinite_and_stay_in_the_percentile() -> None:
    failing = [p.stream(None, failure="reset") for _ in range(5)]
    result = judge("slo.sse-first-event", p.streams(*failing))
    assert result.measurement is not None
    assert result.measurement.value == math.inf
    assert result.measurement.failures == 5
    assert result.measurement.outcome is Outcome.UNDECIDED
    assert result.status is Status.INCONCLUSIVE


PASS, FAIL, OPEN = Status.PASS, Status.FAIL, Status.INCONCLUSIVE
CUT = [p.stream(terminal=None, matches=None) for _ in range(93)]


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.streams(*CUT), Status.FAIL, "truncated"),
        (p.streams(p.stream(matches=False)), Status.FAIL, "wrong-content"),
        (p.streams(*(p.stream(matches=None) for _ in range(93)), known_answer=False),
         Status.WARN, "unverified-content"),
        (p.streams(*(p.stream(None, status=500, failure="status") for _ in range(40))),
         Status.INCONCLUSIVE, "never-began"),
        (p.streams(*CUT[:5]), Status.INCONCLUSIVE, "undecided"),
        (p.streams(count=20, stopped=DEADLINE), Status.INCONCLUSIVE, "stopped"),
        (p.streams(), Status.PASS, "proven"),
    ],
)  # fmt: skip
def test_completeness(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.sse-complete", part)) == (status, code)


def test_one_cause_gives_one_failure() -> None:
    """A truncated, a slow, a broken stream and a failing create each fail exactly one check."""
    every = ("slo.sse-first-event", "slo.sse-complete", "slo.project-api", "slo.error-rate")
    broken_create = p.flows(*(p.flow(create=500, failure="status-500") for _ in range(3)))
    never = [p.stream(None, status=502, failure="status") for _ in range(93)]
    wrong = [p.stream(matches=False) for _ in range(93)]
    for parts, culprit in (
        ((p.streams(*CUT), p.flows()), "slo.sse-complete"),
        ((p.streams(*SLOW), p.flows()), "slo.sse-first-event"),
        ((p.streams(*never), p.flows()), "slo.sse-first-event"),
        ((p.streams(*wrong), p.flows()), "slo.sse-complete"),
        ((p.streams(), broken_create), "slo.project-api"),
    ):
        results = [judge(c, p.traffic(), *parts) for c in every]
        assert [r.spec.id for r in results if r.status is Status.FAIL] == [culprit]
        for result in results:
            assert result.blocked_by in (None, culprit)


@pytest.mark.parametrize(
    ("parts", "status", "code", "blocked_by"),
    [
        ((p.traffic(2), p.flows(), p.streams()), OPEN, "undecided", None),
        ((p.traffic(1), p.flows(), p.streams()), PASS, "proven", None),
        ((p.traffic(0), p.flows(), p.streams(*CUT)), OPEN, "owned", "slo.sse-complete"),
        ((p.traffic(30), p.flows(), p.streams(*CUT)), FAIL, "refuted", None),
        ((p.traffic(client_errors=30), p.flows(), p.streams()), OPEN, "client-errors", None),
        ((p.traffic(limited=90), p.flows(), p.streams()), OPEN, "rate-limited", None),
        ((p.traffic(0, 0),), OPEN, "no-samples", None),
        ((p.traffic(10, 10, answers=0),), OPEN, "unreachable", None),
        ((p.traffic(0, 100, stopped=DEADLINE), p.flows()), OPEN, "stopped", None),
    ],
)  # fmt: skip
def test_error_rate(
    parts: tuple[object, ...], status: Status, code: str, blocked_by: str | None
) -> None:
    result = judge("slo.error-rate", *parts)
    assert said(result) == (status, code)
    assert result.blocked_by == blocked_by


def test_the_error_rate_is_open_when_the_contract_kept_streams_from_being_sent() -> None:
    result = judge("slo.error-rate", p.traffic(0, 473), p.flows(), Streams=BLOCKED)
    assert said(result) == (Status.INCONCLUSIVE, "blocked")
    assert result.blocked_by == "slo.contract"
    for check_id in ("slo.sse-first-event", "slo.sse-complete"):
        blocked = judge(check_id, Streams=BLOCKED)
        assert said(blocked) == (Status.INCONCLUSIVE, "blocked-contract")
        assert blocked.blocked_by == "slo.contract"


def test_an_error_rate_written_as_success_is_judged_as_success() -> None:
    slo = p.definitions(objective(p.ERROR_RATE, Comparator.GE, 0.99))
    result = judge("slo.error-rate", p.traffic(), p.flows(), p.streams(), Definitions=slo)
    assert result.status is Status.PASS
    assert result.measurement is not None
    assert result.measurement.value == 1.0


def step(status: int | None, failure: str, detail: str = "") -> Flow:
    return Flow((FlowStep("create", "POST", "/projects", status, 0.1, failure, detail),))


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.flows(step(401, "status-401")), Status.INCONCLUSIVE, "unauthorised"),
        (p.flows(step(None, "refused")), Status.INCONCLUSIVE, "unreachable"),
        (p.flows(p.flow(), p.flow(), step(201, "wrong-values", "name")), Status.FAIL, "failed"),
        (ProjectFlows(3, (p.flow(),), stopped="limited"), Status.INCONCLUSIVE, "rate-limited"),
        (ProjectFlows(3, (p.flow(),), stopped=DEADLINE), Status.INCONCLUSIVE, "stopped"),
        (replace(p.flows(), left_behind=1), Status.WARN, "left-behind"),
        (replace(p.flows(), deletes=False), Status.PASS, "works-without-delete"),
    ],
)
def test_project_api(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.project-api", part)) == (status, code)


def operation(*drifts: Drift, problem: str = "") -> Operation:
    return Operation("api", "POST", "/generate", "http://x/openapi.json", problem, "d", drifts)


@pytest.mark.parametrize(
    ("drifted", "status", "code", "finding"),
    [
        (operation(Drift("missing-field", "prompt", "", "description")), FAIL, "drift",
         "missing-field-suggest"),
        (operation(Drift("unknown-field", "description")), FAIL, "drift", "unknown-field"),
        (operation(Drift("missing-path", "", "/x")), FAIL, "drift", "missing-path"),
        (operation(Drift("wrong-type", "n", "string → integer")), FAIL, "drift", "wrong-type"),
        (operation(Drift("ignored-field", "extra")), Status.WARN, "remarks", "ignored-field"),
        *((operation(problem=code), OPEN, code, None) for code in (
            "no-openapi", "document-missing", "document-status", "document-html",
            "document-not-json", "document-too-large", "document-unreachable", "document-unusable",
        )),
    ],
)  # fmt: skip
def test_contract(drifted: Operation, status: Status, code: str, finding: str | None) -> None:
    result = judge("slo.contract", p.contract(drifted))
    assert said(result) == (status, code)
    assert [f.reason.code for f in result.findings] == ([finding] if finding else [])


def test_drift_fails_although_another_document_is_missing() -> None:
    drifted = operation(Drift("missing-field", "prompt"))
    result = judge("slo.contract", p.contract(operation(problem="document-missing"), drifted))
    assert result.status is Status.FAIL
