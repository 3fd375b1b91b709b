"""``observability.duplicates``."""

from __future__ import annotations

from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes


def found(*texts: str) -> list[str]:
    result = judged("duplicates", *texts)
    return [result.status.value, *codes(result)]


def as_object(text: str) -> str:
    """The rule file *text* as a PrometheusRule."""
    head = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
    body = "".join(f"  {line}\n" for line in text.splitlines())
    return f"{head}metadata: {{name: r, namespace: n}}\nspec:\n{body}"


def test_different_rules() -> None:
    assert found(rules(alert("up == 0"), alert("up == 0", name="B"))) == ["pass"]
    other = alert("up == 0").replace("critical", "warning")
    assert found(rules(alert("up == 0"), other)) == ["pass"]
    a, b = 'absent(up{job="a"})', 'absent(up{job="b"})'
    assert found(rules(alert(a), alert(b))) == ["pass"]


def test_the_same_rule_twice() -> None:
    assert found(rules(alert("up == 0"), alert("up  ==  0"))) == ["fail", "twice"]
    assert found(rules(alert("up == 0")), rules(alert("up == 0"))) == ["warn", "copied"]
    record = "record: a:b\nexpr: sum(x)"
    assert found(rules(record, record)) == ["fail", "twice"]


def test_the_other_place_is_named() -> None:
    (finding,) = judged("duplicates", rules(alert("up == 0"), alert("up == 0"))).findings
    assert finding.reason.params["other"] == "a.yaml:5"
    assert finding.location is not None
    assert finding.location.line == 10


def test_one_alert_with_two_thresholds() -> None:
    assert found(rules(alert("x > 1"), alert("x > 5"))) == ["warn", "other-number"]
    assert found(rules(alert("x1 > 1"), alert("x2 > 1"))) == ["pass"]
    assert found(rules(alert("rate(x[5m]) > 1"), alert("rate(x[10m]) > 1"))) == ["pass"]


def test_one_recording_with_two_expressions() -> None:
    assert found(rules("record: r\nexpr: sum(x) / 2", "record: r\nexpr: sum(x)")) == [
        "warn",
        "recorded-twice",
    ]
    one, other = 'sum by (job) (x{job="a"})', 'sum by (job) (x{job="b"})'
    assert found(rules(f"record: r\nexpr: {one}", f"record: r\nexpr: {other}")) == ["pass"]


def test_rule_files_and_objects_may_carry_the_same_groups() -> None:
    text = rules(alert("up == 0"))
    assert found(text, as_object(text)) == ["pass"]
    assert found(text, as_object(text.replace("== 0", "== 1"))) == ["warn", "sets-differ"]
    assert found(text, as_object(text.replace("for: 5m", "for: 1m"))) == ["warn", "sets-differ"]
    reworded = text.replace("summary: s", "summary: t")
    assert found(text, as_object(reworded)) == ["pass"]
    more = rules(alert("up == 0"), alert("x > 1", name="B"))
    (finding,) = judged("duplicates", text, as_object(more)).findings
    assert (finding.reason.params["rule"], finding.reason.params["count"]) == ("B", 1)


def test_without_a_rule_or_with_an_unread_file() -> None:
    assert judged("duplicates", "groups: [{name: g, rules: []}]").status.value == "not-applicable"
    unread = judged("duplicates", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
