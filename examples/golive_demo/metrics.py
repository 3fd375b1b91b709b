"""Prometheus metrics that both services share, in a registry of each service's own.

Every label set that is known beforehand starts at zero: `increase()` cannot see the first
event of a series that appears with it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
)
from starlette.routing import compile_path

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Past the 2 s objective on purpose: a histogram whose buckets end at 1 s can never show a breach.
DURATION_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True)
class Route:
    """A route as it is labelled: method, path template and the answers it is known to give."""

    method: str
    path: str
    codes: tuple[int, ...]


class ServiceMetrics:
    """`http_*`, `auth_failures_total` and `rate_limited_total` of one service."""

    def __init__(self, service: str, routes: tuple[Route, ...]) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "http_requests_total",
            "Answered HTTP requests by route template.",
            ("service", "method", "path", "code"),
            registry=self.registry,
        )
        self.durations = Histogram(
            "http_request_duration_seconds",
            "Time from request to the end of the response, whole streams included.",
            ("service", "method", "path"),
            buckets=DURATION_BUCKETS,
            registry=self.registry,
        )
        self.auth_failures = Counter(
            "auth_failures_total",
            "API requests refused for want of the token.",
            ("service",),
            registry=self.registry,
        ).labels(service)
        self.rate_limited = Counter(
            "rate_limited_total",
            "API requests refused by the rate limit.",
            ("service",),
            registry=self.registry,
        ).labels(service)
        self._templates = [(compile_path(path)[0], path) for path in {r.path for r in routes}]
        for route in routes:
            self.durations.labels(service, route.method, route.path)
            for code in route.codes:
                self.requests.labels(service, route.method, route.path, str(code))

    def template(self, path: str) -> str:
        """The route template of a path; unknown paths share one label to bound the series."""
        for pattern, template in self._templates:
            if pattern.match(path):
                return template
        return "unmatched"

    def record(self, method: str, path: str, code: int, seconds: float) -> None:
        """Count one answered request."""
        template = self.template(path)
        # Any word is a valid HTTP method; only the known ones may become a label.
        label = method if method in {"GET", "POST", "DELETE", "HEAD", "OPTIONS"} else "OTHER"
        self.requests.labels(self.service, label, template, str(code)).inc()
        self.durations.labels(self.service, label, template).observe(seconds)


class MetricsMiddleware:
    """Pure ASGI and outermost, so that refusals by auth and rate limit are counted too."""

    def __init__(self, app: ASGIApp, metrics: ServiceMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        # The scrape itself is left out: it would drown the traffic of a quiet service.
        if scope["type"] != "http" or scope["path"] == "/metrics":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        code: int | None = None

        async def watched(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if code is not None:
                elapsed = time.perf_counter() - started
                self._metrics.record(scope["method"], scope["path"], code, elapsed)
