"""What the loader says when a configuration cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from golive.model import Location


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, where, and how it is put right (``hint``)."""

    location: Location
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        """``golive.yaml:12:5: message (hint)``."""
        tail = f" ({self.hint})" if self.hint else ""
        return f"{self.location}: {self.message}{tail}"


class ConfigError(Exception):
    """The configuration cannot be used. ``problems``: all of them, by place.

    The text has one problem a line and never holds the value of a secret.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(
                dict.fromkeys(problems),
                key=lambda p: (p.location.path, p.location.line or 0, p.location.column or 0),
            )
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))
