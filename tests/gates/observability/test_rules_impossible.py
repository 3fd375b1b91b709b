"""``observability.impossible``."""

from __future__ import annotations

import pytest

from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes

RATIO = 'sum(rate(r_total{code=~"5.."}[5m])) / sum(rate(r_total[5m]))'
BY_CODE = "sum by (job, code) (rate(r_total[5m]))"


def found(expr: str) -> list[str]:
    result = judged("impossible", rules(f"alert: A\nexpr: |\n  {expr}"))
    return [result.status.value, *codes(result)]


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "up < 1",
        f"{RATIO} > 0.01",
        f"100 * {RATIO} > 5",
        f"1 - {RATIO} < 0.99 or absent(r_total)",
        "absent(up) == 1",
        "count(up == 0) > 0",
        'sum(ALERTS{alertstate="firing"}) > 0',
        'ALERTS{severity="info"} == 1 unless on (job) ALERTS{severity="critical"} == 1',
        "count(up) < 2",
        "(count(x) or vector(0)) == 0",
        "rate(x_total[5m]) == 0",
        "x_bytes - x_bytes offset 1h < 0",
        "deriv(x_bytes[5m]) < 0",
        "sum(up) / count(up) < 0.5",
        "a / b > 1",
        "hour() < 6 and on () up == 0",
        'sum by (job) (rate(r_total{job="a"}[5m])) > 1 and sum by (job) (rate(s_total[5m])) > 0',
        f"{BY_CODE} / on (job) group_left sum by (job) (rate(r_total[5m])) > 0.1",
        'x{a="1"} > on (b) x{a="2"}',
        'x{a="1"} or x{a="2"} > 5',
        "sum(x) > 1 or sum by (job) (y) > 1",
        'r_total{status=~"5.."} > bool 0 == 1',
        'rate(r_total{code!~"[45].."}[5m]) > 1',
        'rate(r_total{status=~"5.*|429"}[5m]) > 1',
        'rate(grpc_server_handled_total{code=~"14|Internal"}[5m]) > 1',
        'x{a=~"b|c",a!="b"} > 1',
        "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m]))) > 2",
        "rate(node_vmstat_pgmajfault[5m]) > 1",
        "delta(queue_length[5m]) > 1",
        "vector(1)",
        "clamp_min(x, 0) >= 0 and x > 5",
    ],
)
def test_expressions_that_may_be_true(expr: str) -> None:
    assert found(expr) == ["pass"]


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("up > 1", "never"),
        ("2 < up", "never"),
        ("sum(rate(x_total[5m])) < 0", "never"),
        (f"{RATIO} > 1", "never"),
        (f"{RATIO} > 5", "never"),
        (f"(1 - ({RATIO})) * 100 > 100", "never"),
        ("absent(up) == 0", "never"),
        ("avg_over_time(up[5m]) > 1", "never"),
        ("hour() > 24", "never"),
        (f"{BY_CODE} / on (job) group_left sum by (job) (rate(r_total[5m])) > 1.5", "never"),
        ("count(up) == 0", "count-zero"),
        ("count by (job) (up == 0) < 1", "count-zero"),
        ("up >= 0", "always"),
        ("sum(rate(x_total[5m])) >= 0", "always"),
        ('rate(r_total{code=~"5.."}[5m]) / rate(r_total[5m]) > 0.01', "always"),
        ('x{a="1",a="2"} > 1', "contradiction"),
        ('x{a="1",a!="1"} > 1', "contradiction"),
        ('x{a="b",a=~"c.*"} > 1', "contradiction"),
        ('x{a="",a=~".+"} > 1', "contradiction"),
        ('rate(r_total{status="5.."}[5m]) > 1', "pattern-as-text"),
        ('rate(r_total{code!="5.*"}[5m]) > 1', "pattern-as-text"),
        ('rate(r_total{status=~"5"}[5m]) > 1', "no-status"),
        ('rate(http_requests_total{code=~"^50$"}[5m]) > 1', "no-status"),
        ("sum by (a) (x) / sum by (b) (y) > 1", "only-left"),
        ("sum by (service) (x) / sum(y) > 1", "only-left"),
        ("sum(x) > 1 and sum by (job) (y) > 1", "only-right"),
        ("sum(x) * on (job) group_left sum by (job) (y) > 1", "only-right"),
        ('sum by (a) (x{a="1"}) / sum by (a) (x{a="2"}) > 1', "other-value"),
        ('x{a="1"} > x{a="2"}', "other-value"),
        ("histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 2", "quantile"),
        ("quantile(1.5, x) > 2", "quantile"),
        ("quantile_over_time(-1, x[5m]) > 2", "quantile"),
    ],
)  # fmt: skip
def test_expressions_that_are_decided_beforehand(expr: str, code: str) -> None:
    assert found(expr) == ["fail", code]


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ('rate(r_total{status=~"5xx"}[5m]) > 1', "class-as-text"),
        ("rate(memory_usage_bytes[5m]) > 1", "rate-of-gauge"),
        ("rate(sum(x_total)[5m:30s]) > 1", "rate-of-aggregate"),
        ("delta(x_total[5m]) > 1", "delta-of-counter"),
        ("sum(errors_total) > 10", "counter-compared"),
        ("errors_total > 10", "counter-compared"),
        ("sum(rate(ok_total[5m])) / sum(rate(all_total[5m])) < 0.99", "nan-blind"),
        ("up == 0 or up > 1", "never"),
        ("up == 0 unless up > 1", "never"),
        ("x > 1 unless sum by (a) (y) > 1", "nothing"),
        ("sum(x) > 1 unless sum by (a) (y) > 1", "only-right"),
    ],
)
def test_expressions_that_are_questioned(expr: str, code: str) -> None:
    assert found(expr) == (["pass"] if code == "nothing" else ["warn", code])


