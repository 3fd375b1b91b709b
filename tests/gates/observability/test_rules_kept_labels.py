"""``observability.kept-labels``."""

from __future__ import annotations

from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes

EXPR = 'sum(rate(x_total{provider="a"}[5m])) > 1'
KEPT = 'sum by (provider) (rate(x_total{provider="a"}[5m])) > 1'


def routes(*matchers: str) -> str:
    listed = "".join(f"    - {{receiver: b, matchers: [{m}]}}\n" for m in matchers)
    return (
        "route:\n  receiver: a\n  matchers: []\n  routes:\n"
        f"{listed}receivers:\n  - name: a\n  - name: b\n"
    )


def found(expr: str, *matchers: str, extra: str = "") -> list[str]:
    result = judged("kept-labels", rules(alert(expr, extra=extra)), routes(*matchers))
    return [result.status.value, *codes(result)]


def test_an_alert_that_keeps_or_sets_the_label() -> None:
    assert found(KEPT, "'provider=\"a\"'") == ["pass"]
    assert found("up == 0", "'provider=\"a\"'") == ["pass"]
    text = alert(EXPR).replace("{severity: critical}", "{severity: critical, provider: a}")
    assert judged("kept-labels", rules(text), routes("'provider=\"a\"'")).status.value == "pass"


def test_an_alert_that_selects_the_label_and_drops_it() -> None:
    assert found(EXPR, "'provider=\"a\"'") == ["fail", "dropped", "no-carrier"]
    assert found(EXPR, "'provider=~\"a|b\"'") == ["fail", "dropped", "no-carrier"]


def test_an_alert_that_the_route_is_not_meant_for() -> None:
    other = alert("up == 0", name="B")
    for matchers in ("'provider=\"b\"'", '\'provider="a", severity="info"\''):
        result = judged("kept-labels", rules(alert(EXPR), other), routes(matchers))
        assert result.status.value == "pass", matchers


def test_a_route_by_a_label_that_no_alert_has() -> None:
    assert found("sum(x) > 1", "'team=\"db\"'") == ["warn", "no-carrier"]


def test_what_is_left_alone() -> None:
    fine = ("'severity=\"critical\"'", "'alertname=\"A\"'", "'cluster=\"eu\"'", "'team!=\"db\"'")
    assert found("sum(x) > 1", *fine) == ["pass"]
    assert found("sum(x) > 1", "'team=\"\"'") == ["pass"]


def test_the_finding_names_where_the_alert_should_have_gone() -> None:
    result = judged("kept-labels", rules(alert(EXPR)), routes("'provider=\"a\"'"))
    params = result.findings[0].reason.params
    assert params == {"label": "provider", "value": "a", "receiver": "b"}
    assert result.findings[0].location is not None
    assert result.findings[0].location.path == "a.yaml"


def test_without_routes_or_with_an_unread_file() -> None:
    assert judged("kept-labels", rules(alert(EXPR))).status.value == "not-applicable"
    unread = judged("kept-labels", rules(alert("up == 0")), routes("'a=\"b\"'"), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
