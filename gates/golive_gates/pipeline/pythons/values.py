"""What an input of a step is for one combination of its job's matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive_gates.pipeline.model.expressions import Unknown, as_text, value_of
from golive_gates.pipeline.model.matrix import Combination
from golive_gates.pipeline.model.records import Place
from golive_gates.pipeline.neutralising.places import value_at
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.pythons.model import Stated, minor_of

_MATRIX = re.compile(r"\s*\$\{\{\s*matrix\.([\w-]+)\s*\}\}\s*")
_PLAIN = re.compile(r":\s*(\d+\.\d+)\s*(?:#.*)?$")
_ZERO = re.compile(r"\d+\.\d*0")


@dataclass(frozen=True, slots=True)
class Around:
    """``matrix``: one combination. ``contexts``: what expressions know with it."""

    repository: Repository
    matrix: Combination
    contexts: Mapping[str, Any]

    def stated(self, text: str, place: Place) -> list[Stated]:
        """The versions that *text* at *place* asks for, one a line."""
        if found := _MATRIX.fullmatch(text):
            value = self.matrix.get(found[1])
            if value is None:
                return [Stated(place, text=text, unknown=True)]
            if isinstance(value.value, float) and _ZERO.fullmatch(value.text):
                return [_unquoted(value.place, value.value, value.text)]
            if isinstance(value.value, str | int | float):
                return self._lines(as_text(value.value), value.place)
            return [Stated(place, text=text, unknown=True)]
        written = self._written(place)
        if written is not None and written != text:
            return [_unquoted(place, float(text), written)]
        return self._lines(text, place)

    def _lines(self, text: str, place: Place) -> list[Stated]:
        if "${{" in text:
            value = value_of(text, self.contexts)
            if isinstance(value, Unknown) or not isinstance(value, str | int | float):
                return [Stated(place, text=text.strip(), unknown=True)]
            text = as_text(value)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return [_said(line, place) for line in lines] or [Stated(place)]

    def _written(self, place: Place) -> str | None:
        """The number that is written without quotes at *place*; ``None`` for anything else."""
        here = value_at(place)
        if not isinstance(here, float):
            return None
        there = place.at()
        lines = (self.repository.text(self.repository.within(there.path)) or "").splitlines()
        if there.line is None or there.line > len(lines):
            return None
        found = _PLAIN.search(lines[there.line - 1])
        return found[1] if found and _ZERO.fullmatch(found[1]) else None


def _unquoted(place: Place, value: float, text: str) -> Stated:
    return Stated(place, minor_of(as_text(value)), as_text(value), unquoted=text)


def _said(text: str, place: Place) -> Stated:
    if text.lower().startswith("pypy") or text.lower().startswith("graalpy"):
        return Stated(place, "", text)  # Another interpreter than the one that is asked for.
    version = minor_of(text)
    return Stated(place, version, text, unknown=not version)
