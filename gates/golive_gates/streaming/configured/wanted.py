"""Which paths stream, and which of several routes takes such a path. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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


Host = tuple[str, str]
"""What tells hosts of one name apart, such as an Ingress class, and the name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The paths that stream; with none, those that are called so (``NAMES``).

    ``host``: the one that they are asked for at, where that is known.
    """

    paths: tuple[str, ...] = ()
    host: str = ""

    def taken(self, hosts: Mapping[Host, Sequence[Pattern]]) -> Mapping[Host, frozenset[int]]:
        """For each of *hosts*, the indexes of those of its patterns that a stream takes."""
        if not self.paths:
            return {host: _called_so(patterns) for host, patterns in hosts.items()}
        found: dict[Host, set[int]] = {host: set() for host in hosts}
        for path in self.paths:
            best = {
                host: max(fitting, key=lambda i: patterns[i].weight)
                for host, patterns in hosts.items()
                if (fitting := [i for i, p in enumerate(patterns) if p.matches(path)])
            }
            for host in self.meant({h: hosts[h][i].path for h, i in best.items()}):
                found[host].add(best[host])
        return {host: frozenset(indexes) for host, indexes in found.items()}

    def meant(self, reached: Mapping[Host, str]) -> frozenset[Host]:
        """Whose route a stream takes, of those by host whose path is *reached* by it.

        Every host with a ``/`` takes every path. Where another one names the path, as the API's
        beside the site's, it is not the site's.
        """
        asked = frozenset(host for host in reached if self.host and host[1] == self.host)
        named = frozenset(host for host, path in reached.items() if path.strip("^/"))
        return asked or named or frozenset(reached)


def _called_so(patterns: Sequence[Pattern]) -> frozenset[int]:
    return frozenset(i for i, p in enumerate(patterns) if sounds_streaming(p.path))


def sounds_streaming(path: str) -> bool:
    """Whether a word of *path* stands for a stream."""
    return not NAMES.isdisjoint(_WORD.findall(path.lower()))
