"""The combinations of a matrix, each value as it is written.

Rules as of "Run job variations" in GitHub's documentation: what ``exclude`` names is taken out
before ``include`` adds to the combinations that it contradicts in none of the original values, and
else makes one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from golive.inspecting import Same
from golive.sources.yaml import Dialect, Document, KeyPath, Positions, load_documents
from golive_gates.pipeline.model.expressions import Unknown as NotKnown
from golive_gates.pipeline.model.expressions import as_text, value_of
from golive_gates.pipeline.model.records import Job, Place
from golive_gates.pipeline.parts import Repository

MOST = 256
"""Combinations at most; GitHub starts no more."""
_TOO_MANY = f"more than {MOST} combinations"
_PLACES: tuple[KeyPath, ...] = (("strategy", "matrix"), ("parallel", "matrix"))


@dataclass(frozen=True, slots=True)
class MatrixValue:
    """One value. ``value``: what YAML makes of it: ``3.1`` of an unquoted ``3.10``.

    ``text``: as it is written, without quotes, where it is a scalar of the file; else ``value``
    as a text. ``plain``: without quotes, so that YAML decides what it is. ``place``: where.
    """

    value: Any
    text: str
    plain: bool
    place: Place


Combination = Mapping[str, MatrixValue]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A matrix that only the run knows. ``what``: the expression, or why it is not followed."""

    what: str
    place: Place


def expanded(job: Job, repository: Repository) -> tuple[Combination, ...] | Unknown:
    """Every combination that *job* runs for; one empty combination without a matrix."""
    if job.matrix is None:
        return ({},)
    place = next((p for p in (job.place.below(*w) for w in _PLACES) if _there(p)), job.place)
    reader = _Reader(_positions(Same(repository), place.source.path))
    try:
        if isinstance(job.matrix, list | tuple):
            return reader.parallel(job.matrix, place)
        return reader.matrix(job.matrix, place)
    except _NotKnown as unknown:
        return Unknown(unknown.what, unknown.place)


class _NotKnown(Exception):
    def __init__(self, what: object, place: Place) -> None:
        self.what = as_text(what) if isinstance(what, str | int | float | bool) else ""
        self.place = place
        super().__init__(self.what)


def _there(place: Place) -> bool:
    here: Any = place.source.data
    for part in place.path:
        if not isinstance(here, Mapping) or part not in here:
            return False
        here = here[part]
    return True


@lru_cache(maxsize=64)
def _positions(known: Same[Repository], shown: str) -> Positions | None:
    """How the scalars of a file are written; ``None`` when its text is not at hand."""
    text = known.part.text(known.part.within(shown))
    if text is None:
        return None
    gitlab = shown.rpartition("/")[2].startswith(".gitlab-ci")
    dialect = Dialect.GITLAB if gitlab else Dialect.CORE
    read = [d for d in load_documents(text, shown, dialect=dialect) if isinstance(d, Document)]
    return read[0].positions if len(read) == 1 else None


