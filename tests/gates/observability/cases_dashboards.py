"""One passing, failing and no-evidence observation for `observability.dashboard-metrics`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from golive.api import Observation, Reason, Unavailable
from golive_gates.observability.settings import Settings
from tests.gates.observability.exposing import exposed
from tests.gates.observability.panels import dashboard, panel
from tests.gates.observability.snippets import alerting

PAGE = """
    # TYPE http_requests_total counter
    http_requests_total{code="200"} 1
"""


def _case(expr: str) -> tuple[Observation, Settings]:
    files = alerting(dashboard(panel(expr)))
    part = exposed({"api": PAGE}, files=files)
    return Observation({"Alerting": files, "Exposed": part}), Settings()


def _nothing() -> tuple[Observation, Settings]:
    gap = Unavailable(Reason("no-exposition"), kind="absent")
    files = alerting(dashboard(panel("up")))
    return Observation({"Alerting": files, "Exposed": gap}), Settings()


CASES: dict[str, Any] = {
    "observability.dashboard-metrics": SimpleNamespace(
        passing=_case("http_requests_total"),
        failing=_case("http_request_total"),
        no_evidence=_nothing(),
    )
}
