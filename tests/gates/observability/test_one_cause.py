"""What runs fails for what the files and `/metrics` show already: there, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive_gates.observability.live.parts import Look, Unmatched
from golive_gates.observability.settings import Settings
from tests.gates.observability import cases_live as cases
from tests.gates.observability.delivery import configuration, severe
from tests.gates.observability.exposing import MONITOR, exposed
from tests.gates.observability.snippets import CHECKS, alert, alerting, rules
from tests.gates.saying import said

PAGE = '# TYPE requests_total counter\nrequests_total{code="200"} 1\n'
WRONG = 'rate(requests_total{status=~"5.."}[5m]) > 1'
SELECTOR = 'requests_total{status=~"5.."}'


def live_metrics(page: str | None) -> CheckResult:
    """The result where Prometheus has no label ``status``, and the service exposes *page*."""
    files = alerting(rules(alert(WRONG)), MONITOR)
    look = Look(
        SELECTOR,
        missing="matchers",
        declared=True,
        unmatched=(Unmatched("status", "=~", "5..", ()),),
    )
    missing = Unavailable(Reason("no-exposition"), kind="absent")
    part = exposed({"api": page}, files=files) if page else missing
    live = replace(cases.LIVE, looks=(Look("up", 1.0), look))
    seen = Observation({"Alerting": files, "LivePrometheus": live, "Exposed": part})
    result = CHECKS["live-metrics"].evaluate(seen, Settings())
    said(result)
    return result


def test_a_label_that_the_service_lacks_is_reported_once() -> None:
    result = live_metrics(PAGE)
    assert result.status.value == "inconclusive"
    assert result.blocked_by == "observability.label-matchers"


@pytest.mark.parametrize("page", [None, PAGE.replace("code", "status").replace("200", "500")])
def test_where_nothing_else_shows_it_prometheus_does(page: str | None) -> None:
    result = live_metrics(page)
    assert (result.status.value, result.blocked_by) == ("fail", None)


def drill(receiver: str, text: str) -> CheckResult:
    """The result of a drill that was routed to *receiver* of *text*, and never arrived."""
    files = alerting(text, rules(severe("critical")))
    lost = replace(cases.DRILL, receivers=(receiver,), arrived=None, resolved=None)
    seen = Observation({"Alerting": files, "Drill": lost})
    result = CHECKS["delivery-drill"].evaluate(seen, Settings())
    said(result)
    return result


ROUTED = configuration("{matchers: ['severity=\"critical\"'], receiver: page}")


def emptied(name: str) -> str:
    """The configuration with pages sent to the receiver *name*, which has nothing behind it."""
    routed = ROUTED.replace("receiver: page", f"receiver: '{name}'")
    if name == "null":  # which is there
        return routed
    return routed.replace("receivers:\n", f"receivers:\n  - name: {name}\n", 1)


@pytest.mark.parametrize(
    ("name", "check"),
    [("on-call", "observability.receivers"), ("null", "observability.routes")],
)
def test_a_drill_into_a_receiver_that_is_empty_in_the_files(name: str, check: str) -> None:
    result = drill(name, emptied(name))
    assert (result.status.value, result.reason.code) == ("inconclusive", "drill-receiver-empty")
    assert result.blocked_by == check


def test_a_drill_that_is_lost_behind_an_integration_fails() -> None:
    assert drill("page", ROUTED).status.value == "fail"
    # The Alertmanager that runs has a receiver that no file knows.
    assert drill("other", emptied("on-call")).status.value == "fail"
