"""``observability.metrics-exist``."""

from __future__ import annotations

import pytest

from golive.api import EvidenceLevel, Status
from golive.model import CheckResult
from tests.gates.observability.exposing import exposed, judged_metrics
from tests.gates.observability.snippets import alert, alerting, rules
from tests.gates.saying import codes

PAGE = """
    # TYPE shop_orders_total counter
    shop_orders_total{code="200"} 1
    # TYPE shop_seconds histogram
    shop_seconds_bucket{le="+Inf"} 1
    shop_seconds_sum 1
    shop_seconds_count 1
    # TYPE shop_refusals_total counter
    process_cpu_seconds_total 1
"""
RECORD = "record: job:orders:rate5m\nexpr: sum by (job) (rate(shop_orders_total[5m]))"


def judged(*exprs: str) -> CheckResult:
    every = [alert(e, name=f"A{i}") for i, e in enumerate(exprs)]
    return judged_metrics("metrics-exist", rules(RECORD, *every), {"api": PAGE})


@pytest.mark.parametrize(
    "expr",
    [
        "rate(shop_orders_total[5m]) > 1",
        "histogram_quantile(0.9, rate(shop_seconds_bucket[5m])) > 1",
        "shop_seconds_sum / shop_seconds_count > 1",
        "job:orders:rate5m < 1",
        "up == 0",
        'scrape_duration_seconds > 1 or ALERTS{alertname="x"} > 0',
        'absent({job="api"}) == 1',
    ],
)
def test_what_is_there(expr: str) -> None:
    result = judged(expr)
    assert (result.status, result.level) == (Status.PASS, EvidenceLevel.MEASURED)


@pytest.mark.parametrize(
    ("expr", "code", "near"),
    [
        ("rate(shop_order_total[5m]) > 1", "renamed", "shop_orders_total"),
        ("rate(shop_orders[5m]) > 1", "renamed", "shop_orders_total"),
        ("rate(shop_seconds[5m]) > 1", "renamed", "shop_seconds_sum"),
        ("rate(shop_zzzzzzzzzzzz[5m]) > 1", "nowhere", ""),
        ('rate(wholly_other{job="api"}[5m]) > 1', "nowhere", ""),
        ("job:orders:rate50m > 1", "not-recorded", "job:orders:rate5m"),
    ],
)
def test_what_is_not_there(expr: str, code: str, near: str) -> None:
    result = judged(expr)
    assert (result.status, codes(result)) == (Status.FAIL, [code])
    found = result.findings[0]
    assert found.location is not None
    assert found.location.path == "a.yaml"
    if near:
        assert str(found.reason.params["near"]).startswith(near[:11])


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("kube_pod_info > 1", "other-exporter"),
        ("node_load1 > 1", "other-exporter"),
        ("wholly_other > 1", "unknown-exporter"),
        ("process_open_fds > 1", "unknown-exporter"),
        ("instance:node_cpu:ratio > 1", "not-recorded-here"),
    ],
)
def test_what_may_come_from_elsewhere_is_undecided(expr: str, code: str) -> None:
    result = judged(expr, "up == 0")
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, [code])


def test_a_type_without_series_is_a_remark() -> None:
    result = judged("increase(shop_refusals_total[5m]) > 1")
    assert (result.status, codes(result)) == (Status.WARN, ["no-series-yet"])


def test_one_finding_a_rule_and_metric() -> None:
    result = judged("rate(shop_order_total[5m]) / rate(shop_order_total[1m]) > 1", "shop_y > 1")
    assert [f.subject for f in result.findings] == ["A0", "A1"]


def test_an_unseen_service_may_have_it() -> None:
    files = alerting(rules(alert("shop_typo > 1")))
    for part in (
        exposed({"api": PAGE}, files=files, unread=("web",)),
        exposed({"api": PAGE}, files=files, unasked=("web",)),
    ):
        result = judged_metrics("metrics-exist", files, part)
        assert (result.status, result.blocked_by) == (
            Status.INCONCLUSIVE,
            "observability.exposition",
        )
        assert result.reason.params["services"] == "web"


def test_rules_that_are_none_and_files_alone() -> None:
    assert judged("1 +").blocked_by == "observability.expressions"
    empty = judged_metrics("metrics-exist", "groups: []", {"api": PAGE})
    assert empty.status is Status.NOT_APPLICABLE
    files = alerting(rules(alert("up == 0")))
    static = judged_metrics("metrics-exist", files, exposed({"api": PAGE}, live=False))
    assert (static.status, static.level) == (Status.PASS, EvidenceLevel.STATIC)


def test_unread_rule_files_keep_it_from_passing() -> None:
    files = alerting(rules(alert("up == 0")), problems=1)
    result = judged_metrics("metrics-exist", files, exposed({"api": PAGE}))
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "observability.parse")


def test_an_expression_that_is_not_read_keeps_it_from_passing() -> None:
    result = judged("up == 0", "sum(")
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "observability.expressions")
    assert judged("rate(shop_order_total[5m]) > 1", "sum(").status is Status.FAIL
