"""``observability.rule-fields``."""

from __future__ import annotations

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes

RULE = "alert: A\nexpr: up == 0\n"
OBJECT = """\
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: r, namespace: n}
spec:
  groups:
    - name: g
      rules:
        - alert: A
          expr: up == 0
"""


def found(text: str, version: str | None = None) -> tuple[str, list[str]]:
    result = judged("rule-fields", text, settings=Settings(prometheus_version=version))
    return result.status.value, codes(result)


def group(extra: str) -> str:
    return rules(alert("up == 0")).replace("- name: g\n", f"- name: g\n    {extra}\n")


@pytest.mark.parametrize(
    "extra",
    [
        "",
        "for: 1h30m",
        "for: 0",
        "keep_firing_for: 5m",
        "labels: {severity: 1, paged: true, team: x}",
        "labels:",
        "annotations: {summary: 1.5}",
    ],
)
def test_what_prometheus_takes(extra: str) -> None:
    assert found(rules(RULE + extra)) == ("pass", [])


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (RULE + "fro: 5m", "unknown-field"),
        (RULE + "lables: {a: b}", "near-field"),
        (RULE + "For: 5m", "near-field"),
        (RULE + "anotations: {summary: s}", "near-field"),
        (RULE + "threshold: 5", "unknown-field"),
        (RULE + "1: x", "unknown-field"),
        (RULE + "severity: critical", "misplaced-field"),
        (RULE + "runbook_url: x", "misplaced-field"),
        (RULE + "for: 5", "duration"),
        (RULE + "for: 5 m", "duration"),
        (RULE + "for: 1.5h", "duration"),
        (RULE + "for: 60m1h", "duration"),
        (RULE + 'for: ""', "duration"),
        (RULE + "for: [5m]", "duration"),
        (RULE + "for: '{{ .Values.for }}'", "template"),
        ("alert: '{{ .Values.name }}Down'\nexpr: up == 0", "template"),
        (RULE + "keep_firing_for: x", "duration"),
        (RULE + "labels: [x]", "not-mapping"),
        (RULE + "labels: x", "not-mapping"),
        (RULE + "annotations: {summary: [s]}", "value-text"),
        (RULE + "labels: {__name__: x}", "label-reserved"),
        (RULE + "record: r", "both"),
        ("expr: up", "neither"),
        ("alert: A", "no-expr"),
        ("alert: A\nexpr: ''", "no-expr"),
        ("alert: A\nexpr: [up]", "not-text"),
        ("alert: [A]\nexpr: up", "not-text"),
        ("record: r\nexpr: up\nfor: 5m", "alert-only"),
        ("record: r\nexpr: up\nannotations: {a: b}", "alert-only"),
        ("just text", "rule-mapping"),
        ("null", "empty-rule"),
    ],
)
def test_what_prometheus_refuses(rule: str, code: str) -> None:
    assert found(rules(rule)) == ("fail", [code])


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("intervall: 1m", "near-field"),
        ("foo: 1", "unknown-field"),
        ("limit: five", "limit"),
        ("limit: true", "limit"),
        ("query_offset: x", "newer-field"),
    ],
)
def test_fields_of_a_group(extra: str, code: str) -> None:
    assert code in found(group(extra))[1]


def test_structure_of_a_file() -> None:
    assert found("groups:\n  - {rules: [], name: ''}\n") == ("fail", ["group-name", "no-rules"])
    assert found("groups:\n  - {rules: 5, name: g}\n") == ("fail", ["rules-list"])
    assert found("groups:\n  - {rules: [], name: g}\n  - x\n") == (
        "fail",
        ["group-mapping", "no-rules"],
    )
    assert found("groups:\n  - {rules: [], name: g}\n  - null\n") == ("warn", ["no-rules"])
    twice = "groups:\n  - {name: g, rules: [{alert: A, expr: up}]}\n"
    assert found(twice + "  - {name: g, rules: [{alert: B, expr: up}]}\n")[1] == ["group-twice"]
    assert found(twice + "foo: 1\n")[1] == ["unknown-field"]
    assert found(twice + "namespace: x\n") == ("inconclusive", ["other-ruler"])
    assert found(twice + "---\n" + twice) == ("fail", ["later-document"])


def test_the_same_group_name_in_two_files_is_fine() -> None:
    text = rules(alert("up == 0"))
    assert judged("rule-fields", text, text.replace("alert: A", "alert: B")).status.value == "pass"


@pytest.mark.parametrize(
    ("text", "since"),
    [
        (group("query_offset: 1m"), "2.53"),
        (group("labels: {team: x}"), "3.0"),
        (rules(RULE + "labels: {slo-name: x}"), "3.0"),
        (rules("record: a-b\nexpr: up"), "3.0"),
    ],
)
def test_what_newer_versions_know(text: str, since: str) -> None:
    assert found(text)[0] == "inconclusive"
    assert found(text, "2.42")[0] == "fail"
    assert found(text, "v3.1.0")[0] in ("pass", "warn")
    assert found(text, since)[0] in ("pass", "warn")


def test_fields_of_other_rulers_are_left_open() -> None:
    assert found(group("partial_response_strategy: warn")) == ("inconclusive", ["other-ruler"])
    assert found(group("source_tenants: [a]")) == ("inconclusive", ["other-ruler"])


def test_labels_that_do_nothing_are_questioned() -> None:
    assert found(rules(RULE + "labels: {team: }")) == ("warn", ["empty-label"])
    assert found(rules(RULE + "labels: {alertname: B}")) == ("warn", ["alertname"])


def test_an_object_is_judged_by_what_its_schema_leaves_open() -> None:
    assert found(OBJECT) == ("pass", [])
    assert found(OBJECT + "          fro: 5m\n") == ("pass", [])
    assert found(OBJECT + '          for: ""\n') == ("fail", ["duration"])
    assert found(OBJECT + "          labels: {__name__: x}\n") == ("fail", ["label-reserved"])
    assert found(OBJECT + "          severity: page\n") == ("fail", ["misplaced-field"])
    records = OBJECT.replace("alert: A", "record: a") + "          for: 5m\n"
    assert found(records) == ("fail", ["alert-only"])
    assert found(
        OBJECT.replace("- name: g", "- partial_response_strategy: warn\n      name: g")
    ) == (
        "pass",
        [],
    )


def test_a_finding_names_the_line_and_what_was_meant() -> None:
    (finding,) = judged("rule-fields", rules(RULE + "lables: {a: b}")).findings
    assert finding.location is not None
    assert (finding.location.path, finding.location.line) == ("a.yaml", 7)
    assert finding.reason.params == {"field": "lables", "near": "labels"}


def test_no_such_version() -> None:
    with pytest.raises(ValueError, match="prometheus_version"):
        Settings(prometheus_version="latest")


def test_without_a_rule_or_with_an_unread_file() -> None:
    route = "route: {receiver: a}\nreceivers: [{name: a}]\n"
    assert judged("rule-fields", route).status.value == "not-applicable"
    unread = judged("rule-fields", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
