"""What goes on in the service: its traffic, its faults and its pace, one record a moment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from golive_gates.observability.scenarios.shapes import Spread, edge, quick, slow

STREAMS = 0.3
"""Share of the requests that generate, and so call a provider and stream."""
PROBES = 0.2
"""Health probes a second on each route that is one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long something takes: ``value`` seconds at ``quantile``, or quick below ``limit``."""

    kind: Literal["quick", "slow", "edge"] = "quick"
    value: float = 0.0
    quantile: float = 0.95
    limit: float = 2.0

    def spread(self, bounds: Sequence[float]) -> Spread:
        """The spread of the durations, in seconds; ``bounds`` of the histogram, too."""
        if self.kind == "slow":
            return slow(self.value, self.quantile)
        if self.kind == "edge":
            return edge(bounds, self.value, self.quantile)
        return quick(self.limit)


@dataclass(frozen=True, slots=True)
class World:
    """A moment. Rates are events a second of each target.

    ``traffic``: requests of users. ``errors``: share of them that end with 5xx; ``failures``:
    further 5xx, aborted streams and failed provider calls, each. ``unauthorised``, ``limited``:
    requests refused with 401 and 429. ``failing``: share of the calls by part of the provider's
    name. ``aborted``: share of the streams. ``down``: jobs that cannot be scraped, ``gone``: jobs
    that Prometheus does not know any more; ``None``: none, an empty set: all of
    them.
    """

    traffic: float = 10.0
    errors: float = 0.0
    failures: float = 0.0
    unauthorised: float = 1 / 300
    limited: float = 0.0
    failing: Mapping[str, float] = field(default_factory=dict)
    aborted: float = 0.01
    api: Pace = Pace()
    first: Pace = Pace()
    down: frozenset[str] | None = None
    gone: frozenset[str] | None = None

    def has(self, job: str) -> bool:
        """Whether Prometheus knows the target at all."""
        return self.gone is None or (bool(self.gone) and job not in self.gone)

    def up(self, job: str) -> bool:
        """Whether the target answers a scrape."""
        down = self.down is not None and (not self.down or job in self.down)
        return self.has(job) and not down


class What(StrEnum):
    """What a series counts."""

    OK = "ok"
    SERVER_ERROR = "server-error"
    UNAUTHORISED = "unauthorised"
    LIMITED = "limited"
    REFUSED = "refused"
    ANSWER = "answer"
    PROBE = "probe"
    CALL = "call"
    CALL_FAILED = "call-failed"
    STREAM = "stream"
    STREAM_FAILED = "stream-failed"
    GENERATED = "generated"
    STEADY = "steady"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Event:
    """What is counted, and which ``share`` of its kind at this target falls to the series.

    ``lead``: of its siblings the one that a single failure falls to. ``provider``: for calls.
    """

    what: What
    share: float = 1.0
    lead: bool = False
    provider: str = ""


def rate(event: Event, world: World) -> float:
    """Events a second in *world*."""
    single = world.failures if event.lead else 0.0
    generating = world.traffic * STREAMS
    failing = max((s for n, s in world.failing.items() if n in event.provider), default=0.0)
    refused = world.unauthorised + world.limited
    by_kind = {
        What.OK: world.traffic * (1 - world.errors),
        What.SERVER_ERROR: world.traffic * world.errors,
        What.UNAUTHORISED: world.unauthorised,
        What.LIMITED: world.limited,
        What.REFUSED: refused,
        What.ANSWER: world.traffic + refused,
        What.PROBE: PROBES,
        What.CALL: generating * (1 - failing),
        What.CALL_FAILED: generating * failing,
        What.STREAM: generating * (1 - world.aborted),
        What.STREAM_FAILED: generating * world.aborted,
        What.GENERATED: generating,
        What.STEADY: world.traffic / 10,
        What.FLAT: 0.0,
    }
    failed = event.what in (What.SERVER_ERROR, What.CALL_FAILED, What.STREAM_FAILED)
    return by_kind[event.what] * event.share + (single if failed else 0.0)
