"""``observability.scrape-interval``: every target is scraped as often as asked.

What: the interval of every endpoint of a monitor, or of the Prometheus object where it leaves it
open, against ``scrape_interval``; the time-out of a scrape against its interval. Why: a rate over
five minutes needs several samples, and Prometheus refuses a time-out above the interval.
Remedy: set `interval: 30s` at the endpoint, and `scrapeTimeout` below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.monitors import POD_MONITOR, SERVICE_MONITOR
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.observability.looking import judged
from golive_gates.observability.monitors.judging import about, blocked_by_schema
from golive_gates.observability.monitors.prometheuses import PROMETHEUSES
from golive_gates.observability.monitors.selecting import PROBE, SCRAPE_CONFIG, graph_of, points_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.settings import Settings

SPEC = CheckSpec(
    "observability.scrape-interval", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC
)
KINDS = (SERVICE_MONITOR, POD_MONITOR, PROBE, SCRAPE_CONFIG)
OPERATORS_OWN = 30.0
"""Seconds that prometheus-operator sets where a Prometheus object leaves ``scrapeInterval``."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each endpoint of each monitor."""
    graph = graph_of(observation.require(Alerting))
    default = _default(graph)
    found: list[Finding] = []
    looked = 0
    for monitor in graph.all(*KINDS):
        for path, point in points_of(monitor):
            looked += 1
            found += _endpoint(monitor, path, point, default, settings.scrape_interval)
    return blocked_by_schema(judged(SPEC, observation, looked, found))


def _default(graph: Graph) -> float | None:
    """Seconds between scrapes where a monitor leaves it open; ``None``: no file tells."""
    said = {
        seconds(p.get("spec", "scrapeInterval")) or OPERATORS_OWN for p in graph.all(*PROMETHEUSES)
    }
    return max(said) if said else None


def _endpoint(
    monitor: KubernetesObject,
    path: KeyPath,
    point: Mapping[str, Any],
    default: float | None,
    asked: float,
) -> Iterator[Finding]:
    key = "scrapeInterval" if monitor.type == SCRAPE_CONFIG else "interval"
    yield from _malformed(monitor, path, point, (key, "scrapeTimeout"))
    own = seconds(point.get(key))
    limit = seconds(point.get("scrapeTimeout"))
    interval = own or default
    if interval is None:
        if point.get(key) in (None, ""):
            yield about(monitor, path, "interval-open", Status.WARN, asked=asked)
        return
    if limit is not None and limit > interval:
        place = (*path, "scrapeTimeout")
        yield about(monitor, place, "above-interval", limit=limit, interval=interval)
    if interval > asked:
        place = (*path, key) if own else path
        yield about(monitor, place, "slower", Status.WARN, interval=interval, asked=asked)


def _malformed(
    monitor: KubernetesObject, path: KeyPath, point: Mapping[str, Any], keys: Iterable[str]
) -> Iterator[Finding]:
    """What is no duration of Prometheus, plain numbers included: the operator's schema has it."""
    for key in keys:
        value = point.get(key)
        if value in (None, "") or (isinstance(value, str) and seconds(value) is not None):
            continue
        status = Status.INCONCLUSIVE
        yield about(monitor, (*path, key), "no-duration", status, value=str(value)[:60])


CHECK = Check(SPEC, (Alerting,), judge)
