"""The reports' own sentences: ``messages.<lang>.toml`` beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from golive.texts import CatalogueError, catalogue


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one language, by dotted place.

    Parameters are inserted as they are: what comes from a record must have been escaped for
    the format at hand before it gets here.
    """

    lang: str
    tables: Mapping[str, Any]

    def say(self, place: str, /, **params: str) -> str:
        """The sentence at *place*. Raises ``CatalogueError`` when missing or unfit."""
        found = self.find(place)
        if found is None:
            msg = f"golive_reports: no {self.lang} sentence {place!r}"
            raise CatalogueError(msg)
        try:
            return found.format_map(params)
        except (KeyError, IndexError, ValueError) as error:
            msg = f"golive_reports: {place!r} does not fit: {error}"
            raise CatalogueError(msg) from error

    def find(self, place: str) -> str | None:
        """The raw sentence at *place*, or ``None``."""
        node: object = self.tables
        for key in place.split("."):
            if not isinstance(node, Mapping) or key not in node:
                return None
            node = node[key]
        return node if isinstance(node, str) else None


@cache
def words(lang: str) -> Words:
    """The catalogue of *lang*. Raises ``CatalogueError`` for a language without one."""
    return Words(lang, catalogue("golive_reports", lang).tables)
