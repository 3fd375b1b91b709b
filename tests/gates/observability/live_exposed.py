"""What the two services of the demo expose, as far as its rules read it."""

from __future__ import annotations


def exposed(service: str, *, failed: int = 0) -> str:
    """The exposition of *service*: healthy but for *failed* answers of 500.

    Counters of failures are declared, and have no series before the first one.
    """
    who = f'service="{service}",path="/api/v1/projects"'
    lines = [
        "# TYPE http_requests_total counter",
        f'http_requests_total{{{who},code="200"}} 1000',
        *([f'http_requests_total{{{who},code="500"}} {failed}'] if failed else []),
        "# TYPE http_request_duration_seconds histogram",
        *_histogram("http_request_duration_seconds", who),
        "# TYPE auth_failures_total counter",
        "# TYPE rate_limited_total counter",
    ]
    if service == "generation-service":
        lines += [
            "# TYPE sse_first_content_seconds histogram",
            *_histogram("sse_first_content_seconds", 'service="generation-service"'),
            "# TYPE sse_streams_total counter",
            'sse_streams_total{outcome="completed"} 50',
            "# TYPE provider_requests_total counter",
            'provider_requests_total{provider="openai",outcome="ok"} 40',
            'provider_requests_total{provider="anthropic",outcome="ok"} 10',
            "# TYPE provider_fallback_total counter",
        ]
    return "\n".join(lines) + "\n"


def _histogram(name: str, labels: str) -> list[str]:
    return [
        f'{name}_bucket{{{labels},le="0.5"}} 900',
        f'{name}_bucket{{{labels},le="2.5"}} 1000',
        f'{name}_bucket{{{labels},le="+Inf"}} 1000',
        f"{name}_sum{{{labels}}} 200",
        f"{name}_count{{{labels}}} 1000",
    ]
