"""What the delivery drill sees: one synthetic alert on its way to a receiver and back.

Times are seconds since Alertmanager took the alert, or its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import EvidenceRef

DRILL_LABEL = "golive_drill"
"""Carries the drill's id, by which its alert is told from every other."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A notification that reached the local webhook. ``receiver``: in Alertmanager's words."""

    receiver: str
    after: float


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    ``problem``, ``detail``: why the alert could not be posted or followed, else "". ``accepted``:
    Alertmanager took the alert. ``listed``: it was seen among the alerts of the API, with
    ``receivers`` and ``state`` (``active``, ``suppressed``, ``unprocessed``). ``silenced_by``,
    ``inhibited_by``: what suppressed it. ``listened``: address of the local webhook, "" without
    one. ``attempts``: notifications that Alertmanager counted as failed meanwhile, by
    integration. ``ended``: Alertmanager took its end, so that nothing is left behind.
    """

    url: str
    labels: Mapping[str, str]
    within: float
    resolved_within: float
    accepted: bool = False
    problem: str = ""
    detail: str = ""
    listed: bool = False
    receivers: tuple[str, ...] = ()
    state: str = ""
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()
    listened: str = ""
    arrived: Arrival | None = None
    resolved: Arrival | None = None
    failed: Mapping[str, int] = field(default_factory=dict)
    ended: bool = False
    evidence: tuple[EvidenceRef, ...] = ()
