"""``observability.fires``, with the real promtool."""

from __future__ import annotations

import pytest

from golive.api import Observation
from golive_gates.observability.scenarios.settings import SignalSetting
from golive_gates.observability.settings import Settings
from tests.gates.observability.playing import (
    GOOD,
    behaviour,
    good,
    judged,
    page,
    play,
    rule_file,
    soonest,
    without,
)
from tests.gates.saying import codes


def found(seen: Observation, settings: Settings | None = None) -> dict[str, str]:
    """Codes of the findings by what they are about."""
    return {f.subject: f.reason.code for f in judged("fires", seen, settings).findings}


def test_every_signal_is_answered_in_time() -> None:
    seen = good()
    result = judged("fires", seen)
    assert (result.status.value, result.reason.params["n"]) == ("pass", 8)
    assert result.evidence
    fact = next(f for f in result.facts if f.name == "error-rate: Errors")
    assert isinstance(fact.value, int)
    assert 120 < fact.value < 600
    assert fact.unit == "s"


@pytest.mark.parametrize(
    ("alert", "signal"),
    [
        ("Errors", "error-rate"),
        ("Slow", "latency"),
        ("OpenAI", "openai-errors"),
        ("Aborted", "streams-aborted"),
        ("Down", "target-absent/down"),
        ("Gone", "target-absent/gone"),
    ],
)
def test_a_signal_that_nothing_watches(alert: str, signal: str) -> None:
    seen = play(rule_file(without(alert)))
    result = judged("fires", seen)
    assert result.status.value == "fail"
    assert [f.subject for f in result.findings] == [signal]


def test_a_histogram_alone_cannot_tell_who_was_refused() -> None:
    """Refusals raise its count as well, and no alert could tell them from users."""
    only = "\n".join(line for line in page().splitlines() if "http_request_duration" in line)
    seen = play(rule_file({"Slow": GOOD["Slow"], "Down": GOOD["Down"]}), pages={"api": only})
    assert not {"auth-failures", "rate-limit"} & {
        name for name, code in found(seen).items() if code != "not-shown"
    }
    assert found(seen)["error-rate"] == "not-shown"


def test_alerts_that_cannot_fire_are_the_failure_of_the_check_that_says_why() -> None:
    ceiling = play(rule_file(GOOD), pages={"api": page(bounds=("0.1", "0.5", "1.0"))})
    result = judged("fires", ceiling)
    assert (result.status.value, result.blocked_by) == (
        "inconclusive",
        "observability.bucket-ceiling",
    )
    assert judged("bucket-ceiling", ceiling).status.value == "fail"
    assert found(ceiling) == {"latency": "cannot-fire"}

    wrong = without(Errors=GOOD["Errors"].replace('code=~"5.."', 'status=~"5.."'))
    label = play(rule_file(wrong))
    assert judged("fires", label).blocked_by == "observability.label-matchers"
    assert judged("label-matchers", label).status.value == "fail"

    window = play(rule_file(without(Errors=GOOD["Errors"].replace("[5m]", "[30s]"))))
    assert judged("fires", window).blocked_by == "observability.rate-window"
    assert judged("rate-window", window).status.value == "fail"

    renamed = GOOD["Errors"].replace("http_requests_total", "http_request_total")
    metric = play(rule_file(without(Errors=renamed)))
    assert judged("fires", metric).blocked_by == "observability.metrics-exist"
    assert judged("metrics-exist", metric).status.value == "fail"


def test_an_alert_that_waits_too_long() -> None:
    seen = play(rule_file({**GOOD}, hold="8m"))
    assert found(seen) == {"error-rate": "too-late"}
    more = Settings(signals={"error-rate": SignalSetting(within=1200.0)})
    assert found(play(rule_file(GOOD, hold="8m"), settings=more), more) == {}


def test_a_threshold_that_only_a_larger_fault_reaches() -> None:
    seen = play(rule_file(without(Errors=GOOD["Errors"].replace("> 0.01", "> 0.1"))))
    result = judged("fires", seen)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.thresholds")
    assert judged("thresholds", seen).status.value == "fail"


def test_an_alert_that_fires_all_the_time_answers_nothing() -> None:
    seen = play(rule_file(without(Errors="sum(http_requests_total) > 0")))
    result = judged("fires", seen)
    assert codes(result) == ["already-firing"]
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.silent")
    assert judged("silent", seen).status.value == "fail"


