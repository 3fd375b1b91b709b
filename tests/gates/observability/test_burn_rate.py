"""``observability.burn-rate``."""

from __future__ import annotations

import pytest

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive_gates.observability.burn.parts import Objectives
from golive_gates.observability.burn.slis import NoSli
from golive_gates.observability.settings import Settings
from tests.gates.observability.burning import generated, sli
from tests.gates.observability.cases_burn import observed
from tests.gates.observability.snippets import CHECKS, alert, alerting, rules
from tests.gates.saying import codes, said

SHARE = 'sum(rate(http_requests_total{code=~"5.."}[%s])) / sum(rate(http_requests_total[%s]))'
FAST, SLOW = (SHARE % (w, w) for w in ("5m", "3d"))


def judged(*texts: str, problems: int = 0) -> CheckResult:
    result = CHECKS["burn-rate"].evaluate(observed(*texts, problems=problems), Settings())
    said(result)
    return result


def test_generated_rules_pass() -> None:
    assert judged(generated(sli())).status.value == "pass"


@pytest.mark.parametrize(
    ("exprs", "found"),
    [
        (["up == 0"], ["no-fast", "no-slow"]),
        ([f"{FAST} > 0.01"], ["no-slow"]),
        ([f"{FAST} > 0.05"], ["no-fast", "no-slow"]),
        ([f"{FAST} > 0.01", f"{SLOW} > 0.001"], []),
        ([f"{FAST} > 0.01", f"{SLOW} > 0.0019"], ["late-slow"]),
        ([f"{SLOW} > 0.001", f"{SLOW} > 0.005"], ["late-fast"]),
        ([f"{SLOW} > 0.015"], ["late-fast", "no-slow"]),
    ],
)
def test_what_is_told_and_when(exprs: list[str], found: list[str]) -> None:
    alerts = (alert(expr, name=f"A{n}") for n, expr in enumerate(exprs))
    result = judged(rules(*alerts))
    assert codes(result) == found
    assert result.status.value == ("warn" if found else "pass")


def test_a_ticket_is_no_page() -> None:
    ticket = alert(f"{FAST} > 0.001").replace("critical", "warning")
    assert codes(judged(rules(ticket))) == ["no-fast"]


def test_a_late_alert_is_named_with_its_place() -> None:
    late = judged(rules(alert(f"{SLOW} > 0.015"))).findings[0]
    assert late.location is not None
    assert (late.location.path, late.location.line) == ("a.yaml", 6)
    assert late.reason.params == {
        "slo": "availability",
        "share": 2.0,
        "alert": "A",
        "minutes": 3245.0,
        "burnt": 150.23,
    }


def test_an_alert_of_the_slo_that_cannot_be_followed() -> None:
    odd = alert("quantile_over_time(0.9, errors:share[1h]) > 1").replace(
        "{severity: critical}", "{severity: critical, slo: availability}"
    )
    result = judged(rules(odd))
    assert (result.status.value, codes(result)) == ("inconclusive", ["unfollowed"])


def test_an_unread_file_may_hold_them() -> None:
    result = judged(problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.parse")


def test_without_an_slo_or_with_one_that_is_not_followed() -> None:
    check = CHECKS["burn-rate"]
    absent = Unavailable(Reason("no-slos"), kind="absent")
    none = check.evaluate(Observation({"Alerting": alerting(), "Objectives": absent}), Settings())
    assert none.status.value == "not-applicable"
    said(none)
    left = Objectives((), (NoSli("x", "no-indicator"),))
    plain = check.evaluate(Observation({"Alerting": alerting(), "Objectives": left}), Settings())
    assert plain.status.value == "not-applicable"
    left = Objectives((), (NoSli("x", "not-promql", "at 3", open=True),))
    open_ = check.evaluate(Observation({"Alerting": alerting(), "Objectives": left}), Settings())
    assert (open_.status.value, codes(open_)) == ("inconclusive", ["not-promql"])
    said(open_)
