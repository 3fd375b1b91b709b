"""What amtool said of the same files: the part, as its judge reads it."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef

KEPT = 600
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call came to.

    ``status``: its exit status; ``None`` with a ``problem``: ``not-started``, ``too-slow`` or
    ``too-much``.
    """

    status: int | None
    said: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """``amtool check-config`` of the configuration that findings call ``config``."""

    config: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Routed:
    """``amtool config routes test`` with ``labels``; it says the receivers, by comma."""

    config: str
    labels: tuple[tuple[str, str], ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Amtool:
    """Everything that amtool was asked. ``left_out``: questions that were too many."""

    version: str
    checked: tuple[Checked, ...] = ()
    routed: tuple[Routed, ...] = ()
    left_out: int = 0
    evidence: tuple[EvidenceRef, ...] = ()


def shown(text: str) -> str:
    """*text* as answers keep it: its end, on one line."""
    return " ".join(text.split())[-KEPT:]
