"""OpenSLO v1 files: what is read, and what is refused by name and place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golive.config.errors import ConfigError
from golive.config.loader import load_config
from golive.config.model import Budgeting, Indicator, Objective, Slo
from golive.config.openslo import read_openslo
from golive.model import Comparator
from golive.sources.yaml import Document, load_documents

RATIO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: api-availability
  annotations: {golive/slo: availability}
spec:
  service: generator
  indicator:
    metadata: {name: good-requests}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: 'sum(req{code!~"5.."})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: req}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{targetPercent: 99.9}]
"""
THRESHOLD = (Path(__file__).parent / "openslo.yaml").read_text(encoding="utf-8")


def slos(text: str) -> tuple[Slo, ...]:
    parts = load_documents(text, "slo.yaml")
    return tuple(slo for slo, _ in read_openslo([p for p in parts if isinstance(p, Document)]))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        slos(text)
    return str(caught.value)


def test_ratio_with_counters_and_annotated_id() -> None:
    assert slos(RATIO) == (
        Slo(
            id="availability",
            sli="good-requests",
            objective=Objective(Comparator.GE, 0.999),
            window=30 * 86400.0,
            indicator=Indicator("ratio", good='req{code!~"5.."}', total="req", counter=True),
            budgeting=Budgeting.OCCURRENCES,
            source="slo.yaml:1:1",
        ),
    )


def test_threshold_by_reference_with_timeslices_and_two_objectives() -> None:
    fast, slow = slos(THRESHOLD)
    assert (fast.id, slow.id) == ("sse-fast-path", "sse-2")
    assert fast.sli == "First event"
    assert fast.indicator == Indicator("value", query="p95", op=Comparator.LE)
    assert (fast.threshold, fast.objective) == (2.0, Objective(Comparator.GE, 0.95))
    assert (fast.budgeting, fast.slice_window, fast.slice_target) == ("Timeslices", 300.0, None)
    assert slow.indicator is not None
    assert slow.indicator.op is Comparator.LT
    assert slow.slice_target is None
    assert fast.window == 4 * 7 * 86400.0


def test_a_slice_of_values_has_no_target_of_its_own() -> None:
    text = THRESHOLD.replace("value: 10,", "value: 10, timeSliceTarget: 0.9,")
    assert "timeSliceTarget has no meaning for a thresholdMetric" in refusal(text)


@pytest.mark.parametrize("kind", ["success", "failure"])
def test_raw_ratio(kind: str) -> None:
    raw = f"{{rawType: {kind}, raw: {{metricSource: {{type: Prometheus, spec: {{query: q}}}}}}}}"
    head, rest = RATIO.split("      ratioMetric:\n")
    text = f"{head}      ratioMetric: {raw}\n" + rest[rest.index("  timeWindow") :]
    (slo,) = slos(text)
    assert slo.indicator is not None
    assert (slo.indicator.kind, slo.indicator.query, slo.indicator.raw_type) == ("raw", "q", kind)


def test_bad_over_total_without_counters_keeps_any_query() -> None:
    text = RATIO.replace("counter: true", "counter: false").replace("good: {m", "bad: {m")
    (slo,) = slos(text.replace("query: req}", "query: 'sum(rate(req[5m]))'}"))
    assert slo.indicator == Indicator(
        "ratio", bad='sum(req{code!~"5.."})', total="sum(rate(req[5m]))", counter=False
    )


