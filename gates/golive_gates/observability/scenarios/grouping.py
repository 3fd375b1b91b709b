"""The series of a family by what they are about: routes, providers, one histogram each. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from golive_gates.observability.metrics.inventory import Family, Series
from golive_gates.observability.scenarios.actors import Labels

MOST = 12
"""Groups of one family at one target that are played; they cover each label's values first."""
MOST_PROBES = 2
"""Groups of them about routes that only probes ask."""
_PROBE = re.compile(
    r"/(?:.*/)?(?:health|healthz|healthcheck|live|livez|liveness|ready|readyz|readiness|startup|"
    r"startupz|metrics|ping|status|openapi\.json|docs|redoc|favicon\.ico)/?"
)
_TROUBLE = re.compile(
    r"fallback|retr(?:y|ies)|limit|panic|oom|kill|evict|restart|warn|alert|throttl|shed|stale|"
    r"saturat|overflow|unhealthy|down|dead|_miss(?:es)?_|violation",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Series that have all labels in common but those that tell them apart."""

    labels: Labels
    series: tuple[Series, ...]

    @property
    def probe(self) -> bool:
        """Whether it is about a route that probes ask, rather than users."""
        return any(_PROBE.fullmatch(value) for _, value in self.labels)

    def has(self, value: str) -> bool:
        """Whether any label has *value*."""
        return any(found == value for _, found in self.labels)

    def by(self, label: str) -> dict[str, Series]:
        """Its series by their *label*."""
        return {s.labels[label]: s for s in self.series if label in s.labels}


def grouped(family: Family, *apart: str) -> list[Group]:
    """Groups of *family* whose series differ in the labels *apart* only; a bounded number."""
    found: dict[Labels, list[Series]] = {}
    for one in family.series:
        found.setdefault(without(one.labels, *apart), []).append(one)
    groups = [Group(labels, tuple(series)) for labels, series in found.items()]
    users = covering([g for g in groups if not g.probe], MOST)
    return [*users, *covering([g for g in groups if g.probe], MOST_PROBES)]


def covering(groups: Sequence[Group], most: int) -> list[Group]:
    """At most *most* of *groups*, in their order: those with new label values come first."""
    if len(groups) <= most:
        return list(groups)
    seen: set[tuple[str, str]] = set()
    chosen: list[int] = []
    for number, group in enumerate(groups):
        if not seen.issuperset(group.labels):
            chosen.append(number)
            seen.update(group.labels)
    rest = (n for n in range(len(groups)) if n not in set(chosen))
    kept = sorted([*chosen, *rest][:most])
    return [groups[n] for n in kept]


def without(labels: Mapping[str, str], *names: str) -> Labels:
    """*labels* sorted, those called *names* left out."""
    return tuple(sorted((k, v) for k, v in labels.items() if k not in names))


def added(labels: Labels, name: str, value: str) -> Labels:
    """*labels* with one more."""
    return tuple(sorted((*labels, (name, value))))


def troubled(texts: Iterable[str]) -> bool:
    """Whether any of *texts*, names or label values, speaks of something that is not healthy."""
    return any(_TROUBLE.search(text) for text in texts)
