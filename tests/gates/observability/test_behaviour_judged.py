"""``observability.silent``, ``thresholds`` and ``promtool``, with the real promtool."""

from __future__ import annotations

import pytest

from golive_gates.observability.scenarios.settings import SignalSetting
from golive_gates.observability.settings import Settings
from tests.gates.observability.playing import (
    GOOD,
    behaviour,
    good,
    judged,
    page,
    play,
    rate,
    rule_file,
    soonest,
    without,
)
from tests.gates.saying import codes

RATIO = GOOD["Errors"].partition(" and ")[0]


def test_healthy_traffic_and_a_single_failure_wake_nobody() -> None:
    result = judged("silent", good())
    assert (result.status.value, result.reason.params["n"]) == ("pass", len(GOOD))


def test_an_alert_that_fires_when_all_is_well() -> None:
    seen = play(rule_file(without(Noisy=rate("http_requests_total") + " > 1")))
    result = judged("silent", seen)
    assert (result.status.value, codes(result)) == ("fail", ["fires-when-healthy"])
    assert [f.subject for f in result.findings] == ["Noisy"]
    assert judged("fires", seen).status.value == "pass"


def test_a_ratio_without_a_minimum_of_traffic() -> None:
    seen = play(rule_file(without(Errors=RATIO)))
    result = judged("silent", seen)
    assert (result.status.value, codes(result)) == ("fail", ["fires-for-one-failure"])
    assert soonest(seen, "low-traffic").keys() == {"Errors"}
    mild = play(rule_file({"Errors": RATIO}, labels="{severity: warning}"))
    assert judged("silent", mild).status.value == "warn"


def test_a_burn_rate_alert_may_be_noisy_at_little_traffic() -> None:
    burning = f"{RATIO.replace('[5m]', '[1h]')} and {RATIO}"
    seen = play(rule_file(without(Burning=burning)))
    result = judged("silent", seen)
    assert (result.status.value, codes(result)) == ("warn", ["burns-for-one-failure"])
    assert "Burning" in soonest(seen, "error-rate/gross")


def test_what_fires_on_purpose_or_for_somebody_elses_metrics_is_not_noise() -> None:
    others = without(
        Watchdog="vector(1)",
        NodeGone='absent(node_load1{job="node"})',
        OtherJob='absent(up{job="kubelet"})',
    )
    seen = play(rule_file(others))
    assert set(behaviour(seen).sets[0].foreign) == {"NodeGone", "OtherJob"}
    assert judged("silent", seen).status.value == "pass"


def test_an_alert_about_little_traffic_is_right_about_it() -> None:
    quiet = without(NoTraffic=rate("http_requests_total") + " < 1")
    seen = play(rule_file(quiet))
    assert soonest(seen, "low-traffic")["NoTraffic"] <= 0
    assert judged("silent", seen).status.value == "pass"


def test_an_alert_without_a_comparison_is_the_failure_of_that_check() -> None:
    seen = play(rule_file(without(Errors=rate("http_requests_total"))))
    result = judged("silent", seen)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.comparison")
    assert judged("comparison", seen).status.value == "fail"


@pytest.mark.parametrize(
    ("limit", "code"), [("0.05", "too-loose"), ("0.015", "too-loose"), ("0.005", "too-tight")]
)
def test_an_error_alert_that_does_not_begin_at_the_objective(limit: str, code: str) -> None:
    loose = without(Errors=GOOD["Errors"].replace("> 0.01", f"> {limit}"))
    seen = play(rule_file(loose))
    result = judged("thresholds", seen)
    assert (result.status.value, codes(result)) == ("fail", [code])
    assert result.findings[0].reason.params["alert"] == "Errors"
    explained = Settings(signals={"error-rate": SignalSetting(explained="agreed with the owner")})
    seen = play(rule_file(loose), settings=explained)
    assert judged("thresholds", seen, explained).status.value == "warn"
    assert judged("fires", seen, explained).status.value in ("pass", "warn")


@pytest.mark.parametrize(("limit", "code"), [("4", "too-loose"), ("1", "too-tight")])
def test_a_latency_alert_that_does_not_begin_at_the_objective(limit: str, code: str) -> None:
    seen = play(rule_file(without(Slow=GOOD["Slow"].replace("> 2", f"> {limit}"))))
    result = judged("thresholds", seen)
    assert (result.status.value, codes(result)) == ("fail", [code])


def test_coarse_buckets_do_not_blur_the_threshold() -> None:
    seen = play(rule_file(GOOD), pages={"api": page(bounds=("0.5", "1.0", "4.0", "8.0"))})
    assert judged("thresholds", seen).status.value == "pass"


def test_thresholds_need_an_objective_or_a_setting() -> None:
    seen = play(rule_file(GOOD), slos=())
    assert judged("thresholds", seen).status.value == "not-applicable"
    own = Settings(signals={"error-rate": SignalSetting(threshold=0.05)})
    seen = play(rule_file(GOOD), slos=(), settings=own)
    result = judged("thresholds", seen, own)
    assert (result.status.value, codes(result)) == ("fail", ["too-tight"])


def test_without_an_alert_there_is_no_threshold_to_compare() -> None:
    result = judged("thresholds", play(rule_file(without("Errors"))))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.fires")


def test_promtool_loads_the_rules() -> None:
    seen = good()
    result = judged("promtool", seen)
    assert result.status.value == "pass"
    assert [f.value for f in result.facts if f.name == "promtool_version"] == [
        behaviour(seen).version
    ]
    assert behaviour(seen).version.startswith(("2.", "3."))


def test_what_another_check_reports_already_is_its_failure() -> None:
    seen = play(rule_file({"A": "up ==="}))
    result = judged("promtool", seen)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.expressions")
    for name in ("fires", "silent", "thresholds"):
        other = judged(name, seen)
        assert (other.status.value, other.blocked_by) == (
            "inconclusive",
            "observability.promtool",
        )


def test_fields_and_syntax_of_later_versions_are_no_failure() -> None:
    newer = rule_file(GOOD, group="labels: {team: a}\nquery_offset: 1m")
    seen = play(newer)
    result = judged("promtool", seen)
    assert result.status.value == "inconclusive"
    assert {f.reason.params["field"] for f in result.findings} == {"labels", "query_offset"}
    (state,) = behaviour(seen).sets
    assert state.stripped == ("labels", "query_offset")
    assert judged("fires", seen).status.value == "pass"
    firing = next(p for p in state.scenarios if p.scenario == "target-absent/down").firings[0]
    assert firing.labels["team"] == "a"
    plain = soonest(good(), "error-rate")["Errors"]
    assert soonest(seen, "error-rate")["Errors"] == plain + 60
