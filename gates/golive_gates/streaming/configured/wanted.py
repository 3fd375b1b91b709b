"""Which paths stream, and which of several routes takes such a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

NAMES = frozenset({"generate", "stream", "streams", "events", "sse", "chat", "completions"})
"""Words of a path that stand for a stream where nobody has said which paths do."""
_WORD = re.compile(r"[a-z]+")

EXACT, PREFIX, STARTS, REGEX = "exact", "prefix", "starts", "regex"
"""How a route's path is meant: whole, by elements, by its first characters, as an expression."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A route's path and how it is meant; ``caseless`` for expressions alone."""

    path: str
    kind: str
    caseless: bool = False

    def matches(self, path: str) -> bool:
        """Whether a request for *path* takes this route, were it the only one."""
        if self.kind == EXACT:
            return path == self.path
        if self.kind == REGEX:
            found = compiled(self.path, self.caseless)
            return found is not None and found.search(path) is not None
        if self.kind == STARTS:
            return path.startswith(self.path)
        bare = self.path.rstrip("/")
        return path == bare or path.startswith(bare + "/")

    @property
    def weight(self) -> tuple[int, int]:
        """Which of two that match is taken: the larger."""
        return ({EXACT: 2, REGEX: 1}.get(self.kind, 0), len(self.path))


@cache
def compiled(expression: str, caseless: bool) -> re.Pattern[str] | None:
    """A location's expression, as far as Python's are PCRE; ``None`` where they are not."""
    try:
        return re.compile(expression, re.IGNORECASE if caseless else 0)
    except (re.error, OverflowError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paths that stream; with none, those that are called so (``NAMES``)."""

    paths: tuple[str, ...] = ()

    def taken(self, patterns: Sequence[Pattern]) -> frozenset[int]:
        """Indexes of *patterns*, the routes of one host, that a stream takes."""
        if not self.paths:
            return frozenset(i for i, p in enumerate(patterns) if sounds_streaming(p.path))
        found = set()
        for path in self.paths:
            fitting = [i for i, p in enumerate(patterns) if p.matches(path)]
            if fitting:
                found.add(max(fitting, key=lambda i: patterns[i].weight))
        return frozenset(found)


def sounds_streaming(path: str) -> bool:
    """Whether a word of *path* stands for a stream."""
    return not NAMES.isdisjoint(_WORD.findall(path.lower()))
