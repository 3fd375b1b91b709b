"""A simulated past for Prometheus: 30 days of counters as OpenMetrics text, seeded and repeatable.

Nobody can wait a month for a demonstration. The facts file and the labels say plainly that the
past is simulated; the present is scraped from the running services.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

DAYS = 30
STEP_S = 240
_DAY_S = 86_400
_SEED = 20_250_601
_LOCAL_OFFSET_S = 9 * 3600  # the daily rhythm is that of Seoul
# Days before the end, length in steps: three short incidents, none in the last three days.
_PATCHES = ((26.3, 6), (17.8, 4), (9.1, 8))
_PATCH_SHARE = 0.4
_QUIET_DAYS = 3.0
_RECENT_HOURS = 6.0
_SPENT_RATIO = 0.001  # from here on the errors go on to the very end


@dataclass(frozen=True, slots=True)
class Flow:
    """The traffic of one route: answers a day by code, and its share of its service's errors."""

    service: str
    method: str
    path: str
    per_day: dict[int, float]
    error_share: float = 0.0
    steady: bool = False


_PROJECT = "project-service"
_GENERATION = "generation-service"
FLOWS = (
    Flow(_PROJECT, "POST", "/api/v1/projects", {201: 4000, 401: 6, 429: 4}, 0.6),
    Flow(_PROJECT, "GET", "/api/v1/projects", {200: 9000}, 0.4),
    Flow(_PROJECT, "GET", "/api/v1/projects/{projectId}", {200: 9000, 404: 12}),
    Flow(_PROJECT, "GET", "/readyz", {200: 8640}, steady=True),
    Flow(_GENERATION, "POST", "/api/v1/generate", {200: 18000, 401: 9, 429: 15}, 1.0),
    Flow(_GENERATION, "GET", "/readyz", {200: 8640}, steady=True),
)
_ABORTED_SHARE = 0.012


def write_openmetrics(
    target: Path, end: float, error_ratio: float, recent_error_ratio: float = 0.0
) -> int:
    """Write the history that ends at `end` (epoch seconds); return the number of samples.

    `error_ratio` is the share of 500s among all requests to /api of each service, and
    `recent_error_ratio` comes on top of it in the last hours.
    """
    times = _times(end)
    stamps = [str(t) for t in times]
    samples = 0
    with target.open("w", encoding="utf-8") as out:
        out.write("# TYPE http_requests counter\n")
        streams: list[int] = []
        for flow, code, counts in _request_series(times, error_ratio, recent_error_ratio):
            labels = (
                f'{_target(flow.service)},service="{flow.service}",method="{flow.method}",'
                f'path="{flow.path}",code="{code}"'
            )
            samples += _write(out, f"http_requests_total{{{labels}}}", counts, stamps)
            if flow.service == _GENERATION and code == 200 and not flow.steady:
                streams = counts
        out.write("# TYPE sse_streams counter\n")
        aborted = [int(n * _ABORTED_SHARE) for n in streams]
        ended = {
            "completed": [n - a for n, a in zip(streams, aborted, strict=True)],
            "aborted": aborted,
            "error": [0] * len(streams),
        }
        for outcome, counts in ended.items():
            labels = f'{_target(_GENERATION)},outcome="{outcome}"'
            samples += _write(out, f"sse_streams_total{{{labels}}}", counts, stamps)
        out.write("# TYPE up gauge\n")
        for service in (_PROJECT, _GENERATION):
            samples += _write(out, f"up{{{_target(service)}}}", [1] * len(times), stamps)
        out.write("# EOF\n")
    return samples


def _target(service: str) -> str:
    return f'job="{service}",instance="{service}-0"'


def _times(end: float) -> list[int]:
    last = int(end)
    steps = DAYS * _DAY_S // STEP_S
    return [last - (steps - n) * STEP_S for n in range(steps + 1)]


def _request_series(
    times: list[int], error_ratio: float, recent_error_ratio: float
) -> Iterator[tuple[Flow, int, list[int]]]:
    hours = [(t + _LOCAL_OFFSET_S) % _DAY_S / _DAY_S * math.tau for t in times]
    rhythm = [1 + 0.6 * math.sin(angle - 2) for angle in hours]
    level = [1.0] * len(times)
    errors = _error_weights(len(times), error_ratio)
    generator = random.Random(_SEED)  # noqa: S311 - repeatable noise, no secret
    for flow in FLOWS:
        shape = level if flow.steady else rhythm
        for code, per_day in flow.per_day.items():
            noisy = [w * generator.uniform(0.8, 1.2) for w in shape]
            yield flow, code, _cumulated(noisy, per_day * DAYS)
        if flow.error_share:
            total = error_ratio * flow.error_share * _api_requests(flow.service) * DAYS
            counts = _cumulated(errors, total)
            if recent_error_ratio:
                first = len(times) - int(_RECENT_HOURS * 3600 / STEP_S)
                recent = [w if n >= first else 0.0 for n, w in enumerate(rhythm)]
                requests = flow.error_share * _api_requests(flow.service) * STEP_S / _DAY_S
                added = _cumulated(recent, recent_error_ratio * requests * sum(recent))
                counts = [a + b for a, b in zip(counts, added, strict=True)]
            yield flow, 500, counts


def _api_requests(service: str) -> float:
    return sum(sum(f.per_day.values()) for f in FLOWS if f.service == service and not f.steady)


def _error_weights(steps: int, error_ratio: float) -> list[float]:
    """Where in time the errors fall; the sum is 1."""
    quiet = 0 if error_ratio >= _SPENT_RATIO else int(_QUIET_DAYS * _DAY_S / STEP_S)
    spread = (1 - _PATCH_SHARE) / (steps - quiet)
    weights = [spread if n < steps - quiet else 0.0 for n in range(steps)]
    in_patches = sum(length for _, length in _PATCHES)
    for days_before, length in _PATCHES:
        first = steps - int(days_before * _DAY_S / STEP_S)
        for n in range(first, first + length):
            weights[n] += _PATCH_SHARE / in_patches
    return weights


def _cumulated(weights: list[float], total: float) -> list[int]:
    """A counter that grows along the weights and ends at the rounded total."""
    scale = total / sum(weights)
    running, counts = 0.0, []
    for weight in weights:
        running += weight * scale
        counts.append(int(running + 0.5))
    return counts


def _write(out: TextIO, series: str, values: list[int], stamps: list[str]) -> int:
    lines = [f"{series} {value} {stamp}" for value, stamp in zip(values, stamps, strict=True)]
    lines.append("")
    out.write("\n".join(lines))
    return len(values)
