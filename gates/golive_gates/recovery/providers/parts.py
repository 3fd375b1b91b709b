"""What the fallback drill saw: plain frozen data, no verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import EvidenceRef

PRIMARY, SECONDARY = "primary", "secondary"
SPLICE, CUT, OTHER, EMPTY = "splice", "cut", "other", "empty"
ERROR, BROKEN, SILENT, UNREACHABLE = "error", "broken", "silent", "unreachable"
"""Outcomes: the whole answer of one provider; parts of both; the beginning of one; something
else; nothing under a 2xx; an error that was told; an end that says nothing; none in time; the
generator itself could not be reached."""

DEADLINE, LIMITED, LOST = "deadline", "limited", "primary-lost"


@dataclass(frozen=True, slots=True)
class Trial:
    """One request to the generator, and what it made of the fault.

    ``asked_*``: requests that reached each provider; ``struck``: the fault was met (a refused
    connection is taken to be). ``retries``: requests beyond the first to the provider that was
    asked most. ``told_*``: pieces that each provider told, or will although nobody listens;
    ``answer``: pieces that were delivered. ``first_content``, ``took``: seconds.
    """

    fault: str
    demand: str
    outcome: str
    status: int | None
    first_content: float | None
    took: float
    asked_primary: int = 0
    asked_secondary: int = 0
    struck: bool = True
    retries: int = 0
    told_primary: int = 0
    told_secondary: int = 0
    answer: int = 0
    left_open: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """How the primary came back after a fault: seconds and requests until its answer."""

    fault: str
    seconds: float | None
    requests: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Breaker:
    """A primary that stayed down. ``asked``: for each request, whether it was asked."""

    fault: str
    asked: tuple[bool, ...]
    back: Return | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One direction. ``planned``: faults that were to be tried; ``stopped``: why not all were.

    ``marked``: requests were told apart from other traffic by a mark in the prompt.
    """

    primary: str
    secondary: str
    service: str
    healthy: Trial | None = None
    planned: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()
    returns: tuple[Return, ...] = ()
    both_down: tuple[Trial, ...] = ()
    user_errors: tuple[Trial, ...] = ()
    breaker: Breaker | None = None
    marked: bool = False
    stopped: str = ""
    detail: str = ""

    @property
    def name(self) -> str:
        """``openai → anthropic``."""
        return f"{self.primary} → {self.secondary}"

    @property
    def swapped(self) -> bool:
        """With both healthy the answer was that of the provider that should come second."""
        return self.healthy is not None and self.healthy.outcome == SECONDARY

    @property
    def sound(self) -> bool:
        """With both healthy the answer was the primary's, so that its faults mean something."""
        return self.healthy is not None and self.healthy.outcome == PRIMARY


@dataclass(frozen=True, slots=True)
class Count:
    """Events that were as they must be, and that were not; ``None`` where a query has no series.

    ``trouble``: code of why Prometheus gave no answer, with ``detail``; empty where it did.
    """

    good: float | None = None
    bad: float | None = None
    trouble: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FallbackCounts:
    """What Prometheus at ``url`` counts of fallbacks, by the key of ``providers.counters``."""

    url: str
    counts: Mapping[str, Count] = field(default_factory=dict)
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Fallback:
    """The drill. ``threshold``: seconds to first content by the SLO.

    ``rolled_back``: the stub confirmed that no fault is left in it.
    """

    legs: tuple[Leg, ...]
    threshold: float | None
    rolled_back: bool
    evidence: tuple[EvidenceRef, ...] = ()
