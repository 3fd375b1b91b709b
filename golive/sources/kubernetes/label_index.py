"""Lookup by namespace and label or name, so that asking costs what is found and not what is there.

A namespace that a file leaves open matches every other, on the side of the question and on the
side of what is held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from golive.sources.kubernetes.selectors import matches, selects

T = TypeVar("T")
Entry = tuple[T, Mapping[str, Any]]


class NameIndex(Generic[T]):
    """Items by namespace and a key, such as kind and name."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, object], list[T]] = defaultdict(list)
        self._anywhere: dict[object, list[T]] = defaultdict(list)

    def add(self, namespace: str, key: object, item: T) -> None:
        """Hold *item*; *key* is hashable."""
        self._exact[namespace, key].append(item)
        self._anywhere[key].append(item)

    def get(self, namespace: str, key: object) -> list[T]:
        """Items of that key: those of the very namespace first, then those that leave it open."""
        if not namespace:
            return list(self._anywhere.get(key, ()))
        return [*self._exact.get((namespace, key), ()), *self._exact.get(("", key), ())]

    def first(self, namespace: str, key: object) -> T | None:
        """The first of :meth:`get`, or ``None``; at the same cost for any number of items."""
        places = [self._exact.get((namespace, key)), self._exact.get(("", key))]
        if not namespace:
            places.append(self._anywhere.get(key))
        return next((held[0] for held in places if held), None)


class LabelIndex(Generic[T]):
    """Items by namespace and labels."""

    def __init__(self, items: Iterable[tuple[T, str, Mapping[str, Any]]]) -> None:
        self._in: dict[str, list[Entry[T]]] = defaultdict(list)
        self._labelled: dict[tuple[str, str, str], list[Entry[T]]] = defaultdict(list)
        self._all: list[Entry[T]] = []
        self._anywhere: dict[tuple[str, str], list[Entry[T]]] = defaultdict(list)
        for item, namespace, labels in items:
            entry = (item, labels)
            self._all.append(entry)
            self._in[namespace].append(entry)
            for key, value in labels.items():
                self._labelled[namespace, str(key), str(value)].append(entry)
                self._anywhere[str(key), str(value)].append(entry)

    def within(self, namespace: str) -> Iterator[T]:
        """Every item of *namespace*."""
        return (item for part in self._spaces(namespace) for item, _ in part)

    def matching(self, wanted: Mapping[str, Any], namespace: str) -> Iterator[T]:
        """Items that carry every label of *wanted*."""
        return (i for i, labels in self._near(wanted, namespace) if matches(wanted, labels))

    def selected(self, selector: object, namespace: str) -> Iterator[T]:
        """Items that a LabelSelector selects."""
        if not isinstance(selector, Mapping):
            return iter(())
        wanted = selector.get("matchLabels")
        near = self._near(wanted if isinstance(wanted, Mapping) else {}, namespace)
        return (item for item, labels in near if selects(selector, labels))

    def _spaces(self, namespace: str) -> tuple[list[Entry[T]], ...]:
        if not namespace:
            return (self._all,)
        return (self._in.get(namespace, []), self._in.get("", []))

    def _near(self, wanted: Mapping[str, Any], namespace: str) -> Iterator[Entry[T]]:
        """Entries with the rarest of the *wanted* labels: far fewer than all of them."""
        parts: tuple[list[Entry[T]], ...] = self._spaces(namespace)
        size = None
        for key, value in wanted.items():
            found = self._with(str(key), str(value), namespace)
            count = sum(map(len, found))
            if size is None or count < size:
                parts, size = found, count
        return (entry for part in parts for entry in part)

    def _with(self, key: str, value: str, namespace: str) -> tuple[list[Entry[T]], ...]:
        if not namespace:
            return (self._anywhere.get((key, value), []),)
        return (
            self._labelled.get((namespace, key, value), []),
            self._labelled.get(("", key, value), []),
        )
