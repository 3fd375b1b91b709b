"""Metrics that only generation-service has."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from golive_demo.metrics import Route, ServiceMetrics
from golive_demo.providers import OUTCOMES
from golive_demo.service import HEALTH_ROUTES

SERVICE = "generation-service"
PROVIDER_NAMES = ("openai", "anthropic")
STREAM_OUTCOMES = ("completed", "aborted", "error")
ROUTES = (
    *HEALTH_ROUTES,
    Route("POST", "/api/v1/generate", (200, 400, 401, 408, 413, 422, 429, 500, 503)),
    Route("GET", "/api/v1/scripts", (200, 401, 422, 429, 500)),
)
FIRST_CONTENT_BUCKETS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


class GenerationMetrics(ServiceMetrics):
    """Adds the streams, the providers and the index.

    `buckets_end_s`: where the histogram of first contents ends; 0 for beyond its objective.
    """

    def __init__(self, buckets_end_s: float = 0.0) -> None:
        super().__init__(SERVICE, ROUTES)
        self.first_content = Histogram(
            "sse_first_content_seconds",
            "Time from request to the first content event.",
            buckets=tuple(
                b for b in FIRST_CONTENT_BUCKETS if not buckets_end_s or b <= buckets_end_s
            ),
            registry=self.registry,
        )
        self.streams = Counter(
            "sse_streams_total", "Ended streams.", ("outcome",), registry=self.registry
        )
        self.active = Gauge("sse_streams_active", "Open streams.", registry=self.registry)
        self._providers = Counter(
            "provider_requests_total",
            "Requests to a provider by how they ended.",
            ("provider", "outcome"),
            registry=self.registry,
        )
        self._fallbacks = Counter(
            "provider_fallback_total",
            "Times that a provider was given up for the next one.",
            ("from_provider", "to_provider"),
            registry=self.registry,
        )
        self.indexed = Counter(
            "scripts_indexed_total", "Scripts written to the index.", registry=self.registry
        )
        self.not_indexed = Counter(
            "scripts_index_dropped_total",
            "Scripts that a full queue kept out of the index.",
            registry=self.registry,
        )
        for stream_outcome in STREAM_OUTCOMES:
            self.streams.labels(stream_outcome)
        for provider in PROVIDER_NAMES:
            for outcome in OUTCOMES:
                self._providers.labels(provider, outcome)
        self._fallbacks.labels(*PROVIDER_NAMES)

    def provider_outcome(self, provider: str, outcome: str) -> None:
        """Count one request to a provider."""
        self._providers.labels(provider, outcome).inc()

    def fell_back(self, from_provider: str, to_provider: str) -> None:
        """Count one fallback."""
        self._fallbacks.labels(from_provider, to_provider).inc()
