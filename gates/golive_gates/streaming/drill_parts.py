"""What a drill of gate ``streaming`` saw: plain frozen data, as in ``parts``.

Moments are seconds from the start of the drill's command; before it they are negative.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef

CONNECTION_CLOSED, READINESS, NEW_STREAM = "connection-closed", "readiness", "new-stream"
"""Witnesses of a disturbance: a connection in use was closed, readiness failed, or a stream."""


@dataclass(frozen=True, slots=True)
class Command:
    """A drill's command as it went. ``status``: exit status, ``None``: stopped for its time."""

    words: tuple[str, ...]
    status: int | None
    seconds: float
    output: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DrillStream:
    """A stream of a drill. ``begun``: it had content and was under way when the command began."""

    failure: str = ""
    status: int | None = None
    detail: str = ""
    begun: bool = False
    ended: float = 0.0
    content_events: int = 0
    matches: bool | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill did to streams under way and to those after it.

    ``command``: ``None`` when it was not run, because too few streams were under way.
    ``back_after``: seconds from the command's end until a new stream was sent that was whole, as
    all after it were, and ``ready_after`` until readiness answered 2xx; ``None``: not within
    the time given. ``disturbed``: by when the target was seen to be disturbed, and ``witness``
    what showed it; ``None`` and "": by nothing.
    """

    command: Command | None
    running: tuple[DrillStream, ...]
    after: tuple[DrillStream, ...]
    back_after: float | None
    ready_after: float | None
    disturbed: float | None = None
    witness: str = ""
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Reload:
    """The drill of the front's reload."""

    drill: Drill


@dataclass(frozen=True, slots=True)
class Drain:
    """The drill of the service's termination."""

    drill: Drill
