"""What a target exposes, as Prometheus would store it: families, series, target labels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["counter", "gauge", "histogram", "summary", "untyped"]


@dataclass(frozen=True, slots=True)
class Series:
    """One sample of an exposition. ``name``: as stored, ``_bucket`` and the like included.

    ``labels``: target labels included, ``__name__`` not. ``value``: ``None`` stands for NaN.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    value: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its series.

    ``name``: of a counter as it is stored (``http_requests_total``, in OpenMetrics too), of a
    histogram or summary without suffix.
    """

    name: str
    kind: Kind
    series: tuple[Series, ...] = ()
    help: str = ""

    @property
    def labels(self) -> frozenset[str]:
        """Names of all labels that a series of the family has, ``le`` and ``quantile`` left out."""
        names = {label for one in self.series for label in one.labels}
        return frozenset(names - {"le", "quantile"})

    def values(self, label: str) -> tuple[str, ...]:
        """Values of *label*, sorted."""
        return tuple(sorted({s.labels[label] for s in self.series if label in s.labels}))


@dataclass(frozen=True, slots=True)
class Source:
    """One scrape: of which service, from where, with which labels Prometheus adds to it.

    ``where``: URL or path. ``live``: whether it was asked for, rather than read from a file.
    ``target_labels``: what ``up`` of this target carries. ``open``: those of them whose value
    only the running Prometheus knows (an address, a pod's name); here stands an example.
    ``added``: labels that relabelling may set beside those, ``*`` for any: where no file says how
    the target is scraped, it is that.
    """

    service: str
    where: str
    live: bool
    target_labels: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one service, or several together, expose."""

    families: Mapping[str, Family] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def samples(self, metric: str) -> tuple[Series, ...]:
        """Series that the plain selector *metric* returns, such as ``x_bucket``."""
        family = self.family_of(metric)
        return () if family is None else tuple(s for s in family.series if s.name == metric)

    def family_of(self, metric: str) -> Family | None:
        """The family that a series called *metric* belongs to."""
        for name in candidates(metric):
            found = self.families.get(name)
            if found is not None and any(s.name == metric for s in found.series):
                return found
        return None

    def declared(self, metric: str) -> bool:
        """Whether series called *metric* may appear: there are some, or its TYPE is exposed."""
        if self.family_of(metric) is not None:
            return True
        for name in candidates(metric):
            found = self.families.get(name)
            if found is not None and not found.series:
                suffixes = SUFFIXES.get(found.kind, ("",))
                return metric.removeprefix(name) in suffixes
        return False

    def label_names(self, metric: str) -> frozenset[str]:
        """Labels that any series called *metric* has."""
        return frozenset(label for one in self.samples(metric) for label in one.labels)

    def label_values(self, metric: str, label: str) -> tuple[str, ...]:
        """Values of *label* among the series called *metric*, sorted."""
        found = {s.labels[label] for s in self.samples(metric) if label in s.labels}
        return tuple(sorted(found))

    def bounds(self, histogram: str) -> tuple[float, ...]:
        """Upper bounds of the buckets of *histogram* (its family), sorted, ``inf`` included.

        Of several layouts the union; :meth:`layouts` keeps them apart.
        """
        return tuple(sorted({bound for layout in self.layouts(histogram) for bound in layout}))

    def layouts(self, histogram: str) -> tuple[tuple[float, ...], ...]:
        """The different sets of bucket bounds that series of *histogram* have."""
        return layouts_of(self.samples(f"{histogram}_bucket"))

    def names(self) -> frozenset[str]:
        """Every name that a selector can find, ``_bucket``, ``_sum`` and ``_count`` included."""
        return frozenset(s.name for family in self.families.values() for s in family.series)

    def all_series(self) -> Iterator[Series]:
        """Every series of every family."""
        for family in self.families.values():
            yield from family.series


SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("", "_sum", "_count"),
}
"""What the names of a family's series end with, beside plain."""


def candidates(metric: str) -> Iterator[str]:
    """Names of the families that a series called *metric* may belong to, the likeliest first."""
    yield metric
    for suffix in ("_bucket", "_sum", "_count", "_total"):
        if metric.endswith(suffix):
            yield metric.removesuffix(suffix)


def number(text: str) -> float | None:
    """A bucket's bound or quantile as a number; ``None`` for what is none, NaN included."""
    try:
        value = float(text)
    except ValueError:
        return None
    # Python reads "1_0" and " 1 " as numbers; Prometheus does not.
    return None if math.isnan(value) or "_" in text or text != text.strip() else value


def layouts_of(buckets: Iterable[Series]) -> tuple[tuple[float, ...], ...]:
    """The different sets of bounds in *buckets*, each sorted, ``inf`` included."""
    by_series: dict[tuple[tuple[str, str], ...], set[float]] = {}
    for one in buckets:
        bound = number(one.labels.get("le", ""))
        if bound is not None:
            rest = tuple(sorted((k, v) for k, v in one.labels.items() if k != "le"))
            by_series.setdefault(rest, set()).add(bound)
    return tuple(sorted({tuple(sorted(found)) for found in by_series.values()}))


def merged(inventories: Iterable[Inventory]) -> Inventory:
    """All of *inventories* as one Prometheus sees them.

    A family that two services expose as different kinds becomes ``untyped``.
    """
    families: dict[str, Family] = {}
    sources: list[Source] = []
    for inventory in inventories:
        sources.extend(inventory.sources)
        for name, family in inventory.families.items():
            known = families.get(name)
            if known is None:
                families[name] = family
                continue
            kind: Kind = known.kind if known.kind == family.kind else "untyped"
            both = (*known.series, *family.series)
            families[name] = Family(name, kind, both, known.help or family.help)
    return Inventory(families, tuple(sources))
