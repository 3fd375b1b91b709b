"""``observability.dashboards``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from golive.api import Observation
from golive.sources.reading import read_paths
from golive.sources.tree import FileKind
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.manifests.objects import obj
from tests.gates.observability.panels import dashboard, panel, variable
from tests.gates.observability.snippets import CHECKS, judged
from tests.gates.saying import codes, said

NAME = "dashboards"
LOKI = {"type": "loki", "uid": "l"}


def verdict(text: str) -> tuple[str, list[str]]:
    result = judged(NAME, text)
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    "expr",
    [
        "up",
        "sum by (job) (rate(x_total[$__rate_interval]))",
        "rate(x_total[${__interval}])",
        "rate(x_total[[[window]]])",
        "x[5m:$__interval]",
        'x{job=~"$job", a="${a:regex}", b="[[b]]"}',
        'label_replace(x, "a", "$1-${2}", "b", "(.*)-(.*)")',
        "$metric > 1",
        "sum(x) by ($by)",
        "topk($top, x)",
        "x * $__interval_ms / $__range_s",
        "increase(x_total[$__range])",
        "x offset $window",
        "rate(x[$window]) > $limit",
    ],
)
def test_a_query_with_variables(expr: str) -> None:
    names = ("job", "a", "b", "metric", "by", "top", "limit")
    variables = [*map(variable, names), variable("window", "interval")]
    assert verdict(dashboard(panel(expr), variables=variables)) == ("pass", [])


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("sum(", ("fail", ["not-promql"])),
        ("rate(x_total)", ("fail", ["not-promql"])),
        ('rate(x{job="$job"})', ("fail", ["not-promql", "no-variable"])),
        ("rate($job)", ("fail", ["no-variable", "not-promql"])),
        ("x{a=~'$gone'}", ("fail", ["no-variable"])),
    ],
)
def test_a_query_that_shows_nothing(expr: str, expected: tuple[str, list[str]]) -> None:
    found = verdict(dashboard(panel(expr)))
    assert (found[0], sorted(found[1])) == (expected[0], sorted(expected[1]))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (panel(), ("warn", ["no-query"])),
        (panel(" "), ("warn", ["no-query"])),
        (panel(kind="text"), ("pass", [])),
        (panel(kind="row"), ("pass", [])),
        (panel(libraryPanel={"uid": "x"}), ("pass", [])),
        (panel('{app="x"} |= "y"', datasource=LOKI), ("pass", [])),
        (panel('{app="x"} |= "y"', datasource=None), ("warn", ["not-promql"])),
        (panel(targets=[{"refId": "A", "rawSql": "select 1"}]), ("pass", [])),
        (panel("up", datasource="${DS_PROMETHEUS}"), ("fail", ["no-source"])),
        (panel("up", datasource={"uid": "$ds"}), ("fail", ["no-source"])),
        (panel("up", datasource={"uid": "-- Mixed --"}), ("pass", [])),
        (panel(kind="row", panels=[panel("sum(", title="inner")]), ("fail", ["not-promql"])),
    ],
)
def test_a_panel(made: dict[str, Any], expected: tuple[str, list[str]]) -> None:
    assert verdict(dashboard(made)) == expected


def test_data_sources_that_the_dashboard_has() -> None:
    by_input = dashboard(
        panel("up", datasource={"type": "prometheus", "uid": "${DS_P}"}),
        __inputs=[{"name": "DS_P"}],
    )
    by_variable = dashboard(panel("up", datasource="$ds"), variables=[variable("ds", "datasource")])
    assert verdict(by_input) == verdict(by_variable) == ("pass", [])


def test_old_rows_the_wrapping_of_the_api_and_config_maps() -> None:
    rows = json.dumps({"schemaVersion": 14, "rows": [{"panels": [panel("sum(")]}]})
    wrapped = json.dumps({"dashboard": json.loads(dashboard(panel("sum("))), "meta": {}})
    held = json.dumps(obj("ConfigMap", "grafana", data={"d.json": dashboard(panel("sum("))}))
    for text in (rows, wrapped):
        assert verdict(text) == ("fail", ["not-promql"])
    # A ConfigMap alone is nothing that this gate reads; beside a dashboard it is.
    result = judged(NAME, held, dashboard(panel("up")))
    assert (result.status.value, codes(result)) == ("fail", ["not-promql"])
    assert str(result.findings[0].resource) == "ConfigMap/app/grafana"


def test_the_finding_names_file_and_line() -> None:
    text = dashboard(panel("up", title="good"), panel("sum(", title="bad"))
    (found,) = judged(NAME, json.dumps(json.loads(text), indent=2)).findings
    assert found.subject == "D: bad"
    assert found.location is not None
    assert (found.location.path, found.location.line) == ("a.yaml", 34)


def test_without_one_and_with_an_unread_one() -> None:
    nothing = "groups: [{name: g, rules: []}]"
    assert judged(NAME, nothing).status.value == "not-applicable"
    # No dashboard stands in the rule file that cannot be read.
    assert judged(NAME, nothing, problems=1).status.value == "not-applicable"


def test_dashboards_are_told_by_content(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(dashboard(panel("up")), encoding="utf-8")
    (tmp_path / "other.json").write_text('{"panels": [1], "x": 2}', encoding="utf-8")
    (tmp_path / "broken.json").write_text(dashboard(panel("up"))[:-4] + "]]", encoding="utf-8")
    tree = read_paths([tmp_path])
    assert [(f.path.rpartition("/")[2], f.kind) for f in tree.files if f.kind != "other"] == [
        ("broken.json", FileKind.DASHBOARD),
        ("d.json", FileKind.DASHBOARD),
    ]
    assert [p.kind for p in tree.problems] == [FileKind.DASHBOARD]
    part = Alerting(tree.files, tree.documents, (), (), (), tree.problems)
    result = CHECKS[NAME].evaluate(Observation({"Alerting": part}), Settings())
    assert (result.status.value, codes(result)) == ("fail", ["unread"])
    said(result)
