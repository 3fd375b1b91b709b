"""``observability.expressions``."""

from __future__ import annotations

import pytest

from golive_gates.observability.rules import promql
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes


def found(expr: str, version: str | None = None) -> tuple[str, list[str]]:
    item = "alert: A\nexpr: |\n  " + expr.replace("\n", "\n  ")
    result = judged("expressions", rules(item), settings=Settings(prometheus_version=version))
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "1 > bool 2",
        r"rate(x{code=~`5\d\d`}[5m]) > 0",
        "sum without (a,) (rate(x{b=~`5..`}[5m] offset -1m)) > 0 # why",
        'x{path=~"/api/{id}"} > 1',
        "max_over_time(rate(x_total[5m])[1h:1m]) > 1",
        "vector(1)",
        'x{class=~"com.a.B\\\\$C",table="V$SESSION"} > 1',
        'x{a=~"b{2}|[$]c|^$"} > 1',
    ],
)
def test_promql(expr: str) -> None:
    assert found(expr) == ("pass", [])


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("sum(up", "refused-at"),
        ("rate(up)", "refused-at"),
        ("x > > 1", "refused"),
        ("up == 'a'", "refused"),
        ('x{a=~"["} > 1', "refused-at"),
        ('x{a=~"b**"} > 1', "regex"),
        ("", "refused-at"),
        ("up[5m]", "gives-range"),
        ("max_over_time(up[5m])[10m:1m]", "gives-range"),
        ('"down"', "gives-text"),
        ("sum(rate(x_total[{{ .Values.window }}])) > 1", "template"),
        ('x{a="b" or c="d"} > 1', "or-matchers"),
        ('up{job="{{ .Values.job }}"} == 0', "template-matcher"),
        ('up{job=~"api-${STAGE}.*"} == 0', "template-matcher"),
        ('up{job=~"$job"} == 0', "variable"),
    ],
)
def test_no_promql(expr: str, code: str) -> None:
    assert found(expr or " # nothing") == ("fail", [code])


def test_what_may_be_a_variable_or_the_name_of_something() -> None:
    assert found('up{job="$job"} == 0') == ("warn", ["variable"])


def test_the_position_of_the_mistake() -> None:
    item = "alert: A\nexpr: |\n  up == 0\n  and foo(up)"
    (finding,) = judged("expressions", rules(item)).findings
    assert finding.reason.code == "refused-at"
    assert (finding.reason.params["line"], finding.reason.params["column"]) == (2, 5)
    assert finding.location is not None
    assert finding.location.path == "a.yaml"
    assert finding.location.line is not None


@pytest.mark.parametrize(
    ("expr", "old", "new"),
    [
        ("holt_winters(x[5m], 0.5, 0.5) > 1", "pass", "fail"),
        ('{"http.status"} > 1', "fail", "pass"),
    ],
)
def test_what_depends_on_the_version(expr: str, old: str, new: str) -> None:
    assert found(expr)[0] == "inconclusive"
    assert (found(expr, "2.42")[0], found(expr, "3.0")[0]) == (old, new)


@pytest.mark.parametrize(
    "expr",
    [
        "mad_over_time(x[5m]) > 1",
        "limitk(2, up) == 0",
        '{app="x"} |= "error"',
        'sum(rate({app="x"} | json [5m])) > 1',
    ],
)
def test_what_is_left_open(expr: str) -> None:
    assert found(expr)[0] == "inconclusive"


def test_an_expression_of_10_kb() -> None:
    part = 'sum(rate(http_requests_total{code=~"5..",path="/api/v1/item"}[5m])) > 1'
    long = " or ".join([part] * 140)
    assert len(long) > 10_000
    assert found(long) == ("pass", [])
    names = "|".join(f"/api/v1/item{i}" for i in range(800))
    assert found(f'sum(rate(x_total{{path=~"{names}"}}[5m])) > 1') == ("pass", [])


@pytest.mark.parametrize(
    "expr",
    [
        "(" * 5_000 + "x" + ")" * 5_000,
        "-" * 10_000 + "x",
        "+".join(["x"] * 5_000),
        "(x+" * 3_000 + "x" + ")" * 3_000,
        "sum(" * 9_000,
    ],
)
def test_nesting_beyond_what_the_parser_bears_is_left_open(expr: str) -> None:
    """Its stack would overflow and end the process."""
    refused = promql.parse(expr)
    assert isinstance(refused, promql.Refused)
    assert refused.ours
    assert found(expr) == ("inconclusive", ["unread"])


def test_nesting_that_the_parser_bears_is_judged() -> None:
    assert found("(" * 300 + "up" + ")" * 300 + " == 0") == ("pass", [])
    deep = "+".join(["x"] * 700) + " > 1"
    for check in ("expressions", "comparison", "impossible", "kept-labels", "rate-window"):
        assert judged(check, rules(alert(deep))).status.value in ("pass", "not-applicable")


def test_no_rule_no_verdict() -> None:
    assert judged("expressions", "groups: [{name: g, rules: []}]").status.value == "not-applicable"
    unread = judged("expressions", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
