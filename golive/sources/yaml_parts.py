"""What a document is made of while it is read, and what it is then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where a part stands, 1-based, and how: ``text`` of a scalar, ``plain`` without quotes."""

    line: int
    column: int
    text: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """One document. ``places``: :class:`Place` of every part, or only lines, as asked for."""

    data: object
    places: list[Any]


class Anchored(NamedTuple):
    """What an alias repeats. ``places``: ``None`` when it is too large to be repeated."""

    data: object
    places: list[Any] | None
    text: str | None
    plain: bool


@dataclass(slots=True)
class Open:
    """A list or mapping whose end has not come; its own place is number ``start``.

    ``keyed``: ``key`` waits for its value. ``dropped``: number of the place from which key and
    value are taken out again, for a merge and for what cannot enter the mapping.
    """

    data: Any
    start: int
    line: int
    column: int
    anchor: str | None
    mapping: bool
    keyed: bool = False
    key: str = ""
    dropped: int | None = None
    merge: Merge | None = None


@dataclass(slots=True)
class Merge:
    """A ``<<`` with its value and the places of that, once they are read."""

    line: int
    column: int
    waits: bool = True
    value: object = None
    places: list[Any] = field(default_factory=list)
