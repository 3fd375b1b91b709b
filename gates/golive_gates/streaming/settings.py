"""Settings of gate ``streaming`` (``gates.streaming`` in ``golive.yaml``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from golive.api import Duration, Ratio
from golive.config.model import Count


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stream has to withstand, how it is looked at, and which drills are allowed.

    ``idle_limit``: the shortest idle time-out on the way (60 s is nginx's default); no gap
    between two bytes may reach ``heartbeat``, by default half of it. ``idle_body``: a request
    body whose stream falls silent for ``idle_for``, by default long enough for two comments 15
    s apart. ``keepalive_idle``: how long an idle connection is said to be kept (75 s is nginx's
    default); one that is closed before ``keepalive_least``, even with notice, fails. ``held``:
    streams at once, by default the ``max_streams`` of the canary stages. ``alone``: share of
    content events that must not share a read. ``fairness``: Jain's index of the rates of
    streams held together; ``slowest``: the longest may take so many times the median.
    ``connection_limit``: streams at once that the target admits from one client. ``resume``:
    what a repeated request with ``Last-Event-ID`` gives. The commands are argument lists, run
    without a shell.
    """

    confidence: Ratio = 0.95
    wire_streams: Count = 5
    stream_rate: float = 2.0
    rate_limit_share: Ratio = 0.9
    alone: Ratio = 0.5
    front_delay: Duration = 0.5
    gap_factor: float = 3.0
    least_gap: Duration = 0.25
    idle_limit: Duration = 60.0
    heartbeat: Duration | None = None
    idle_body: Mapping[str, Any] | None = None
    idle_for: Duration = 35.0
    keepalive_idle: Duration = 75.0
    keepalive_least: Duration = 5.0
    held: tuple[Count, ...] = ()
    held_objective: Ratio = 0.95
    fairness: Ratio = 0.8
    slowest: float = 3.0
    connection_limit: Count | None = None
    over_limit: Count = 8
    over_limit_wait: Duration = 5.0
    resume: Literal["continue", "restart"] | None = None
    resume_after: Count = 5
    reload_command: tuple[str, ...] = ()
    drain_command: tuple[str, ...] = ()
    drill_streams: Count = 5
    drill_timeout: Duration = 30.0
    drain_within: Duration = 30.0
    stream_paths: tuple[str, ...] = ()
    read_timeout: Duration = 3600.0
    longest_stream: Duration = 300.0
    interval: Duration = 15.0
    concurrent_streams: Count | None = None

    def __post_init__(self) -> None:
        self._check_numbers()
        if self.heartbeat is not None and self.heartbeat >= self.idle_limit:
            raise ValueError("heartbeat must be below idle_limit")
        if self.connection_limit is not None and max(self.held, default=0) > self.connection_limit:
            raise ValueError("held must not exceed connection_limit")
        for name in ("reload_command", "drain_command"):
            if any(not word for word in getattr(self, name)):
                msg = f"{name} holds an empty word"
                raise ValueError(msg)

    def _check_numbers(self) -> None:
        if not 0.5 <= self.confidence < 1:
            raise ValueError("confidence must lie in 50 % to 100 % (100 % excluded)")
        for name in ("alone", "held_objective", "fairness", "rate_limit_share"):
            if not 0 < getattr(self, name) < 1:
                msg = f"{name} must lie between 0 and 100 %"
                raise ValueError(msg)
        for name, least in (("stream_rate", 0), ("gap_factor", 1), ("slowest", 1)):
            if not least < getattr(self, name) < math.inf:
                msg = f"{name} must be above {least}"
                raise ValueError(msg)
        most = {"wire_streams": 50, "drill_streams": 50, "connection_limit": 5_000}
        for name, limit in most.items():
            if (getattr(self, name) or 0) > limit:
                msg = f"{name} must be at most {limit}"
                raise ValueError(msg)
        if any(n > 5_000 for n in self.held):
            raise ValueError("held must be at most 5000")

    @property
    def longest_gap(self) -> float:
        """Seconds that may pass between two bytes of a stream."""
        return self.idle_limit / 2 if self.heartbeat is None else self.heartbeat
