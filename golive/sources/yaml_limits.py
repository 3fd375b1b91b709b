"""How much a YAML source may cost, and what is said when it costs more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from golive.model import Location


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one source. A file of 280 bytes can stand for megabytes, hence ``expanded``.

    ``size``: bytes of the source. ``depth``: nesting of lists and mappings. ``nodes``: values
    and keys. ``expanded``: nodes that aliases and merge keys repeat, over all documents.
    """

    size: int = 8 * 1024 * 1024
    depth: int = 64
    nodes: int = 1_000_000
    expanded: int = 10_000


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """One thing wrong with a source. ``document``: 0-based number in the stream."""

    location: Location
    message: str
    hint: str | None = None
    document: int = 0

    def __str__(self) -> str:
        """``path:line:column: message (hint)``."""
        tail = f" ({self.hint})" if self.hint else ""
        return f"{self.location}: {self.message}{tail}"


class YamlError(ValueError):
    """A source that cannot be used; ``problems`` holds all of them."""

    def __init__(self, problems: tuple[YamlProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class Stop(Exception):
    """The rest of this document cannot be read."""

    def __init__(self, line: int, column: int, message: str, hint: str | None = None) -> None:
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
        super().__init__(message)


class Budget:
    """What is left of the caps; one for all documents of a stream. ``nodes``: read so far."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.nodes = 0
        self._expanded = 0

    def too_many(self, line: int, column: int) -> NoReturn:
        """There are more nodes than allowed. Raises ``Stop``."""
        raise Stop(line, column, f"more than {self.limits.nodes:,} values and keys")

    def expand(self, size: int, line: int, column: int) -> None:
        """Account for *size* repeated nodes. Raises ``Stop``."""
        self._expanded += size
        if self._expanded > self.limits.expanded:
            raise Stop(
                line,
                column,
                f"aliases repeat more than {self.limits.expanded:,} values",
                "write the values out, or repeat less",
            )

    def depth(self, depth: int, line: int, column: int) -> None:
        """Check the nesting *depth*. Raises ``Stop``."""
        if depth > self.limits.depth:
            raise Stop(line, column, f"nested deeper than {self.limits.depth} levels")
