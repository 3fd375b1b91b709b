"""YAML holds any type anywhere: no judge of monitors or dashboards may crash over it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from golive.api import Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import CHECKS, EVIDENCE
from tests.gates.saying import said

OURS = ("monitor-targets", "scrape-interval", "monitor-selectors", "dashboards")
KEYS = (
    "any containerPort containers dashboard data datasource endpoints expr groups id interval "
    "jobLabel key labels list matchExpressions matchLabels matchNames metadata name namespace "
    "namespaceSelector operator panels path podMetricsEndpoints podMonitorSelector port "
    "portNumber ports query rows ruleSelector schemaVersion scrapeInterval scrapeTimeout selector "
    "serviceMonitorNamespaceSelector serviceMonitorSelector spec targetPort targets template "
    "templating title type uid values"
)
NAMES = st.sampled_from(KEYS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 99999)
    | st.floats()
    | st.sampled_from(["app", "http", "30s", "1m", "sum($x[5m])", "${DS}", "a?b", "prometheus"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
PARTS = st.dictionaries(NAMES, TREES, max_size=9)
MONITORING = "monitoring.coreos.com/v1"
TYPES = (
    ("v1", "Service"),
    ("v1", "Pod"),
    ("v1", "Namespace"),
    ("v1", "ConfigMap"),
    *((MONITORING, kind) for kind in (
        "ServiceMonitor", "PodMonitor", "Probe", "ScrapeConfig", "PrometheusRule", "Prometheus",
        "PrometheusAgent", "ThanosRuler",
    )),
)  # fmt: skip


@st.composite
def objects(draw: st.DrawFn) -> KubernetesObject:
    api, kind = draw(st.sampled_from(TYPES))
    data: dict[str, Any] = {"spec": draw(TREES), "data": draw(TREES), "metadata": draw(TREES)}
    return KubernetesObject(api, kind, draw(st.sampled_from(["", "app"])), "app", data, "a.yaml")


@st.composite
def dashboards(draw: st.DrawFn) -> PlainDocument:
    data = {**draw(PARTS), "panels": draw(st.lists(PARTS, max_size=4))}
    return PlainDocument(FileKind.DASHBOARD, data, "d.json")


@pytest.mark.parametrize("name", OURS)
def test_every_check_of_this_file_exists(name: str) -> None:
    assert name in CHECKS


@trying(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(objects(), max_size=6), st.lists(dashboards(), max_size=2))
def test_no_judge_crashes(held: list[KubernetesObject], drawn: list[PlainDocument]) -> None:
    part = Alerting((), tuple(drawn), tuple(held), (), (EVIDENCE,))
    for name in OURS:
        result = CHECKS[name].evaluate(Observation({"Alerting": part}), Settings())
        assert result.status.value != "error", (name, result.reason)
        said(result)
