"""What an expression is made of."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Range = tuple[int, int]
LAST = 0x10FFFF


class NotReadError(ValueError):
    """Not an expression of RE2, or one with a part that is not known here."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of *ranges* (or none of them); ``category``: of Unicode, instead."""

    ranges: tuple[Range, ...]
    negated: bool = False
    folded: bool = False
    category: str = ""

    def has(self, char: str) -> bool:
        """Whether *char* is one."""
        found = self._has(char)
        if not found and self.folded:
            found = any(self._has(c) for c in (char.lower(), char.upper()) if len(c) == 1)
        return found is not self.negated

    def _has(self, char: str) -> bool:
        if self.category:
            return unicodedata.category(char).startswith(self.category)
        code = ord(char)
        return any(low <= code <= high for low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class Either:
    """One character of any of several."""

    parts: tuple[Chars, ...]
    negated: bool = False

    def has(self, char: str) -> bool:
        """Whether *char* is one."""
        return any(part.has(char) for part in self.parts) is not self.negated


@dataclass(frozen=True, slots=True)
class At:
    """A place: begin or end of the text or a line, a word boundary or none."""

    kind: Literal["begin", "end", "line-begin", "line-end", "word", "no-word"]


@dataclass(frozen=True, slots=True)
class Joined:
    """One after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """*most*: ``None`` for any number."""

    part: Tree
    least: int
    most: int | None


Tree = Chars | Either | At | Joined | Choice | Repeat
