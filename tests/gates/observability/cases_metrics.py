"""Cases of the checks that hold rules against what services expose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golive.api import Observation, Reason, Unavailable
from golive_gates.observability.metrics.exposed import Exposed, Exposure, Trouble
from golive_gates.observability.metrics.inventory import Source
from golive_gates.observability.settings import Settings
from tests.gates.observability.exposing import EVIDENCE, MONITOR, exposed
from tests.gates.observability.snippets import alert, alerting, rules

Case = tuple[Observation, object]

PAGE = """
    # TYPE http_requests_total counter
    http_requests_total{code="200"} 1
    # TYPE took_seconds histogram
    took_seconds_bucket{le="0.5"} 1
    took_seconds_bucket{le="2.0"} 1
    took_seconds_bucket{le="5.0"} NaN
    took_seconds_bucket{le="+Inf"} 1
"""


@dataclass(frozen=True)
class MetricsCase:
    """A rule that fits what is exposed, one that does not, and services that cannot be read."""

    good: str
    bad: str

    @property
    def passing(self) -> Case:
        return self._held(self.good)

    @property
    def failing(self) -> Case:
        return self._held(self.bad)

    @property
    def no_evidence(self) -> Case:
        files = alerting(rules(alert(self.good)), MONITOR)
        gap = Unavailable(Reason("no-exposition"), kind="absent")
        return Observation({"Alerting": files, "Exposed": gap}), Settings()

    def _held(self, expr: str) -> Case:
        files = alerting(rules(alert(expr)), MONITOR)
        part = exposed({"api": PAGE}, files=files)
        return Observation({"Alerting": files, "Exposed": part}), Settings()


@dataclass(frozen=True)
class ExpositionCase:
    """A page that could be read, one that is HTML, and none declared."""

    @property
    def passing(self) -> Case:
        return Observation({"Exposed": exposed({"api": "x 1\n"})}), Settings()

    @property
    def failing(self) -> Case:
        source = Source("api", "http://api/metrics", True)
        bad = Exposure(source, None, Trouble("metrics-html", "", "text/html"), charged=True)
        return Observation({"Exposed": Exposed((bad,), (), (EVIDENCE,))}), Settings()

    @property
    def no_evidence(self) -> Case:
        gap = Unavailable(Reason("no-exposition"), kind="absent")
        return Observation({"Exposed": gap}), Settings()


_QUANTILE = "histogram_quantile(0.95, sum by (le) (rate(took_seconds_bucket[5m])))"
CASES: Mapping[str, MetricsCase | ExpositionCase] = {
    "observability.exposition": ExpositionCase(),
    "observability.metrics-exist": MetricsCase(
        "rate(http_requests_total[5m]) > 1", "rate(http_request_total[5m]) > 1"
    ),
    "observability.label-matchers": MetricsCase(
        'rate(http_requests_total{code=~"5.."}[5m]) > 1',
        'rate(http_requests_total{code=~"5xx"}[5m]) > 1',
    ),
    "observability.bucket-ceiling": MetricsCase(f"{_QUANTILE} > 2", f"{_QUANTILE} > 5"),
}