@pytest.mark.parametrize(
    "expr",
    [
        "histogram_quantile(0.95, sum by (job) (rate(request_seconds[5m]))) > 2",
        "histogram_fraction(0, 0.2, rate(request_seconds[5m])) < 0.95",
        "increase(redis_keyspace_misses[5m]) > 100",
        "rate(pg_stat_database_deadlocks[5m]) > 0",
        "rate(ifHCInOctets[5m]) * 8 > 1e9",
    ],
)
def test_rates_of_what_is_no_gauge_though_not_named_as_counters_are(expr: str) -> None:
    assert found(expr) == ["pass"]


@pytest.mark.parametrize("check", ["comparison", "impossible", "rate-window"])
def test_an_expression_that_is_not_read_keeps_a_check_from_passing(check: str) -> None:
    good, bad = alert("rate(x_total[5m]) > 1"), alert("sum(", name="B")
    result = judged(check, rules(good, bad))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.expressions")
    wrong = "rate(up[20s])" if check != "impossible" else "up > 1"
    assert judged(check, rules(alert(wrong), bad)).status.value == "fail"


def test_what_a_sentence_names() -> None:
    (finding,) = judged("impossible", rules(alert(f"{RATIO} > 5"))).findings
    params = finding.reason.params
    assert (params["left"], params["right"]) == ("0 .. 1", "5")
    (finding,) = judged("impossible", rules(alert("sum by (a) (x) / sum(y) > 1"))).findings
    assert finding.reason.params["label"] == "a"


def test_recorded_series_have_the_labels_of_their_recording() -> None:
    record = "record: job:x:sum\nexpr: sum by (job) (x)"
    lost = judged("impossible", rules(record, alert("job:x:sum / sum(y) > 1")))
    assert codes(lost) == ["only-left"]
    found = judged("impossible", rules(record, alert("job:x:sum / sum by (job) (y) > 1")))
    assert found.status.value == "pass"
    rate = judged("impossible", rules(record, alert("rate(job:x:sum[5m]) > 1")))
    assert codes(rate) == ["rate-of-recorded"]


def test_recordings_are_looked_at_too() -> None:
    result = judged("impossible", rules("record: r\nexpr: sum by (a) (x) / sum by (b) (y)"))
    assert codes(result) == ["only-left"]


def test_without_a_rule_or_with_an_unread_file() -> None:
    assert judged("impossible", "groups: [{name: g, rules: []}]").status.value == "not-applicable"
    unread = judged("impossible", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
