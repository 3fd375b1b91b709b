"""What the checks say of rules against what Debian's promtool 2.42 does with them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.output_labels import Outputs, outputs
from golive_gates.observability.rules.templates import template
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import judged, rules

OLD = Settings(prometheus_version="2.42")
RULE = "alert: A\nexpr: up == 0\n"
TEMPLATES = (
    "{{ $labels.x }}", "{{ $labels.x", "{{ foo }}", "{{ $x }}", '{{ $labels["a"] }}',
    "{{ if $value }}x", "{{ end }}", "}}", "{{}}", '{{ "a }}', "{{ $labels.x-y }}",
    "{{- $value -}}", "{{  $value  -}}", "{{-$value}}", "{{/* c */}}", "{{- /* c */ -}}",
    "{{ /* c */ }}", "{{ $ labels.x }}", "{{ else }}", "{{ break }}", "{{ `}}` }}", "{{ 1.5e3 }}",
    '{{ range $i, $e := query "up" }}{{ $e }}{{ end }}', "{{ $x := 1 }}{{ $x }}",
    '{{ $value | printf "%.2f" }}', "{{ $value | toDuration }}", "{{ & }}", "{{ $value;}}",
    '{{ define "x" }}a{{ end }}{{ template "x" }}', '{{ (first (query "up")).Value }}',
)  # fmt: skip
RULES = (
    RULE,
    *(RULE + extra for extra in (
        "for: 5", "for: 0", 'for: ""', "for: 1.5h", "for: 60m1h", "for: 1d12h", "for:",
        "keep_firing_for: 5m", "foo: 1", "For: 5m", "record: x", 'record: ""',
        "labels: {x: 1}", "labels: {x: true}", "labels: {x: }", "labels: {x: [a]}",
        "labels: [x]", "labels: x", "labels:", "labels: {a-b: c}", "labels: {1a: c}",
        "labels: {__name__: x}", "labels: {'': x}", "labels: {1: x}", "labels: {true: x}",
        "annotations: {a-b: c}", "annotations: {__name__: x}", "annotations: {x: {a: b}}",
    )),
    *(f"record: {name}\nexpr: up" for name in ("a", "a:b", "a-b", "'1a'", "가")),
    *(f"record: a\nexpr: up\n{e}" for e in ("for: 5m", "annotations: {a: b}", "labels: {}")),
    *(f"alert: {name}\nexpr: up" for name in ("A b", "가", "1", "true", "''", "[A]")),
    *(f"alert: A\nexpr: {expr}" for expr in (
        "1", "''", "true", "[up]", "sum(up", "rate(up)", "foo(up)", "up and 1", "'up{'",
        'x{a=~"a**"}', "'x{a=~\"[\"}'", "'x{a=~\"/{id}\"}'", "'{a=\"\"}'", "1 > 2",
        "holt_winters(x[5m],0.5,0.5)", "'sum by (1a) (x)'", "x offset -5m", "x @ end()",
    )),
    "alert: A", "expr: up", "null", "text",
    *(RULE + "annotations: {summary: " + json.dumps(text) + "}" for text in TEMPLATES),
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_what_promtool_refuses_fails(rule: str, tmp_path: Path) -> None:
    text = rules(rule)
    file = tmp_path / "rules.yml"
    file.write_text(text, encoding="utf-8")
    command = ["promtool", "check", "rules", str(file)]
    refused = subprocess.run(command, capture_output=True, check=False).returncode != 0
    failed = any(
        judged(name, text, settings=OLD).status.value == "fail"
        for name in ("rule-fields", "expressions")
    )
    faults = any(
        template(t).faults or template(t).later for t in TEMPLATES if json.dumps(t) in rule
    )
    # An entry that is null is no rule to promtool, and no error either.
    assert (failed or faults) == (refused or rule == "null")


SERIES = """\
- {series: 'x{job="j", pod="p", code="500"}', values: '4x20'}
- {series: 'x{job="j", pod="q", code="200"}', values: '5x20'}
- {series: 'y{job="j", node="n"}', values: '2x20'}
- {series: 'up{job="j", pod="p"}', values: '0x20'}
- {series: 'up{job="j", pod="q"}', values: '1x20'}
- {series: 'r_total{job="j", code="500"}', values: '0+1x20'}
- {series: 'r_total{job="j", code="200"}', values: '0+9x20'}
- {series: 'h_bucket{job="j", le="1"}', values: '0+1x20'}
- {series: 'h_bucket{job="j", le="+Inf"}', values: '0+2x20'}
"""


def answers(expr: str, folder: Path) -> list[dict[str, str]]:
    """Labels of what Prometheus answers to *expr* over SERIES, after five minutes."""
    series = "".join(f"    {line}\n" for line in SERIES.splitlines())
    test = (
        "evaluation_interval: 30s\ntests:\n- interval: 30s\n  input_series:\n"
        f"{series}  promql_expr_test:\n"
        f"  - {{expr: {json.dumps(expr)}, eval_time: 5m, exp_samples: "
        "[{labels: 'never{seen=\"so\"}', value: 1}]}\n"
    )
    file = folder / "test.yml"
    file.write_text(test, encoding="utf-8")
    command = ["promtool", "test", "rules", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    got = re.search(r"got:(.*)", said, re.DOTALL)
    assert got is not None, said
    found = re.findall(r"\{([^{}]*)\} \S+", got[1])
    return [dict(re.findall(r'(\w+)="([^"]*)"', labels)) for labels in found]


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        "up == 0",
        'x{pod="p"} > 1',
        "sum(x)",
        "sum by (job, nothing) (x)",
        "sum without (pod) (x)",
        'sum without (pod) (x{code="500"})',
        "topk(1, x)",
        'count_values by (job) ("v", x)',
        'sum by (job) (x) > on (job) sum by (job, pod) (up{pod="q"})',
        "sum by (job) (x) / on (job) group_left (node) y",
        "y / on (job) group_right (node) x",
        "x / ignoring (code, pod, node) group_left y",
        "x > ignoring (code) up",
        "x and on (job) y",
        "x unless on (job) nothing",
        "x or y",
        "sum by (job) (x) or sum by (node) (y)",
        'absent(nothing{a="1", b=~"2", c="3", c="3"})',
        "absent(sum(nothing))",
        'label_replace(x, "d", "v", "", "")',
        'label_replace(x, "d", "$1", "pod", "(.*)")',
        'label_replace(x, "pod", "", "", "")',
        'label_join(sum by (job) (x), "d", "-", "job")',
        "histogram_quantile(0.5, rate(h_bucket[5m]))",
        "quantile_over_time(0.5, x[5m])",
        "max_over_time(rate(r_total[1m])[5m:30s])",
        "vector(1)",
        "time() - x",
        "-x",
        "scalar(sum(x)) > bool 0 + y",
    ],
)
def test_labels_that_come_out(expr: str, tmp_path: Path) -> None:
    said: Outputs = outputs(promql.parse(expr))
    got = answers(expr, tmp_path)
    assert got
    for labels in got:
        seen = {k: v for k, v in labels.items() if k != "__name__"}
        assert all(said.may_have(label) for label in seen), (seen, said)
        assert all(seen.get(k, v) == v for k, v in said.static.items()), (seen, said)
    if said.kept is not None and "nothing" not in expr and " or " not in expr:
        assert said.kept == {k for labels in got for k in labels if k != "__name__"}


@pytest.mark.parametrize(
    "expr",
    [
        "up > 1",
        "count(nothing) == 0",
        "count(x) == 0",
        'sum(rate(r_total{code="500"}[5m])) / sum(rate(r_total[5m])) > 1',
        "sum by (job) (x) / sum by (node) (y) > 0",
        "sum(x) > 1 and sum by (job) (y) > 1",
        'x{code="500"} > x{code="200"}',
        'x{code="5.."} > 1',
        "absent(nothing) == 0",
    ],
)
def test_what_is_called_impossible_gives_nothing(expr: str, tmp_path: Path) -> None:
    result = judged("impossible", rules(f"alert: A\nexpr: |\n  {expr}"))
    assert result.status.value == "fail"
    assert answers(expr, tmp_path) == []


def test_what_is_said_to_divide_itself_is_always_one(tmp_path: Path) -> None:
    expr = 'rate(r_total{code="500"}[5m]) / rate(r_total[5m]) == 1'
    assert len(answers(expr, tmp_path)) == 1
