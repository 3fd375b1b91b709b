"""How often the series of a selector get a new sample: by the monitors, or by the recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.promql import Selector

ENDPOINTS = {
    "ServiceMonitor.monitoring.coreos.com": "endpoints",
    "PodMonitor.monitoring.coreos.com": "podMetricsEndpoints",
}


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two samples, of what is sampled most and least often."""

    shortest: float
    longest: float


@dataclass(frozen=True, slots=True)
class Paces:
    """``jobs``: by the label ``job``. ``recorded``: by the name of the series. ``usual``: else."""

    usual: Pace
    jobs: Mapping[str, Pace] = field(default_factory=dict)
    recorded: Mapping[str, Pace] = field(default_factory=dict)

    def of(self, selector: Selector) -> Pace:
        """That of what *selector* selects."""
        found = self.recorded.get(selector.metric)
        if found is not None:
            return found
        job = next((v for n, sign, v in selector.matchers if n == "job" and sign == "="), "")
        return self.jobs.get(job, self.usual)


def paces(objects: Iterable[KubernetesObject], rules: Iterable[Rule], default: float) -> Paces:
    """By the monitors among *objects* and the recording rules among *rules*.

    *default*: seconds, of whatever says no interval itself.
    """
    items = tuple(objects)
    jobs: dict[str, list[float]] = {}
    every: list[float] = []
    for item in items:
        if item.type not in ENDPOINTS:
            continue
        found = list(_intervals(item, default))
        every += found
        for job in _jobs(item, items):
            jobs.setdefault(job, []).extend(found)
    recorded: dict[str, list[float]] = {}
    for rule in rules:
        if rule.kind == "record":
            recorded.setdefault(rule.name, []).append(rule.interval_s or default)
    return Paces(
        _pace(every or [default]),
        {job: _pace(found) for job, found in jobs.items() if found},
        {name: _pace(found) for name, found in recorded.items()},
    )


def _pace(found: list[float]) -> Pace:
    return Pace(min(found), max(found))


def _intervals(monitor: KubernetesObject, default: float) -> Iterator[float]:
    for endpoint in monitor.sequence("spec", ENDPOINTS[monitor.type]):
        if isinstance(endpoint, Mapping):
            yield seconds(endpoint.get("interval")) or default


def _jobs(monitor: KubernetesObject, objects: Iterable[KubernetesObject]) -> Iterator[str]:
    """Values of the label ``job`` on what *monitor* scrapes: a label, or the Service's name."""
    label = monitor.get("spec", "jobLabel")
    wanted = monitor.mapping("spec", "selector", "matchLabels")
    if isinstance(label, str) and isinstance(wanted.get(label), str):
        yield wanted[label]
        return
    if monitor.kind == "PodMonitor":
        yield f"{monitor.namespace}/{monitor.name}"
        return
    for item in objects:
        if (
            item.type == "Service"
            and wanted
            and _within(wanted, item.mapping("metadata", "labels"))
        ):
            value = item.get("metadata", "labels", label) if isinstance(label, str) else None
            yield value if isinstance(value, str) else item.name


def _within(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    return all(labels.get(k) == v for k, v in wanted.items())
