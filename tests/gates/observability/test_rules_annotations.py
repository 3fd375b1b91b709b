"""``observability.annotations``."""

from __future__ import annotations

import json

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import judged, rules
from tests.gates.saying import codes

EXPR = "sum by (job) (rate(x_total[5m])) > 1"


def item(text: str, expr: str = EXPR, labels: str = "severity: critical") -> str:
    words = {"summary": text, "runbook_url": "https://example.com/r"}
    return f"alert: A\nexpr: {expr!r}\nlabels: {{{labels}}}\nannotations: {json.dumps(words)}"


def found(
    text: str, expr: str = EXPR, *, labels: str = "severity: critical", version: str | None = None
) -> tuple[str, list[str]]:
    settings = Settings(prometheus_version=version)
    result = judged("annotations", rules(item(text, expr, labels)), settings=settings)
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    "text",
    [
        "plain }} text",
        "{{ $labels.job }} at {{ $value | humanizePercentage }}",
        "{{- .Labels.job -}} {{ .Value }}",
        '{{ with query "up" }}{{ . | first | value }}{{ .Anything }}{{ end }}',
        '{{ if eq $labels.job "a" }}x{{ else if gt $value 5.0 }}y{{ else }}z{{ end }}',
        '{{ range $i, $e := query "up" }}{{ $e.Labels.pod }}{{ end }}',
        '{{ index $labels "job" }}{{/* {{ $nothing }} */}}{{ `}}` }}',
        "{{ $externalLabels.cluster }} {{ $externalURL }}",
    ],
)
def test_templates_that_print_what_is_there(text: str) -> None:
    assert found(text) == ("pass", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ $labels.job", "not-closed"),
        ('{{ "a }}', "not-closed"),
        ("{{/* never closed }}", "not-closed"),
        ("{{ if $value }}x", "not-ended"),
        ("{{ end }}", "unexpected"),
        ("{{ break }}", "unexpected"),
        ("{{}}", "empty-action"),
        ('{{ $labels["job"] }}', "bad-character"),
        ("{{ $job }}", "unknown-variable"),
        ("{{ .Values.team }}", "unknown-field"),
        ("{{ .labels.job }}", "unknown-field"),
        ("{{ $labels.job.name }}", "label-field"),
        ('{{ $labels.job | default "none" }}', "unknown-function"),
        ("{{ $labels.pod }}", "label-dropped"),
        ("{{ .Labels.pod }}", "label-dropped"),
        ('{{ index $labels "pod" }}', "label-dropped"),
        ("{{ $labels.severity }}", "label-of-rule"),
        ("{{ $labels.alertname }}", "label-of-rule"),
    ],
)
def test_templates_that_are_refused_or_misprint(text: str, code: str) -> None:
    assert found(text) == ("fail", [code])


def test_a_dropped_label_that_is_asked_for_first_is_questioned() -> None:
    assert found("{{ if $labels.pod }}of a pod{{ end }}") == ("warn", ["label-dropped"])


@pytest.mark.parametrize(
    ("expr", "kept"),
    [
        ("up == 0", True),
        ("sum(up) == 0", False),
        ("sum without (pod) (up) == 0", False),
        ("sum without (job) (up) == 0", True),
        ("absent(up{pod='a'})", True),
        ("absent(up{pod=~'a'})", False),
        ("up * on (job) group_left (pod) kube_pod_info > 0", True),
        ("sum by (job) (up) * on (job) group_left (pod) kube_pod_info > 0", True),
        ("sum by (job) (up) > on (job) sum by (job, pod) (up)", False),
        ("label_replace(sum(up), 'pod', 'all', '', '') == 0", True),
        ("sum by (job) (up) == 0 or sum by (pod) (up) == 0", True),
        ("topk(3, up) == 0", True),
        ("count_values('pod', up) > 1", True),
    ],
)
def test_which_labels_an_expression_keeps(expr: str, kept: bool) -> None:
    result = judged("annotations", rules(item("{{ $labels.pod }}", expr)))
    assert codes(result) == ([] if kept else ["label-dropped"])


def test_labels_of_recorded_series_are_those_of_the_recording() -> None:
    record = "record: job:x:rate5m\nexpr: {expr}\nlabels: {{team: a}}"
    text = item("{{ $labels.job }} {{ $labels.team }} {{ $labels.pod }}", "job:x:rate5m > 1")
    kept = judged("annotations", rules(record.format(expr="rate(x_total[5m])"), text))
    assert kept.status.value == "pass"
    dropped = judged("annotations", rules(record.format(expr=EXPR.partition(" >")[0]), text))
    assert [f.reason.params["label"] for f in dropped.findings] == ["pod"]
    itself = judged("annotations", rules(record.format(expr="job:x:rate5m"), text))
    assert itself.status.value == "pass"


def test_functions_of_later_versions() -> None:
    text = "{{ $value | toDuration }}"
    assert found(text) == ("inconclusive", ["later-function"])
    assert found(text, version="3.5")[0] == "fail"
    assert found(text, version="3.6")[0] == "pass"


def test_labels_that_change_with_the_value() -> None:
    assert found("s", labels='v: "{{ $value }}"') == ("fail", ["value-in-label"])
    assert found("s", labels='v: "{{ $value | humanize }}"') == ("fail", ["value-in-label"])
    branch = 'severity: "{{ if gt $value 5.0 }}critical{{ else }}warning{{ end }}"'
    assert found("s", labels=branch) == ("warn", ["label-changes"])
    assert found("s", labels='job: "{{ $labels.job }}"') == ("pass", [])


def test_words_and_runbook() -> None:
    bare = "alert: A\nexpr: up == 0\n"
    assert codes(judged("annotations", rules(bare))) == ["no-summary", "no-runbook"]
    described = bare + "annotations: {description: d, runbook: r}"
    assert judged("annotations", rules(described)).status.value == "pass"
    empty = bare + "annotations: {summary: ' ', runbook_url: r}"
    assert codes(judged("annotations", rules(empty))) == ["no-summary"]
    no_runbook = judged("annotations", rules(bare + "annotations: {summary: s}"))
    assert (no_runbook.status.value, codes(no_runbook)) == ("warn", ["no-runbook"])
    switch = judged("annotations", rules("alert: W\nexpr: vector(1)\nannotations: {summary: s}"))
    assert switch.status.value == "pass"


def test_a_finding_stands_at_the_annotation() -> None:
    (finding,) = judged("annotations", rules(item("{{ $labels.pod }}"))).findings
    assert finding.location is not None
    assert (finding.location.line, finding.json_path) == (
        8,
        "groups[0].rules[0].annotations.summary",
    )


def test_without_a_rule_or_with_an_unread_file() -> None:
    assert judged("annotations", "groups: [{name: g, rules: []}]").status.value == "not-applicable"
    unread = judged("annotations", rules(item("s")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
