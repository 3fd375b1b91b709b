"""Alerts followed to an SLO's error share, and when they fire."""

from __future__ import annotations

import math

import pytest

from golive.api import Indicator, Slo
from golive_gates.observability.burn.comparing import generated, timing, watching
from golive_gates.observability.burn.conditions import Above
from golive_gates.observability.burn.slis import Sli, sli_of
from golive_gates.observability.looking import rules_of
from golive_gates.observability.rules.model import Rule
from tests.gates.observability.burning import EVERY_KIND, ROLES, sli
from tests.gates.observability.burning import generated as written
from tests.gates.observability.snippets import alert, alerting, rules

SHARE = 'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
SUCCESS = 'sum(rate(http_requests_total{code!~"5.."}[5m])) / sum(rate(http_requests_total[5m]))'
RECORD = f"record: job:errors:ratio_rate5m\nexpr: {SHARE}\nlabels: {{team: a}}"


def of(*texts: str) -> tuple[Rule, ...]:
    return rules_of(alerting(*texts)).rules


def conditions(expr: str, *records: str) -> list[object]:
    return [w.condition for w in watching(sli(), of(rules(*records, alert(expr))))]


@pytest.mark.parametrize(
    "expr",
    [
        f"{SHARE} > 0.01",
        f"({SHARE}) * 100 > 1",
        f"0.01 < {SHARE}",
        f"1 - ({SUCCESS}) > 0.01",
        f"{SUCCESS} < 0.99",
        f"100 * ({SUCCESS}) < 99",
        f"max({SHARE}) >= (10 * 0.001)",
        SHARE.replace("sum(", "sum by (service) (") + " > 1 / 100",
        SHARE.replace("rate(", "increase(") + " > 0.01",
        SHARE.replace(" / ", " / on() ") + " > 0.01",
        SHARE.replace('code=~"5.."', 'code=~"5..",path!="/healthz"').replace(
            "total[", 'total{path!="/healthz"}['
        )
        + " > 0.01",
        f"({SHARE.split(' / ', maxsplit=1)[0]} or vector(0)) / {SHARE.split(' / ')[1]} > 0.01",
    ],
)
def test_a_share_in_another_form(expr: str) -> None:
    (found,) = conditions(expr)
    assert isinstance(found, Above)
    assert (found.window_s, found.share) == (300.0, pytest.approx(0.01))


@pytest.mark.parametrize(
    "expr",
    [
        "job:errors:ratio_rate5m > 0.01",
        'job:errors:ratio_rate5m{team="a"} > 0.01',
        "1 - job:errors:ratio_rate5m < 0.99",
    ],
)
def test_a_recorded_share(expr: str) -> None:
    (found,) = conditions(expr, RECORD)
    assert isinstance(found, Above)
    assert found.share == pytest.approx(0.01)


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        f"{SHARE} < 0.01",
        f"{SHARE} > bool 0.01",
        SHARE.replace("http_requests_total", "other_total") + " > 0.01",
        SHARE.replace('code=~"5.."', 'path="/x"') + " > 0.01",
        SHARE.replace("[5m]))", "[5m]))", 1).replace("[5m])) /", "[1h])) /") + " > 0.01",
        'job:errors:ratio_rate5m{team="b"} > 0.01',
        "job:errors:ratio_rate5m > job:errors:ratio_rate5m offset 1h",
        "absent(http_requests_total)",
        f"{SHARE} > 0.01 or up == 0",
    ],
)
def test_what_says_nothing_of_the_share(expr: str) -> None:
    assert conditions(expr, RECORD) == []


def test_a_recording_rule_that_reads_itself() -> None:
    record = "record: loop:x\nexpr: loop:x * 2"
    assert conditions("loop:x > 1", record) == []


def test_what_joins_conditions() -> None:
    both = f"{SHARE} > 0.01 and {SHARE.replace('5m', '1h')} > 0.02"
    (found,) = watching(sli(), of(rules(alert(both))))
    one = timing(sli(), [found], 0.04)
    # The hour needs half of it; then `for`.
    assert (one.detect, one.burnt) == (1800 + 300, pytest.approx(0.04 * 2100 / (0.001 * 2592e3)))
    assert one.reset == pytest.approx(300 * 0.75)
    (either,) = watching(sli(), of(rules(alert(both.replace(" and ", " or ")))))
    assert timing(sli(), [either], 0.04).detect == 75 + 300


def test_a_guard_is_taken_to_hold() -> None:
    guarded = f"{SHARE} > 0.01 and sum(rate(http_requests_total[5m])) > 0.1"
    plain, with_guard = (watching(sli(), of(rules(alert(e)))) for e in (f"{SHARE} > 0.01", guarded))
    assert timing(sli(), plain, 0.1) == timing(sli(), with_guard, 0.1)


def test_what_never_fires() -> None:
    found = watching(sli(), of(rules(alert(f"{SHARE} > 0.5"))))
    one = timing(sli(), found, 0.1)
    assert (one.alert, one.detect, one.burnt) == ("", math.inf, math.inf)


def test_a_quantile_of_the_histogram_at_the_slos_threshold() -> None:
    latency = sli("sse-first-event", None, objective=0.95, threshold=2.0, roles=ROLES)
    expr = "histogram_quantile(0.95, sum by (le) (rate(first_seconds_bucket[5m]))) > {}"
    (found,) = watching(latency, of(rules(alert(expr.format(2)))))
    assert isinstance(found.condition, Above)
    assert (found.condition.window_s, found.condition.share) == (300.0, pytest.approx(0.05))
    assert watching(latency, of(rules(alert(expr.format(3))))) == ()


@pytest.mark.parametrize("slo", EVERY_KIND, ids=lambda s: s.id)
def test_generated_rules_are_followed_as_they_were_meant(slo: Slo) -> None:
    one = sli_of(slo, None, ROLES)
    assert isinstance(one, Sli)
    found = watching(one, of(written(one)))
    assert [w.name for w in found] == [w.name for w in generated(one)]
    for share in (1.0, 0.5, 0.1, 0.02, 0.002):
        mine, meant = timing(one, found, share), timing(one, generated(one), share)
        assert (mine.alert, mine.severity) == (meant.alert, meant.severity)
        assert mine.detect == pytest.approx(meant.detect)
        assert mine.reset == pytest.approx(meant.reset)


def test_a_raw_share_of_failures() -> None:
    raw = sli("x", Indicator("raw", query="job:failed:ratio", raw_type="failure"))
    (found,) = watching(raw, of(rules(alert("avg_over_time((job:failed:ratio)[1h:1m]) > 0.1"))))
    assert found.condition == Above(3600.0, 0.1)
