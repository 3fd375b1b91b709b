"""What is exposed, as Prometheus stores it: look-ups, target labels, several services."""

from __future__ import annotations

import math

import pytest

from golive_gates.observability.metrics.inventory import Inventory, merged, number
from golive_gates.observability.metrics.targets import TargetLabels, stored, target_labels
from tests.gates.observability.exposing import MONITOR, exposed, page
from tests.gates.observability.snippets import alerting

HISTOGRAM = """
    # TYPE took_seconds histogram
    took_seconds_bucket{path="/a",le="0.5"} 1
    took_seconds_bucket{path="/a",le="2.0"} 1
    took_seconds_bucket{path="/a",le="+Inf"} 1
    took_seconds_sum{path="/a"} 1
    took_seconds_count{path="/a"} 1
    took_seconds_bucket{path="/b",le="0.5"} 1
    took_seconds_bucket{path="/b",le="+Inf"} 1
    # TYPE later_total counter
    # TYPE slow histogram
"""


def test_lookups() -> None:
    inventory = Inventory(page(HISTOGRAM).families)
    assert inventory.bounds("took_seconds") == (0.5, 2.0, math.inf)
    assert inventory.layouts("took_seconds") == ((0.5, 2.0, math.inf), (0.5, math.inf))
    assert inventory.label_values("took_seconds_bucket", "path") == ("/a", "/b")
    assert inventory.label_names("took_seconds_count") == {"path"}
    assert len(inventory.samples("took_seconds_bucket")) == 5
    assert inventory.samples("took_seconds") == ()
    assert inventory.declared("later_total")
    assert inventory.declared("slow_bucket")
    assert not inventory.declared("slow")
    assert not inventory.declared("later")


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("+Inf", math.inf), ("NaN", None), ("1_0", None), (" 1", None), ("", None)],
)
def test_bounds_are_numbers_as_prometheus_reads_them(text: str, value: float | None) -> None:
    assert number(text) == value


def test_one_family_of_two_services() -> None:
    pages = {"a": "# TYPE x_total counter\nx_total 1\n", "b": "x_total 2\n"}
    both = merged(exposed(pages).inventories)
    assert both.families["x_total"].kind == "untyped"
    assert both.label_values("x_total", "job") == ("a", "b")
    assert [s.service for s in both.sources] == ["a", "b"]


def test_exposed_labels_give_way_unless_they_are_honoured() -> None:
    target = {"service": "api", "job": "api"}
    mine = {"service": "mine", "x": "1"}
    assert stored(mine, TargetLabels(target)) == {
        "service": "api", "job": "api", "x": "1", "exported_service": "mine",
    }  # fmt: skip
    assert stored(mine, TargetLabels(target, honor=True)) == {
        "service": "mine", "job": "api", "x": "1",
    }  # fmt: skip
    twice = stored({"service": "a", "exported_service": "b"}, TargetLabels(target))
    assert (twice["exported_service"], twice["exported_exported_service"]) == ("b", "a")


def labels_of(text: str, service: str = "api", **declared: str) -> TargetLabels:
    return target_labels(service, "h:80", alerting(text).objects, declared)


def test_a_service_monitor_tells_the_labels() -> None:
    found = labels_of(MONITOR)
    assert found.values == {
        "job": "api", "namespace": "shop", "service": "api", "instance": "h:80", "pod": "api-0",
        "container": "api", "endpoint": "http",
    }  # fmt: skip
    assert (found.open, found.added) == ({"instance", "pod", "container"}, frozenset())
    assert not found.honor


def test_job_label_and_target_labels_come_from_the_service() -> None:
    text = MONITOR.replace(
        "selector:", "jobLabel: app\n      targetLabels: [team]\n      selector:"
    )
    text = text.replace("labels: {app: api}", "labels: {app: api, team: core}")
    text = text.replace("name: api, namespace: shop, labels", "name: web, namespace: shop, labels")
    found = labels_of(text, "web")
    assert (found.values["job"], found.values["service"]) == ("api", "web")
    assert found.values["team"] == "core"


def test_relabelling_leaves_labels_open() -> None:
    text = MONITOR.replace(
        "honorLabels: false",
        "relabelings: [{targetLabel: zone, replacement: a}, {targetLabel: job, replacement: x},"
        " {action: labeldrop, regex: pod}]",
    )
    found = labels_of(text)
    assert found.added == {"zone", "job"}
    assert "job" in found.open
    mapped = MONITOR.replace("honorLabels: false", "relabelings: [{action: labelmap, regex: (.+)}]")
    assert labels_of(mapped).added == {"*"}
    assert labels_of(mapped).open == labels_of(mapped).values.keys()


def test_a_pod_monitor_names_the_job_after_itself() -> None:
    found = labels_of(
        "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n"
        "metadata: {name: api, namespace: shop}\n"
        "spec: {selector: {}, podMetricsEndpoints: [{port: m}]}\n"
    )
    assert found.values["job"] == "shop/api"
    assert "service" not in found.values


def test_without_a_monitor_nothing_is_known_for_certain() -> None:
    found = target_labels("api", "h:80", (), {})
    assert found.values == {"job": "api", "instance": "h:80"}
    assert (found.open, found.added) == ({"job", "instance"}, {"*"})
    declared = target_labels("api", "h:80", (), {"job": "web", "team": "core"})
    assert declared.values == {"job": "web", "instance": "h:80", "team": "core"}
    assert (declared.open, declared.added) == ({"instance"}, frozenset())


@pytest.mark.parametrize(
    "spec", ["{}", "{endpoints: 5}", "{endpoints: [5, {relabelings: [5]}], jobLabel: 5}", "[]", "5"]
)
def test_monitors_that_make_no_sense(spec: str) -> None:
    found = labels_of(
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n"
        f"metadata: {{name: api}}\nspec: {spec}\n"
    )
    assert found.values["job"] == "api"
    assert {"job", "service", "namespace"} <= found.open
