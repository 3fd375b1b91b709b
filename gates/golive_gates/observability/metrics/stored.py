"""All series as one Prometheus stores them, with look-ups that many rules ask for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache

from golive.inspecting import Same
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.inventory import (
    Family,
    Inventory,
    Series,
    layouts_of,
)
from golive_gates.observability.metrics.matchers import Matcher, accepts
from golive_gates.observability.metrics.selecting import SYNTHETIC


class Rows:
    """The series of one name; each label's values are indexed when they are first asked for."""

    def __init__(self, series: Sequence[Series] = ()) -> None:
        self.series = tuple(series)
        self._columns: dict[str, Mapping[str, frozenset[int]]] = {}
        self._layouts: dict[tuple[Matcher, ...], tuple[tuple[float, ...], ...]] = {}

    @cached_property
    def labels(self) -> frozenset[str]:
        """Labels that any of the series has."""
        return frozenset(label for one in self.series for label in one.labels)

    def column(self, label: str) -> Mapping[str, frozenset[int]]:
        """Numbers of the series by their value of *label*; without it they count as empty."""
        found = self._columns.get(label)
        if found is None:
            numbers: dict[str, set[int]] = {}
            for number, one in enumerate(self.series):
                numbers.setdefault(one.labels.get(label, ""), set()).add(number)
            found = {value: frozenset(those) for value, those in sorted(numbers.items())}
            self._columns[label] = found
        return found

    def chosen(self, matchers: Collection[Matcher]) -> tuple[Series, ...]:
        """Series that all *matchers* accept; one that cannot be evaluated accepts all."""
        left = frozenset(range(len(self.series)))
        for matcher in matchers:
            column = self.column(matcher[0])
            left &= frozenset().union(*(column[value] for value in self.accepted(matcher)))
        return tuple(self.series[number] for number in sorted(left))

    def accepted(self, matcher: Matcher) -> tuple[str, ...]:
        """Values that *matcher* accepts, or may accept where it cannot be evaluated."""
        label, operator, value = matcher
        column = self.column(label)
        if operator == "=":
            return (value,) if value in column else ()
        return tuple(v for v in column if accepts(matcher, v) is not False)

    def layouts(self, matchers: tuple[Matcher, ...]) -> tuple[tuple[float, ...], ...]:
        """Sets of bucket bounds among what *matchers* choose; without a choice among all.

        What was not asked for yet will have the buckets of what was.
        """
        chosen = self.chosen(matchers)
        key = matchers if chosen else ()
        if key not in self._layouts:
            self._layouts[key] = layouts_of(chosen or self.series)
        return self._layouts[key]

    def initialised(self, label: str) -> bool:
        """Whether the service creates these series at its start, for all values of *label*.

        Told by a value that is there although nothing was ever counted under it.
        """
        column = self.column(label)
        return len(column) > 1 and any(
            all(not self.series[number].value for number in those) for those in column.values()
        )


class Stored:
    """Everything that was seen, series that Prometheus itself writes included."""

    def __init__(self, seen: Inventory) -> None:
        own = {
            name: Family(
                name,
                "gauge",
                tuple(Series(name, s.target_labels, 1.0) for s in seen.sources if s.target_labels),
            )
            for name in SYNTHETIC
        }
        self.inventory = Inventory({**own, **seen.families}, seen.sources)
        listed: dict[str, list[Series]] = {}
        for one in self.inventory.all_series():
            listed.setdefault(one.name, []).append(one)
        self._rows = {name: Rows(series) for name, series in listed.items()}

    @property
    def names(self) -> Collection[str]:
        """Every name that a selector can find."""
        return self._rows.keys()

    def rows(self, metric: str) -> Rows:
        """The series called *metric*; none where nothing exposes it."""
        return self._rows.get(metric, _NOTHING)

    @cached_property
    def added(self) -> frozenset[str]:
        """Labels that relabelling may add, ``*`` for any."""
        return frozenset(name for source in self.inventory.sources for name in source.added)


_NOTHING = Rows()


def stored_of(part: Exposed) -> Stored:
    """What *part* comes to; built once for all checks of a run."""
    return _stored(Same(part))


@lru_cache(maxsize=2)
def _stored(known: Same[Exposed]) -> Stored:
    return Stored(known.part.inventory)
