"""The dashboard that golive writes, and the metrics of dashboards."""

from __future__ import annotations

import json

import pytest

from golive.api import CheckResult, Observation, Reason, Unavailable
from golive_gates.observability.burn.slis import Sli, sli_of
from golive_gates.observability.dashboards.writing import dashboard as written
from golive_gates.observability.metrics.roles import roles_of
from golive_gates.observability.settings import Settings
from tests.gates.observability.burning import EVERY_KIND, ROLES
from tests.gates.observability.exposing import exposed
from tests.gates.observability.panels import dashboard, panel
from tests.gates.observability.snippets import CHECKS, alerting, judged, rules
from tests.gates.saying import codes, said

PAGE = """
    # TYPE http_requests_total counter
    http_requests_total{code="200"} 1
    # TYPE sse_first_content_seconds histogram
    sse_first_content_seconds_bucket{le="2.0"} 1
    sse_first_content_seconds_bucket{le="+Inf"} 1
    sse_first_content_seconds_sum 1
    sse_first_content_seconds_count 1
    # TYPE sse_streams_total counter
    sse_streams_total{outcome="ok"} 1
    # TYPE llm_requests_total counter
    llm_requests_total{provider="openai",outcome="ok"} 1
"""


def document() -> dict[str, object]:
    slis = [sli_of(one, None, ROLES) for one in EVERY_KIND]
    part = exposed({"api": PAGE}, files=alerting())
    made = written("S", [s for s in slis if isinstance(s, Sli)], roles_of(part.inventory, {}))
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def test_it_passes_the_check() -> None:
    result = judged("dashboards", json.dumps(document()))
    assert result.status.value == "pass", result.findings


def test_what_it_shows() -> None:
    panels = document()["panels"]
    assert isinstance(panels, list)
    titles = [p["title"] for p in panels]
    assert {"SLI over 30d", "Error budget left of 30d", "Burn rate"} <= set(titles)
    assert {"First content, p95", "Requests", "Calls of providers", "Streams"} <= set(titles)
    assert [t for t in titles if t.startswith("SLO ")] == [f"SLO {s.id}" for s in EVERY_KIND]
    assert len({p["id"] for p in panels}) == len(panels)
    cells = [
        (x, y)
        for p in panels
        for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
        for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells), "panels lie over each other"
    assert max(x for x, _ in cells) < 24


def metrics(*exprs: str, page: str = PAGE, records: str = "") -> CheckResult:
    recorded = rules(records) if records else rules()
    files = alerting(dashboard(panel(*exprs)), recorded)
    part = exposed({"api": page}, files=files)
    seen = Observation({"Alerting": files, "Exposed": part})
    result = CHECKS["dashboard-metrics"].evaluate(seen, Settings())
    said(result)
    return result


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("rate(http_requests_total[5m])", ("pass", [])),
        ("rate(http_request_total[5m])", ("fail", ["renamed"])),
        ("sse_nothing_of_the_kind_at_all", ("fail", ["nowhere"])),
        ("node_load1 + container_memory_rss", ("pass", [])),
        ("up", ("pass", [])),
        ("job:x:rate5m", ("pass", [])),
        ("job:y:rate5m", ("fail", ["renamed"])),
        ("$metric", ("pass", [])),
    ],
)
def test_metrics_of_a_query(expr: str, expected: tuple[str, list[str]]) -> None:
    result = metrics("up", expr, records="record: job:x:rate5m\nexpr: sum(up)")
    assert (result.status.value, codes(result)) == expected


def test_without_a_dashboard_or_without_metrics() -> None:
    check = CHECKS["dashboard-metrics"]
    gap = Unavailable(Reason("no-exposition"), kind="absent")
    held = alerting(dashboard(panel("up")))
    undecided = check.evaluate(Observation({"Alerting": held, "Exposed": gap}), Settings())
    assert (undecided.status.value, undecided.blocked_by) == (
        "inconclusive",
        "observability.exposition",
    )
