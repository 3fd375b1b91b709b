"""Availability and error budget: the ways in which other tools pass without evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from golive.api import (
    CheckResult,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.texts import catalogue
from golive_gates.slo import GATE
from golive_gates.slo.burn import SHORT_WINDOWS, name_of
from golive_gates.slo.parts import History, Reading, Short
from golive_gates.slo.settings import Settings
from tests.gates.slo import parts as p

CHECKS = {c.spec.id: c for c in GATE.checks}


def judge(check_id: str, part: object) -> CheckResult:
    seen = Observation({"Definitions": p.definitions(), "History": part})
    result = CHECKS[check_id].evaluate(seen, Settings())
    for lang in ("ko", "en"):
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, check_id)
        assert all(texts.reason(f.reason, check_id) for f in result.findings)
    return result


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.reason.code


def without_total(code: str) -> History:
    return replace(p.history(), total=Reading("q", None, code, "x"))


@pytest.mark.parametrize(
    "code",
    [
        "prom-nan", "prom-empty", "prom-several", "prom-infinite", "prom-negative", "prom-shape",
        "prom-not-json", "prom-status", "prom-auth", "prom-timeout", "prom-unreachable",
        "prom-redirect", "prom-too-large", "prom-tls", "prom-deadline",
    ],
)  # fmt: skip
@pytest.mark.parametrize("check_id", ["slo.availability", "slo.error-budget"])
def test_what_is_no_number_is_no_pass(check_id: str, code: str) -> None:
    assert said(judge(check_id, without_total(code))) == (Status.INCONCLUSIVE, code)
    bad = replace(p.history(), bad=Reading("q", None, code, "x"))
    assert said(judge(check_id, bad)) == (Status.INCONCLUSIVE, code)


HOLES = tuple(None if i % 10 == 0 else 1000.0 for i in range(720))
YOUNG = tuple(None if i < 600 else 1000.0 for i in range(720))
CLUSTERED = tuple(300.0 if i < 2 else 0.0 for i in range(720))


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.history(0.0, 0.0), Status.INCONCLUSIVE, "no-traffic"),
        (p.history(bad=-5_000.0), Status.INCONCLUSIVE, "contradictory"),
        (p.history(slice_total=HOLES), Status.INCONCLUSIVE, "low-coverage"),
        (p.history(slice_total=YOUNG), Status.INCONCLUSIVE, "young-history"),
        (p.history(slice_total=(), slice_bad=()), Status.INCONCLUSIVE, "low-coverage"),
        (p.history(slice_problem="prom-several"), Status.INCONCLUSIVE, "prom-several"),
        (p.history(warnings=("partial response",)), Status.INCONCLUSIVE, "prom-warnings"),
        (p.history(0.0, 1_000.0), Status.INCONCLUSIVE, "undecided"),
        (p.history(0.0), Status.PASS, "proven"),
        (p.history(1_500.0), Status.FAIL, "refuted"),
        (p.history(600.0, 1_000_000.0, slice_bad=CLUSTERED), Status.PASS, "proven"),
        (Unavailable(Reason("no-indicator", {"slo": "availability"})), Status.INCONCLUSIVE,
         "probe-only-indicator"),
        (Unavailable(Reason("core.needs-prometheus")), Status.INCONCLUSIVE, "probe-only"),
    ],
)  # fmt: skip
def test_availability(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.availability", part)) == (status, code)


def raw(ratio: float) -> History:
    shorts = tuple(Short(w, Reading("q", 1 - ratio), Reading("q", 1.0)) for w in SHORT_WINDOWS)
    part = replace(p.history(), kind="raw", total=Reading("q", ratio), bad=None, short=shorts)
    return replace(part, slice_total=(ratio,) * 720, slice_bad=())


@pytest.mark.parametrize(
    ("ratio", "available", "budget"),
    [
        (1.0, (Status.WARN, "unweighed"), (Status.WARN, "unweighed")),
        (0.998, (Status.FAIL, "refuted-raw"), (Status.INCONCLUSIVE, "spent-by-availability")),
        (1.2, (Status.INCONCLUSIVE, "out-of-range"), (Status.INCONCLUSIVE, "out-of-range")),
    ],
)
def test_a_ratio_query(
    ratio: float, available: tuple[Status, str], budget: tuple[Status, str]
) -> None:
    assert said(judge("slo.availability", raw(ratio))) == available
    assert said(judge("slo.error-budget", raw(ratio))) == budget


def test_probe_only_says_how_much_is_missing() -> None:
    result = judge("slo.availability", Unavailable(Reason("core.needs-prometheus")))
    assert result.reason.params["needed"] == 2995
    assert result.reason.params["days"] == 30


def test_a_young_history_says_how_many_days_are_missing() -> None:
    result = judge("slo.availability", p.history(slice_total=YOUNG))
    assert result.reason.params["days"] == 25


def test_clustered_failures_count_for_less() -> None:
    spread = judge("slo.availability", p.history(600.0)).measurement
    clustered = judge("slo.availability", p.history(600.0, slice_bad=CLUSTERED)).measurement
    assert spread is not None
    assert clustered is not None
    assert spread.n_effective == 1_000_000
    assert (clustered.n_effective or 0) < 600_000
    assert (clustered.bound or 0) < (spread.bound or 0)


def test_a_census_that_misses_its_objective_by_a_hair_is_undecided_not_passed() -> None:
    assert said(judge("slo.availability", p.history(1_010.0))) == (
        Status.INCONCLUSIVE,
        "undecided",
    )


CALM = tuple(p.short(w, 0.0) for w in SHORT_WINDOWS)


def but(*changed: Short) -> tuple[Short, ...]:
    """Calm short windows, but for *changed*."""
    return tuple({s.seconds: s for s in (*CALM, *changed)}.values())


def none(seconds: float) -> Short:
    """A short window that is known to have had no traffic."""
    return Short(seconds, Reading("q", 0.0), Reading("q", 0.0))


FAST = but(p.short(300.0, 0.02), p.short(3600.0, 0.02))
OVER = but(p.short(300.0, 0.0), p.short(3600.0, 0.02))
FEW = but(p.short(300.0, 0.1, 10.0), p.short(3600.0, 0.1, 10.0))
SLOW = but(p.short(21_600.0, 0.002), p.short(259_200.0, 0.002))
SILENT = but(none(300.0), none(1800.0), none(3600.0))
DEAD = tuple(none(w) for w in SHORT_WINDOWS)


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.history(), Status.PASS, "left"),
        (p.history(short=FAST), Status.FAIL, "burning"),
        (p.history(short=OVER), Status.PASS, "left"),
        (p.history(short=FEW), Status.WARN, "burning-slowly"),
        (p.history(short=SLOW), Status.WARN, "burning-slowly"),
        (p.history(short=SILENT), Status.PASS, "left-quiet"),
        (p.history(short=DEAD), Status.WARN, "quiet"),
        (p.history(short=()), Status.INCONCLUSIVE, "burn-unknown"),
        (p.history(short=but(none(300.0), p.short(3600.0, 0.02))), Status.INCONCLUSIVE,
         "burning-unconfirmed"),
        (p.history(900.0), Status.WARN, "low"),
        (p.history(1_010.0), Status.FAIL, "spent"),
        (p.history(5_000.0), Status.INCONCLUSIVE, "spent-by-availability"),
        (p.history(slice_total=YOUNG), Status.INCONCLUSIVE, "young-history"),
        (p.history(slice_total=YOUNG, short=FAST), Status.FAIL, "burning"),
        (Unavailable(Reason("core.needs-prometheus")), Status.INCONCLUSIVE, "no-history"),
    ],
)  # fmt: skip
def test_error_budget(part: object, status: Status, code: str) -> None:
    assert said(judge("slo.error-budget", part)) == (status, code)


def test_no_traffic_is_an_unknown_burn_rate_and_not_zero() -> None:
    facts = {f.name: f.value for f in judge("slo.error-budget", p.history(short=SILENT)).facts}
    assert facts["burn_1h"] is None


def test_burn_rates_are_multiples_of_the_budget() -> None:
    facts = {f.name: f.value for f in judge("slo.error-budget", p.history(short=FAST)).facts}
    assert facts["burn_1h"] == pytest.approx(20.0)
    assert facts["budget_left"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("bad", "total", "code"),
    [
        (Reading("q", None, "prom-empty"), Reading("q", 10.0), "prom-empty"),
        (Reading("q", None, "prom-nan"), Reading("q", 10.0), "prom-nan"),
        (Reading("q", None, "prom-empty"), Reading("q", None, "prom-empty"), "prom-empty"),
        (Reading("q", None, "prom-auth"), Reading("q", None, "prom-status", "500"), "prom-status"),
        (Reading("q", None, "prom-negative"), Reading("q", 0.0), "prom-negative"),
        (Reading("q", None, "prom-empty"), Reading("q", 0.0), "prom-empty"),
        (Reading("q", None), Reading("q", 10.0), "prom-empty"),
        (Reading("q", -50.0), Reading("q", 10.0), "contradictory"),
        (Reading("q", 50.0), Reading("q", 10.0), "contradictory"),
        (Reading("q", math.nan), Reading("q", 10.0), "contradictory"),
        (Reading("q", 0.0), Reading("q", math.inf), "out-of-range"),
        (Reading("q", 0.0), Reading("q", -1.0), "contradictory"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seconds", SHORT_WINDOWS)
def test_a_burn_rate_that_cannot_be_read_is_not_a_low_one(
    seconds: float, bad: Reading, total: Reading, code: str
) -> None:
    result = judge("slo.error-budget", p.history(short=but(Short(seconds, bad, total))))
    assert said(result) == (Status.INCONCLUSIVE, "burn-unknown")
    assert [(f.subject, f.reason.code) for f in result.findings] == [(name_of(seconds), code)]
    assert result.reason.params["unknown"] == 1
    assert result.reason.params["windows"] == 5


def test_an_unknown_short_window_does_not_silence_a_fast_burn() -> None:
    lost = Short(300.0, Reading("q", None, "prom-empty"), Reading("q", None, "prom-empty"))
    result = judge("slo.error-budget", p.history(short=but(p.short(3600.0, 0.02), lost)))
    assert said(result) == (Status.INCONCLUSIVE, "burning-unconfirmed")
    assert [f.subject for f in result.findings] == ["1h", "5m"]


def test_a_known_fast_burn_fails_whatever_else_is_unknown() -> None:
    lost = Short(259_200.0, Reading("q", None, "prom-empty"), Reading("q", None, "prom-empty"))
    fast = but(p.short(300.0, 0.02), p.short(3600.0, 0.02), lost)
    assert said(judge("slo.error-budget", p.history(short=fast))) == (Status.FAIL, "burning")


def test_a_window_without_traffic_cannot_hold_traffic() -> None:
    result = judge("slo.error-budget", p.history(short=but(none(3600.0))))
    assert said(result) == (Status.INCONCLUSIVE, "burn-unknown")
    assert result.findings[0].reason.code == "contradictory"


def test_a_ratio_outside_0_to_1_in_a_short_window_or_a_slice() -> None:
    part = raw(1.0)
    odd = Short(300.0, Reading("q", -0.2), Reading("q", 1.0))
    shorts = tuple(odd if s.seconds == 300.0 else s for s in part.short)
    result = judge("slo.error-budget", replace(part, short=shorts))
    assert said(result) == (Status.INCONCLUSIVE, "burn-unknown")
    assert result.findings[0].reason.code == "out-of-range"
    part = replace(part, slice_total=(1.5, *part.slice_total[1:]))
    assert said(judge("slo.availability", part)) == (Status.INCONCLUSIVE, "out-of-range")


def test_a_ratio_that_burns_fast_fails_though_nobody_counted() -> None:
    part = raw(0.9999)
    hot = tuple(replace(s, bad=Reading("q", 0.02)) for s in part.short)
    assert said(judge("slo.error-budget", replace(part, short=hot))) == (Status.FAIL, "burning")
