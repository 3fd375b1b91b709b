"""``observability.severity`` and ``observability.pending-period``."""

from __future__ import annotations

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import judged, rules
from tests.gates.saying import codes


def severity(labels: str, expr: str = "up == 0", settings: Settings | None = None) -> list[str]:
    text = rules(f"alert: A\nexpr: {expr}\nlabels: {{{labels}}}")
    result = judged("severity", text, settings=settings)
    return [result.status.value, *codes(result)]


@pytest.mark.parametrize("value", ["critical", "warning", "info"])
def test_agreed_severities(value: str) -> None:
    assert severity(f"severity: {value}") == ["pass"]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("team: x", ["fail", "missing"]),
        ("severity: ", ["fail", "missing"]),
        ("severity: urgent", ["fail", "unknown"]),
        ("severity: Critical", ["fail", "misspelt"]),
        ("severity: 1", ["fail", "unknown"]),
        ("severity: '{{ $labels.severity }}'", ["warn", "templated"]),
        ("severity: none", ["fail", "unknown"]),
    ],
)
def test_other_severities(labels: str, said: list[str]) -> None:
    assert severity(labels) == said


def test_severities_of_the_settings() -> None:
    settings = Settings(severities=("page", "ticket"))
    assert severity("severity: page", settings=settings) == ["pass"]
    assert severity("severity: critical", settings=settings) == ["fail", "unknown"]
    with pytest.raises(ValueError, match="severities"):
        Settings(severities=())


def test_severities_of_series_and_of_silent_alerts() -> None:
    assert severity("team: x", "ALERTS{severity='critical'} == 1") == ["warn", "of-series"]
    assert severity("team: x", "sum by (severity) (x) > 1") == ["warn", "of-series"]
    assert severity("severity: none", "vector(1)") == ["pass"]


def pending(expr: str, extra: str, settings: Settings | None = None) -> list[str]:
    text = f"alert: A\nexpr: {expr!r}\nlabels: {{severity: critical}}\n{extra}"
    result = judged("pending-period", rules(text), settings=settings)
    return [result.status.value, *codes(result)]


@pytest.mark.parametrize(
    ("expr", "extra", "said"),
    [
        ("up == 0", "for: 2m", ["pass"]),
        ("up == 0", "", ["warn", "no-for"]),
        ("up == 0", "for: 0s", ["warn", "no-for"]),
        ("rate(x_total[5m]) > 1", "", ["warn", "no-for"]),
        ("rate(x_total[10m]) > 1", "", ["pass"]),
        ("job:x:rate1h > 1 and job:x:rate5m > 1", "", ["pass"]),
        ("cert_expiry - time() < 86400", "", ["pass"]),
        ("max_over_time(rate(x_total[5m])[15m:1m]) > 0", "", ["pass"]),
        ("up == 0", "for: 15m", ["pass"]),
        ("up == 0", "for: 16m", ["warn", "too-long"]),
        ("rate(x_total[1h]) > 1", "for: 2h", ["pass"]),
        ("predict_linear(x[10m], 3600) < 0", "for: 1h", ["pass"]),
    ],
)
def test_pending_periods(expr: str, extra: str, said: list[str]) -> None:
    assert pending(expr, extra) == said


def test_the_promised_time_is_that_of_the_settings() -> None:
    assert pending("up == 0", "for: 5m", Settings(detect_within=120.0)) == ["warn", "too-long"]
    ticket = rules("alert: A\nexpr: up == 0\nfor: 1h\nlabels: {severity: warning}")
    assert judged("pending-period", ticket).status.value == "pass"


def test_what_is_no_alert_has_no_period() -> None:
    switch = rules("alert: W\nexpr: vector(1)")
    assert judged("pending-period", switch).status.value == "not-applicable"
    for check in ("severity", "pending-period"):
        none = judged(check, rules("record: a\nexpr: up"))
        assert none.status.value == "not-applicable"
        unread = judged(check, rules("alert: A\nexpr: up ==\nlabels: {severity: info}"), problems=1)
        assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
