"""YAML holds any type anywhere, and rules come in thousands: no judge of rules may crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from golive.api import Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.output_labels import outputs
from golive_gates.observability.rules.templates import template
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import CHECKS, EVIDENCE, judged
from tests.gates.saying import codes, said

OURS = (
    "parse", "rule-fields", "expressions", "annotations", "severity", "pending-period",
    "duplicates", "comparison", "impossible", "rate-window", "kept-labels",
)  # fmt: skip
KEYS = st.sampled_from(
    [
        *("groups", "name", "interval", "limit", "labels", "rules", "alert", "record", "expr"),
        *("for", "keep_firing_for", "annotations", "severity", "summary", "spec", "route"),
        *("routes", "matchers", "receiver", "receivers", "endpoints", "selector", "matchLabels"),
    ]
)
TEXTS = st.sampled_from(
    [
        *("", "A", "up == 0", "sum(", "up[5m]", "5m", "{{ $labels.x", "{{ $value }}", "critical"),
        *("a-b", 'severity="x"', "rate(x_total[5s]) > 1", 'absent(x{a="b"})', "{{ end }}", "가"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-1, 10**20) | st.floats() | TEXTS
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
MAPPINGS = st.dictionaries(KEYS, TREES, max_size=6)


def check_all(part: Alerting) -> None:
    for name in OURS:
        said(CHECKS[name].evaluate(Observation({"Alerting": part}), Settings()))


@given(rule=MAPPINGS, group=MAPPINGS, top=MAPPINGS, other=TREES)
@trying(max_examples=150, suppress_health_check=list(HealthCheck))
def test_no_data_makes_a_judge_crash(
    rule: dict[str, Any], group: dict[str, Any], top: dict[str, Any], other: object
) -> None:
    named = {"alert": "A", "expr": "up == 0", **rule}
    groups = [{**group, "rules": [named, rule, other]}, {"rules": [], **group}, other]
    whole: dict[str, Any] = {**top, "groups": groups}
    documents = (
        PlainDocument(FileKind.RULES, whole, "a.yaml"),
        PlainDocument(FileKind.RULES, top, "b.yaml"),
        PlainDocument(FileKind.ALERTMANAGER, {**top, "route": rule, "receivers": other}, "c.yaml"),
    )
    version, kinds = "monitoring.coreos.com/v1", ("PrometheusRule", "ServiceMonitor")
    objects = tuple(
        KubernetesObject(version, kind, "n", "x", {"spec": data}, "d.yaml")
        for kind in kinds
        for data in (whole, top, other)
    )
    check_all(Alerting((), documents, objects, (), (EVIDENCE,)))


WORDS = st.sampled_from(
    [
        *(
            "x",
            "up",
            "1",
            "(",
            ")",
            "sum",
            "by",
            "(a)",
            "rate",
            "[5m]",
            "[5m:1m]",
            ">",
            "==",
            "and",
        ),
        *("or", "unless", "on", "ignoring", "group_left", '{a="b"}', '{a=~"5.."}', "-", "/", "*"),
        *("absent", "label_replace", '"s"', ",", "without", "count", "bool", "offset", "@", "1h"),
        *("histogram_quantile", "topk", "NaN", "Inf", "vector", "clamp", "%", "^", "quantile"),
    ]
)


@given(words=st.lists(WORDS, max_size=14))
@trying(max_examples=400)
def test_no_expression_makes_a_judge_crash(words: list[str]) -> None:
    expr = " ".join(words)
    rule = {"alert": "A", "expr": expr, "annotations": {"summary": "{{ $labels.a }}"}}
    data = {"groups": [{"name": "g", "rules": [rule, {"record": "x", "expr": expr}]}]}
    check_all(Alerting((), (PlainDocument(FileKind.RULES, data, "a.yaml"),), (), (), (EVIDENCE,)))


VALUES = st.sampled_from(["x", "up", 'x{a="1"}', "5", "0.5", "rate(x_total[5m])"])
EXPRESSIONS = st.recursive(
    VALUES,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "/", "*", "-"]), inner)
        | st.builds("(vector(1) {} ({}))".format, st.sampled_from([">", "and", "or"]), inner)
        | st.builds("sum by (a) (vector(1) * ({}))".format, inner)
    ),
    max_leaves=12,
)


@given(expr=EXPRESSIONS)
@trying(max_examples=200)
def test_every_expression_has_labels_and_levels(expr: str) -> None:
    tree = promql.parse(expr)
    if not isinstance(tree, promql.Refused):
        outputs(tree)
        assert promql.nesting(expr) >= depth(tree)


def depth(node: Any) -> int:
    return 1 + max(map(depth, promql.children(node)), default=0)


@given(text=st.text("{}$.-\"`' \nabflvx|:=()/*", max_size=30))
@trying(max_examples=400)
def test_no_template_makes_its_reader_crash(text: str) -> None:
    template("{{" + text)
    template(text + "}}")


@pytest.mark.parametrize("name", [n for n in OURS if n not in ("parse", "kept-labels")])
def test_five_thousand_rules(name: str) -> None:
    listed = [
        {
            "alert": f"A{i}",
            "expr": f'sum by (job) (rate(r_total{{code=~"5..",path="/{i}"}}[5m])) > {i}',
            "for": "5m",
            "labels": {"severity": "warning"},
            "annotations": {"summary": "{{ $labels.job }}", "runbook_url": "r"},
        }
        for i in range(5_000)
    ]
    # The last one has everything wrong with it.
    listed.append({"alert": "B", "expr": "rate(x_total[1s]) / up > 5 or up > 1", "fro": "5m"})
    listed.append({"alert": "B", "expr": "up"})
    listed.append({"alert": "B", "expr": "up"})
    listed.append({"alert": "C", "expr": "sum(up"})
    result = judged(name, json.dumps({"groups": [{"name": "g", "rules": listed}]}))
    assert set(codes(result))
    assert {f.subject for f in result.findings} <= {"B", "C"}
