"""What the live observer sees: targets, loaded rules and series of one Prometheus.

Times are Unix seconds on Prometheus' own clock, durations and ages seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.api import EvidenceRef

ANYTHING = "up"
"""What every Prometheus that scrapes has: the freshness of a release without rules."""


@dataclass(frozen=True, slots=True)
class LiveTarget:
    """One target that is scraped. ``health``: ``up``, ``down`` or ``unknown``.

    ``interval``, ``scraped``: ``None`` where Prometheus does not say, or never scraped it.
    """

    pool: str
    url: str
    labels: Mapping[str, str]
    health: str
    error: str = ""
    interval: float | None = None
    scraped: float | None = None

    @property
    def name(self) -> str:
        """Job and instance, as people look for it."""
        return f"{self.labels.get('job', self.pool)} {self.labels.get('instance', self.url)}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Something of the release that has to be scraped, and the targets that are it.

    ``kind``: a ``service`` of golive.yaml or a ``monitor`` among the files. ``promised``: the
    release itself names its targets so; else it may be scraped under another name.
    """

    kind: Literal["service", "monitor"]
    name: str
    targets: tuple[LiveTarget, ...] = ()
    promised: bool = True


@dataclass(frozen=True, slots=True)
class LiveRule:
    """One rule that Prometheus has loaded. ``health``: ``ok``, ``err`` or ``unknown``."""

    kind: Literal["alert", "record"]
    name: str
    group: str
    expr: str
    for_s: float = 0.0
    keep_firing_s: float = 0.0
    labels: Mapping[str, str] = field(default_factory=dict)
    health: str = "unknown"
    error: str = ""
    evaluated: float | None = None
    interval: float | None = None
    state: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A matcher that alone matches no series of its metric, and values that its label has."""

    label: str
    operator: str
    value: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What one selector returns now.

    ``age``: of its newest sample; ``None`` without a series, or with a ``problem``. ``missing``:
    whether then the whole ``metric`` is missing, or its ``matchers`` match nothing. ``declared``:
    of a missing metric, whether a target declares it, so that its series may yet come; ``None``
    where that is unknown. ``unmatched``: matchers that alone match nothing.
    """

    selector: str
    age: float | None = None
    problem: str = ""
    detail: str = ""
    missing: Literal["", "metric", "matchers"] = ""
    declared: bool | None = None
    unmatched: tuple[Unmatched, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """An answer that is missing, by what it was about."""

    about: Literal["targets", "rules", "metrics"]
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LivePrometheus:
    """One look at the Prometheus of the release.

    ``at``: its time; ``skew``: by how much our clock is ahead of it at least, negative when it
    is behind. ``asked``: the scrape interval that is asked for. ``longest``: the longest interval
    of all targets. ``rules``: those loaded ones that have the name of a rule of the files.
    """

    url: str
    at: float
    skew: float
    asked: float
    subjects: tuple[Subject, ...] = ()
    active: int = 0
    longest: float = 0.0
    rules: tuple[LiveRule, ...] = ()
    loaded: int = 0
    looks: tuple[Look, ...] = ()
    gaps: tuple[Gap, ...] = ()
    warnings: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()

    def gap(self, about: str) -> Gap | None:
        """Why what *about* names was not answered; ``None`` when it was."""
        return next((g for g in self.gaps if g.about == about), None)
