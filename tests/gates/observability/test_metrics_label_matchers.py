"""``observability.label-matchers``."""

from __future__ import annotations

import pytest

from golive.api import EvidenceLevel, Status
from golive.model import CheckResult
from tests.gates.observability.exposing import exposed, judged_metrics
from tests.gates.observability.snippets import alert, alerting, rules
from tests.gates.saying import codes

PAGE = """
    # TYPE http_requests_total counter
    http_requests_total{method="GET",path="/a",code="200",service="mine"} 5
    http_requests_total{method="POST",path="/b",code="201",service="mine"} 7
    # TYPE classes_total counter
    classes_total{status="2xx"} 5
    # TYPE calls_total counter
    calls_total{provider="openai",outcome="ok"} 5
    calls_total{provider="openai",outcome="server_error"} 0
    calls_total{provider="anthropic",outcome="ok"} 2
    calls_total{provider="anthropic",outcome="server_error"} 0
    # TYPE ends_total counter
    ends_total{outcome="completed"} 5
    # TYPE took_seconds histogram
    took_seconds_bucket{path="/a",le="+Inf"} 1
    # TYPE later_total counter
"""


def judged(selector: str, declared: str = "") -> CheckResult:
    files = rules(alert(f"sum(rate({selector}[5m])) > 1"))
    if not declared:
        return judged_metrics("label-matchers", files, {"api": PAGE})
    return judged_metrics("label-matchers", files, exposed({"api": PAGE}))


@pytest.mark.parametrize(
    "selector",
    [
        'http_requests_total{code="200"}',
        'http_requests_total{code=~"5.."}',  # none was served so far
        'http_requests_total{code=~"[45]..",path!~"/healthz|/readyz"}',
        'http_requests_total{code!~"2.."}',
        'http_requests_total{code="503"}',
        'http_requests_total{method="PUT"}',
        'http_requests_total{exported_service="mine",service="api",namespace="shop"}',
        'http_requests_total{pod=~"api-.*",instance="10.9.9.9:80"}',
        'http_requests_total{path="/a",version=""}',
        'classes_total{status="5xx"}',
        'classes_total{status=~"5.."}',
        'calls_total{outcome!~"ok|cancelled"}',
        'ends_total{outcome!="completed"}',
        'took_seconds_bucket{le="+Inf"}',
    ],
)
def test_a_matcher_that_fits_or_may(selector: str) -> None:
    result = judged(selector)
    expected = Status.NOT_APPLICABLE if "le=" in selector else Status.PASS
    assert result.status is expected, result.findings


@pytest.mark.parametrize(
    ("selector", "code"),
    [
        ('http_requests_total{status=~"5.."}', "no-such-label-near"),
        ('http_requests_total{coed="500"}', "no-such-label"),
        ('http_requests_total{Code="500"}', "no-such-label-near"),
        ('http_requests_total{code="5xx"}', "no-such-status"),
        ('http_requests_total{code=~"5xx"}', "no-such-status"),
        ('http_requests_total{code="5.."}', "no-such-status"),
        ('http_requests_total{code=~"5"}', "no-such-status"),
        ('classes_total{status="500"}', "no-such-status"),
        ('http_requests_total{method="get"}', "other-spelling"),
        ('http_requests_total{service="mine"}', "no-such-value"),
        ('http_requests_total{namespace="prod"}', "no-such-value"),
        ('http_requests_total{path!~".*"}', "excludes-all"),
        ('calls_total{outcome="error"}', "no-such-value-near"),
        ('calls_total{provider="OpenAI"}', "other-spelling"),
        ('calls_total{outcome=~"failed|timeout"}', "no-such-value"),
    ],
)
def test_a_matcher_that_never_fits(selector: str, code: str) -> None:
    result = judged(selector)
    assert (result.status, codes(result)) == (Status.FAIL, [code])
    assert result.level is EvidenceLevel.MEASURED


@pytest.mark.parametrize(
    ("selector", "status", "code"),
    [
        ('http_requests_total{path="/c"}', Status.INCONCLUSIVE, "value-not-seen"),
        ('ends_total{outcome="aborted"}', Status.INCONCLUSIVE, "value-not-seen"),
        ('took_seconds_bucket{path="/z"}', Status.INCONCLUSIVE, "value-not-seen"),
        ('http_requests_total{path=~"(a+)+"}', Status.INCONCLUSIVE, "regex-undecided"),
        ('http_requests_total{status!~"5.."}', Status.WARN, "filters-nothing"),
        ('http_requests_total{path="/a",method="POST"}', Status.WARN, "not-together"),
        ('later_total{x="1"}', Status.INCONCLUSIVE, "metric-not-seen"),
        ('gone_total{x="1"}', Status.INCONCLUSIVE, "metric-not-seen"),
    ],
)
def test_a_matcher_that_cannot_be_decided(selector: str, status: Status, code: str) -> None:
    result = judged(selector)
    assert (result.status, codes(result)) == (status, [code])
    expected = "observability.metrics-exist" if code == "metric-not-seen" else None
    assert result.blocked_by == expected


@pytest.mark.parametrize(
    ("selector", "status", "code"),
    [
        # Nothing tells how the service is scraped: any label may be added, another name may not.
        ('http_requests_total{team="x"}', Status.INCONCLUSIVE, "label-not-seen"),
        ('http_requests_total{status=~"5.."}', Status.FAIL, "no-such-label-near"),
        ('http_requests_total{job="other"}', Status.PASS, ""),
        ('http_requests_total{team!="x"}', Status.PASS, ""),
    ],
)
def test_without_a_monitor(selector: str, status: Status, code: str) -> None:
    result = judged(selector, declared="no")
    assert (result.status, codes(result)) == (status, [code] if code else [])


@pytest.mark.parametrize(
    ("expr", "status", "found"),
    [
        ('up{job="api"} == 0', Status.PASS, []),
        ('up{job=~"api|node"} == 0', Status.PASS, []),
        ('absent(up{job="node"}) == 1', Status.INCONCLUSIVE, ["target-not-seen"]),
        ('up{job="API"} == 0', Status.FAIL, ["other-spelling"]),
        ('up{jobb="api"} == 0', Status.FAIL, ["no-such-label"]),
        ("up == 0", Status.NOT_APPLICABLE, []),
    ],
)
def test_what_prometheus_writes_for_each_target(
    expr: str, status: Status, found: list[str]
) -> None:
    result = judged_metrics("label-matchers", rules(alert(expr)), {"api": PAGE})
    assert (result.status, codes(result)) == (status, found)


def test_an_unseen_service_may_have_the_value() -> None:
    files = alerting(rules(alert('calls_total{outcome="error"} > 1')))
    part = exposed({"api": PAGE}, unread=("web",))
    result = judged_metrics("label-matchers", files, part)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "observability.exposition")
    assert codes(result) == ["no-such-value-near"]


def test_recorded_names_and_odd_values_are_no_subject() -> None:
    record = "record: job:x:rate5m\nexpr: sum by (job) (rate(calls_total[5m]))"
    files = rules(record, alert('job:x:rate5m{job="q"} > 1 and ALERTS{alertname="x"} > 0'))
    result = judged_metrics("label-matchers", files, {"api": PAGE})
    assert result.status is Status.NOT_APPLICABLE
    nan = judged_metrics(
        "label-matchers", rules(alert('x{a="c"} > 1')), {"api": 'x{a="b"} NaN\nx{a="d"} NaN\n'}
    )
    assert nan.status in (Status.FAIL, Status.INCONCLUSIVE)
