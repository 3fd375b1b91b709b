"""``observability.comparison``."""

from __future__ import annotations

import pytest

from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes


@pytest.mark.parametrize(
    "expr",
    [
        "up == 0",
        "absent(up)",
        "sum(rate(x_total[5m])) > 1 and sum(y) > 2",
        "(a > 1) or (b > 1)",
        "count(up == 0)",
        "a unless b",
    ],
)
def test_an_expression_that_says_when(expr: str) -> None:
    assert judged("comparison", rules(alert(expr))).status.value == "pass"


@pytest.mark.parametrize(
    "expr", ["up", "rate(x_total[5m])", "a > bool 1", "(a > 1) or b", "1 - up"]
)
def test_an_expression_that_says_how_much(expr: str) -> None:
    result = judged("comparison", rules(alert(expr)))
    assert (result.status.value, codes(result)) == ("fail", ["no-comparison"])


def test_without_a_rule_or_with_an_unread_file() -> None:
    assert judged("comparison", "groups: [{name: g, rules: []}]").status.value == "not-applicable"
    unread = judged("comparison", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")


def test_a_rule_that_is_neither_alert_nor_record_is_left_to_the_check_of_fields() -> None:
    both = rules(alert("up") + "\nrecord: r")
    assert judged("comparison", both).status.value == "not-applicable"
    assert codes(judged("rule-fields", both)) == ["both"]
