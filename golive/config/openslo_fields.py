"""Reading one OpenSLO object field by field, so that every refusal has its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from golive.config.errors import Problem
from golive.config.suggestion import hint_for
from golive.model import Location
from golive.sources.yaml import Document, KeyPath


class Refused(Exception):
    """The object cannot be used."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of an OpenSLO document and where it stands."""

    document: Document
    path: KeyPath
    data: Mapping[str, object]

    @classmethod
    def top(cls, document: Document) -> Fields:
        """The whole of *document*. Raises ``Refused`` if it is no mapping."""
        if isinstance(document.data, dict):
            return cls(document, (), document.data)
        place = document.positions.at(())
        raise Refused(Problem(place, "an OpenSLO document is a mapping", "begin with apiVersion:"))

    def place(self, key: str | None = None) -> Location:
        """Place of the value of *key*, or of the mapping."""
        path = self.path if key is None else (*self.path, key)
        return self.document.positions.at(path)

    def refuse(self, message: str, hint: str | None = None, key: str | None = None) -> Refused:
        """The exception that says what is wrong with *key*."""
        return Refused(Problem(self.place(key), message, hint))

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that are not *known*: an unread field would be a silent loss."""
        allowed = tuple(known)
        for key in self.data:
            if key not in allowed:
                where = self.document.positions.at((*self.path, key), key=True)
                raise Refused(Problem(where, f"unknown key {key!r:.60}", hint_for(key, allowed)))

    def has(self, key: str) -> bool:
        """Whether *key* is there and not null."""
        return self.data.get(key) is not None

    def text(self, key: str) -> str:
        """Text under *key*, which is required and not empty."""
        value = self.data.get(key)
        if isinstance(value, str) and value.strip():
            return value
        msg = f"{key} has to be text"
        raise self.refuse(msg, None, key)

    def number(self, key: str) -> float:
        """Number under *key*, which is required."""
        value = self.data.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        msg = f"{key} has to be a number"
        raise self.refuse(msg, "without quotes or unit", key)

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false`` under *key*."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        msg = f"{key} has to be true or false"
        raise self.refuse(msg, None, key)

    def part(self, key: str) -> Fields:
        """Mapping under *key*, which is required."""
        value = self.data.get(key)
        if isinstance(value, dict):
            return Fields(self.document, (*self.path, key), value)
        missing = f"{key} is missing" if value is None else f"{key} has to be a mapping"
        raise self.refuse(missing, None, key)

    def parts(self, key: str) -> tuple[Fields, ...]:
        """List of mappings under *key*, which is required and not empty."""
        value = self.data.get(key)
        if not isinstance(value, list) or not value:
            msg = f"{key} has to be a list with at least one entry"
            raise self.refuse(msg, None, key)
        found = []
        for index, item in enumerate(value):
            path = (*self.path, key, index)
            if not isinstance(item, dict):
                place = self.document.positions.at(path)
                raise Refused(Problem(place, f"{key}[{index}] has to be a mapping"))
            found.append(Fields(self.document, path, item))
        return tuple(found)