def test_alerts_without_a_severity_or_with_one_that_wakes_nobody() -> None:
    bare = play(rule_file({"Down": GOOD["Down"]}, labels="{team: a}"), rule_file(without("Down")))
    result = judged("fires", bare)
    assert found(bare) == {"target-absent/down": "no-severity"}
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.severity")
    info = rule_file({"Down": GOOD["Down"]}, labels="{severity: info}")
    seen = play(info, rule_file(without("Down")))
    assert judged("fires", seen).status.value == "warn"
    assert found(seen) == {"target-absent/down": "only-informs"}


def test_signals_can_be_waived_and_bound_to_an_alert() -> None:
    waived = Settings(signals={"streams-aborted": SignalSetting(waived="no streams yet")})
    seen = play(rule_file(without("Aborted")), settings=waived)
    result = judged("fires", seen, waived)
    assert (result.status.value, codes(result)) == ("warn", ["waived"])

    named = Settings(signals={"target-absent": SignalSetting(alert="Gone")})
    seen = play(rule_file(GOOD), settings=named)
    assert list(found(seen, named)) == ["target-absent/down"]
    missing = Settings(signals={"latency": SignalSetting(alert="Nobody")})
    assert found(play(rule_file(GOOD), settings=missing), missing) == {"latency": "no-such-alert"}


def test_a_signal_that_no_metric_shows() -> None:
    only = "\n".join(line for line in page().splitlines() if "http_requests" in line)
    target = {
        "services": [{"name": "api", "url": "http://127.0.0.1:1"}],
        "generate_api": {"service": "api", "path": "/api/generate", "body": {}},
    }
    seen = play(rule_file({"Down": "up == 0", "Gone": GOOD["Gone"]}), pages={"api": only})
    assert found(seen)["latency"] == "not-shown"
    assert "openai-errors" not in found(seen), "a target that generates nothing calls nobody"
    seen = play(rule_file(GOOD), pages={"api": only}, target=target)
    result = judged("fires", seen)
    assert found(seen)["openai-errors"] == "not-shown"
    assert result.status.value == "inconclusive"


def test_a_failure_that_has_never_happened_yet() -> None:
    fresh = "\n".join(line for line in page().splitlines() if 'code="500"' not in line)
    seen = play(rule_file(GOOD), pages={"api": fresh})
    assert soonest(seen, "error-rate")["Errors"] > 0
    grouped = page(status="status")
    for code, group in {"200": "2xx", "500": "5xx", "401": "4xx"}.items():
        grouped = grouped.replace(f'status="{code}"', f'status="{group}"')
    grouped = "\n".join(line for line in grouped.splitlines() if '"429"' not in line)
    good = {k: v.replace('code=~"5.."', 'status="5xx"') for k, v in GOOD.items()}
    good["Unauthorised"] = good["Limited"] = 'sum(rate(http_requests_total{status="4xx"}[5m])) > 1'
    seen = play(rule_file(good), pages={"api": grouped})
    assert soonest(seen, "error-rate").keys() == {"Errors"}
    assert soonest(seen, "auth-failures").keys() == {"Unauthorised", "Limited"}


def test_each_of_several_targets_is_watched() -> None:
    one = 'absent(up{job="api"})'
    pages = {"api": page(), "worker": "# TYPE jobs_total counter\njobs_total 4\n"}
    seen = play(rule_file(without(Gone=one)), pages=pages)
    result = judged("fires", seen)
    assert result.status.value == "warn"
    assert [f.subject for f in result.findings] == ["target-absent/gone:worker"]
    down = play(rule_file(without(Down='up{job="api"} == 0')), pages=pages)
    assert [f.subject for f in judged("fires", down).findings if not f.status] == [
        "target-absent/down:worker"
    ]


def test_recording_rules_are_followed_and_long_windows_named() -> None:
    record = """
        - record: api:errors:ratio_rate5m
          expr: sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
    """
    seen = play(rule_file(without(Errors="api:errors:ratio_rate5m > 0.01"), more=record))
    assert found(seen) == {}
    long = GOOD["Errors"].replace("[5m]", "[6h]")
    seen = play(rule_file(without(Errors=long)))
    assert behaviour(seen).sets[0].beyond == ("Errors",)
    result = judged("fires", seen)
    assert (result.status.value, found(seen)) == ("inconclusive", {"error-rate": "beyond"})


def test_an_unread_rule_file_may_hold_the_missing_alert() -> None:
    seen = play(rule_file(without("Errors")), problems=1)
    result = judged("fires", seen)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.parse")