@pytest.mark.parametrize(
    "query", ["a:b", 'x{c=~"5.{2}",d="\\"}"}', "{__name__='x'}", "x {p=`{id}`}"]
)
def test_a_counter_may_be_any_selector(query: str) -> None:
    (slo,) = slos(RATIO.replace("query: req}", f"query: {json.dumps(query)}}}"))
    assert slo.indicator is not None
    assert slo.indicator.total == query


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("openslo/v1", "openslo/v1alpha", "slo.yaml:1:13: apiVersion 'openslo/v1alpha' is not"),
        ("kind: SLO", "kind: SLOO", "slo.yaml:2:7: kind 'SLOO' is not known (did you mean 'SLO'"),
        ("type: Prometheus", "type: Datadog", "13:37: metric source 'Datadog' is not supported"),
        ("type: Prometheus", "metricSourceRef: dd", "DataSource 'dd' is in none of the slo_files"),
        ("query: req}", "query: 'rate(req[5m])'}", "has to be a series selector or its sum"),
        ("query: req}", "promql: req}", "slo.yaml:14:57: unknown key 'promql'"),
        ("isRolling: true", "isRolling: false", "calendar-aligned timeWindow is not supported"),
        ("isRolling: true", "calendar: {startTime: x}", "calendar-aligned"),
        ("duration: 30d", "duration: 1M", "duration '1M' is not supported (write minutes"),
        ("duration: 30d", "duration: 0d", "a duration of 0 makes no sense"),
        ("Occurrences", "RatioTimeslices", "budgetingMethod 'RatioTimeslices' is not supported"),
        ("Occurrences", "Timeslices", "timeSliceWindow has to be text"),
        ("{targetPercent: 99.9}", "{target: 99.9}", "target lies between 0 and 1"),
        ("{targetPercent: 99.9}", "{targetPercent: 0}", "targetPercent lies between 0 and 100"),
        ("{targetPercent: 99.9}", "{}", "one of target and targetPercent"),
        ("{targetPercent: 99.9}", "{target: 0.9, op: lt}", "op belongs to a thresholdMetric"),
        ("{targetPercent: 99.9}", "{target: 0.9, timeSliceWindow: 5m}", "belongs to Timeslices"),
        (
            "{targetPercent: 99.9}",
            "{target: 0.9, indicatorRef: x, compositeWeight: 2}",
            "slo.yaml:17:44: composite SLOs are not supported",
        ),
        ("{targetPercent: 99.9}", "", "objectives has to be a list with at least one entry"),
        ("  service:", "  servise:", "slo.yaml:7:3: unknown key 'servise' (did you mean 'service'"),
        ("        good:", "        wood:", "unknown key 'wood' (did you mean 'good'?)"),
        ("        counter: true\n", "        counter: 1\n", "counter has to be true or false"),
        ("  name: api-availability\n", "  title: x\n", "name has to be text"),
    ],
)
def test_refusals_name_what_and_where(old: str, new: str, message: str) -> None:
    assert old in RATIO
    assert message in refusal(RATIO.replace(old, new))


def test_unknown_references_and_twins_are_refused_together() -> None:
    text = THRESHOLD.replace("indicatorRef: first-event", "indicatorRef: first-evnt")
    twin = "---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: first-event}\nspec: {}\n"
    found = refusal(text + twin)
    assert "SLI 'first-evnt' is in none of the slo_files (did you mean 'first-event'?)" in found
    assert "SLI 'first-event' is already in slo.yaml:6:1" in found


HEAD = "apiVersion: golive/v1\nservice: {name: a, version: b}\n"


def test_slo_files_are_merged_with_the_inline_ones(tmp_path: Path) -> None:
    (tmp_path / "slo").mkdir()
    (tmp_path / "slo" / "a.yaml").write_text(RATIO, encoding="utf-8")
    (tmp_path / "slo" / "b.yaml").write_text(THRESHOLD, encoding="utf-8")
    file = tmp_path / "golive.yaml"
    text = HEAD + "slo_files: [slo/*.yaml]\nslos: [{id: readiness}]\n"
    text += "canary: [{name: c, traffic: 10%, duration: x, rollback_on: [availability]}]\n"
    file.write_text(text, encoding="utf-8")
    found = load_config(file)
    ids = [slo.id for slo in found.config.slos]
    assert ids == ["readiness", "availability", "sse-fast-path", "sse-2"]
    assert found.config.slos[1].source == f"{tmp_path}/slo/a.yaml:1:1"
    assert len(found.documents) == 6


def test_an_id_in_both_places_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RATIO, encoding="utf-8")
    file = tmp_path / "golive.yaml"
    file.write_text(HEAD + "slo_files: [a.yaml]\nslos: [{id: availability}]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        "a.yaml:1:1: SLO 'availability' is already in golive.yaml:4:13 (keep one of the two)"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.yaml: this file holds no document"),
        ("a: [", "a.yaml:1:5: not valid YAML"),
        ("- 1\n", "a.yaml:1:1: an OpenSLO document is a mapping"),
        (
            "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: a}\nspec: {}\n",
            "golive.yaml:3:12: slo_files: these files state no SLO",
        ),
    ],
)
def test_slo_files_that_state_nothing_are_errors(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text(content, encoding="utf-8")
    file = tmp_path / "golive.yaml"
    file.write_text(HEAD + "slo_files: [a.yaml]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert message in str(caught.value)