class _Reader:
    """Reads matrices of one file."""

    def __init__(self, positions: Positions | None) -> None:
        self._positions = positions

    def matrix(self, data: object, place: Place) -> tuple[Combination, ...]:
        """GitHub's: dimensions, ``include`` and ``exclude``."""
        data, folded = _known(data, place)
        if not isinstance(data, Mapping):
            raise _NotKnown(data, place)
        own = None if folded else place
        dimensions = {
            name: self._listed(value, own, place, str(name))
            for name, value in data.items()
            if name not in ("include", "exclude")
        }
        include = self._entries(data.get("include"), own, place, "include")
        exclude = self._entries(data.get("exclude"), own, place, "exclude")
        combinations = self._crossed(dimensions, place) if dimensions else []
        left = [c for c in combinations if not any(_covers(e, c) for e in exclude)]
        return tuple(_included(left, include, place))

    def parallel(self, data: Sequence[object], place: Place) -> tuple[Combination, ...]:
        """GitLab's: a list of mappings, each crossed for itself."""
        found: list[Combination] = []
        for index, entry in enumerate(data):
            here = place.below(index)
            if not isinstance(entry, Mapping):
                raise _NotKnown(entry, here)
            found += self._crossed(
                {str(n): self._listed(v, here, here, str(n)) for n, v in entry.items()}, here
            )
            if len(found) > MOST:
                raise _NotKnown(_TOO_MANY, place)
        return tuple(found)

    def _crossed(
        self, dimensions: Mapping[str, list[MatrixValue]], place: Place
    ) -> list[Combination]:
        count = 1
        for values in dimensions.values():
            count *= len(values)
            if count > MOST:
                raise _NotKnown(_TOO_MANY, place)
        return [dict(zip(dimensions, c, strict=True)) for c in product(*dimensions.values())]

    def _listed(
        self, value: object, own: Place | None, place: Place, name: str
    ) -> list[MatrixValue]:
        here = place.below(name)
        known, folded = _known(value, here)
        if isinstance(known, str | int | float | bool) and not folded:
            return [self._value(known, None if own is None else here, here)]
        if not isinstance(known, list | tuple):
            raise _NotKnown(value, here)
        written = None if folded or own is None else here
        return [
            self._value(v, None if written is None else here.below(i), here)
            for i, v in enumerate(known)
        ]

    def _entries(
        self, value: object, own: Place | None, place: Place, name: str
    ) -> list[Combination]:
        if value is None:
            return []
        here = place.below(name)
        known, folded = _known(value, here)
        if not isinstance(known, list | tuple) or not all(isinstance(e, Mapping) for e in known):
            raise _NotKnown(value, here)
        written = not folded and own is not None
        return [
            {
                str(n): self._value(v, here.below(i, str(n)) if written else None, here)
                for n, v in entry.items()
            }
            for i, entry in enumerate(known)
        ]

    def _value(self, value: object, written: Place | None, near: Place) -> MatrixValue:
        if isinstance(value, str) and "${{" in value:
            folded = value_of(value)
            if isinstance(folded, NotKnown):
                raise _NotKnown(value, written or near)
            return MatrixValue(folded, as_text(folded), False, written or near)
        scalar = None
        if self._positions is not None and written is not None:
            scalar = self._positions.scalar(written.path)
        if scalar is not None:
            return MatrixValue(value, scalar.text, scalar.plain, written or near)
        said = as_text(value) if isinstance(value, str | int | float) else ""
        return MatrixValue(value, said, False, written or near)


def _known(value: object, place: Place) -> tuple[Any, bool]:
    """*value*, or what its expression is, and whether it is one. Raises ``_NotKnown``."""
    if not isinstance(value, str) or "${{" not in value:
        return value, False
    folded = value_of(value)
    if isinstance(folded, NotKnown):
        raise _NotKnown(value, place)
    return folded, True


def _covers(entry: Combination, combination: Combination) -> bool:
    """Whether all that *entry* says is so in *combination*."""
    return bool(entry) and all(
        n in combination and _same(v, combination[n]) for n, v in entry.items()
    )


def _same(one: MatrixValue, other: MatrixValue) -> bool:
    simple = (str, int, float, bool)
    if isinstance(one.value, simple) and isinstance(other.value, simple):
        return as_text(one.value).lower() == as_text(other.value).lower()
    return bool(one.value == other.value)


def _included(
    combinations: Sequence[Combination], include: Sequence[Combination], place: Place
) -> list[Combination]:
    found = [dict(c) for c in combinations]
    added: list[Combination] = []
    for entry in include:
        fits = [
            n
            for n, original in enumerate(combinations)
            if all(name not in original or _same(v, original[name]) for name, v in entry.items())
        ]
        for n in fits:
            found[n].update((k, v) for k, v in entry.items() if k not in combinations[n])
        if not fits:
            added.append(entry)
        if len(found) + len(added) > MOST:
            raise _NotKnown(_TOO_MANY, place)
    return [*found, *added]
