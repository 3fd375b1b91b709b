"""What gate ``streaming`` sees: the parts that observers return and judges read.

Times are seconds. ``route``: ``front`` for the service's own URL, ``direct`` for its
``direct_url``. A time that never came is ``None``. Every part is plain frozen data that
survives ``golive.codec``, so a recorded run can be judged again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from golive.api import EvidenceRef

FRONT, DIRECT = "front", "direct"
LIMITED = "status-429"  # met the rate limit: never charged to the service
LOCAL = "local"  # trouble of this machine, neither


@dataclass(frozen=True, slots=True)
class StreamSeen:
    """One stream by itself; clocks run from its send.

    ``failure``: kind of failure, "" for a stream that ended with its terminal event.
    ``alone``: content events that had a read to themselves. ``moments``: when content arrived,
    one entry a read. ``matches``: whole content against the known answer.
    """

    route: str
    status: int | None
    failure: str = ""
    detail: str = ""
    first_content: float | None = None
    last_content: float | None = None
    ended: float | None = None
    content_events: int = 0
    alone: int = 0
    moments: tuple[float, ...] = ()
    matches: bool | None = None

    @property
    def complete(self) -> bool:
        """Whether it brought content and its terminal event."""
        return not self.failure and self.content_events > 0


@dataclass(frozen=True, slots=True)
class Wire:
    """Streams one at a time, through the front and directly in turn."""

    planned: int
    streams: tuple[StreamSeen, ...]
    has_direct: bool
    loop_lag_p99: float = 0.0
    stopped: str = ""
    evidence: tuple[EvidenceRef, ...] = ()

    def complete(self, route: str) -> tuple[StreamSeen, ...]:
        """The complete streams of one route."""
        return tuple(s for s in self.streams if s.route == route and s.complete)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one answer. ``headers``: those that matter to a stream, names in lower case.

    ``offered``: the request's ``Accept-Encoding``. ``finished``: the body was read to its end;
    ``reused``: a further request then went over the same connection, ``None``: not tried.
    """

    route: str
    offered: str
    status: int | None
    version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    failure: str = ""
    detail: str = ""
    finished: bool = False
    reused: bool | None = None

    def header(self, name: str) -> str | None:
        """All values of *name*, joined as RFC 9110, 5.3 says."""
        found = [value for key, value in self.headers if key == name]
        return ", ".join(found) if found else None


@dataclass(frozen=True, slots=True)
class Heads:
    """Answers of the stream route to a plain client and to one that offers compression."""

    plain: tuple[Head, ...]
    compressing: tuple[Head, ...]
    has_direct: bool
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SilentStream:
    """A stream with a silence inside; moments are sorted and run from its send.

    ``bytes_at``: when anything arrived, the terminal event included; ``content_at``: when
    content or the terminal event did.
    """

    status: int | None
    failure: str = ""
    detail: str = ""
    bytes_at: tuple[float, ...] = ()
    content_at: tuple[float, ...] = ()
    heartbeats: int = 0
    ended: float = 0.0


ANSWERED, CLOSED, RESET, UNANSWERED = "answered", "closed", "reset", "unanswered"


@dataclass(frozen=True, slots=True)
class KeptConnection:
    """A connection that was left idle after one answer and then used again.

    ``waited``: idle seconds until the second request left, or until it was ended.
    ``outcome``: one of the four words above, or "" when already the first request failed.
    ``announced``: seconds of ``Keep-Alive: timeout=``; ``close_notice``: ``Connection: close``.
    """

    wanted: float
    waited: float = 0.0
    outcome: str = ""
    first_status: int | None = None
    status: int | None = None
    announced: float | None = None
    close_notice: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Idle:
    """What silence does to a stream (``None``: no ``idle_body``) and to a connection."""

    connection: KeptConnection
    stream: SilentStream | None = None
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Resume:
    """A stream cut by golive after some events, and the request repeated with its last id.

    ``first_ids`` and ``second_ids``: the ids of content events, in order. ``joined``: both
    contents together against the known answer; ``second``: the later one alone.
    """

    cut_after: int
    last_id: str
    first_ids: tuple[str, ...]
    second_ids: tuple[str, ...]
    first_status: int | None
    second_status: int | None
    joined: bool | None = None
    second: bool | None = None
    first_failure: str = ""
    second_failure: str = ""
    detail: str = ""
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldStream:
    """One stream of many; clocks run from its scheduled send, ``scheduled`` from the start.

    ``outcome``: word of ``golive.probe.load.RequestOutcome``, "ok" for a whole stream.
    """

    scheduled: float
    outcome: str
    status: int | None = None
    detail: str = ""
    headers: float | None = None
    first_content: float | None = None
    last_content: float | None = None
    ended: float | None = None
    content_events: int = 0
    matches: bool | None = None
    retry_after: str | None = None

    @property
    def whole(self) -> bool:
        """Whether it ended as it should, whatever its content."""
        return self.outcome in ("ok", "wrong-content")


@dataclass(frozen=True, slots=True)
class Together:
    """Streams that were started within ``spread`` seconds. Lags are golive's own.

    ``problem``: why the engine did not bring the run to its end, or "".
    """

    count: int
    spread: float
    streams: tuple[HeldStream, ...]
    loop_lag_p99: float = 0.0
    slip_p99: float = 0.0
    problem: str = ""

    @property
    def own_lag(self) -> float:
        """The worse of golive's own lags, in seconds."""
        return max(self.loop_lag_p99, self.slip_p99)

    @property
    def moving(self) -> int:
        """The largest number of whole streams between first and last content at one moment."""
        return _most(
            (s.scheduled + s.first_content, s.scheduled + s.last_content)
            for s in self.streams
            if s.whole and s.first_content is not None and s.last_content is not None
        )

    @property
    def at_once(self) -> int:
        """The largest number that was open (answered 2xx and not ended) at one moment."""
        return _most(
            (s.scheduled + s.headers, s.scheduled + s.ended)
            for s in self.streams
            if s.headers is not None and s.ended is not None and (s.status or 0) // 100 == 2
        )


def _most(spans: Iterable[tuple[float, float]]) -> int:
    """How many of *spans* (begin, end) overlap at the fullest moment."""
    changes = [change for begin, end in spans for change in ((begin, 1), (end, -1))]
    most = now = 0
    # At equal times the end comes first, so that a relay is not counted as two.
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


@dataclass(frozen=True, slots=True)
class Held:
    """Stages of streams held at once. ``threshold``: the SLO's of first content, if any."""

    stages: tuple[Together, ...]
    planned: int
    threshold: float | None = None
    stopped: str = ""
    evidence: tuple[EvidenceRef, ...] = ()

    @property
    def largest(self) -> tuple[Together, ...]:
        """The stages with the most streams."""
        most = max((s.count for s in self.stages), default=0)
        return tuple(s for s in self.stages if s.count == most)


@dataclass(frozen=True, slots=True)
class Limit:
    """The declared limit of streams and ``extra`` more at once.

    ``rate_declared``: the target's rate limit is known. ``afterwards``: status of one stream
    asked for when all had ended, looked at only after 429s; ``None``: not asked, or no answer.
    """

    limit: int
    extra: int
    run: Together
    rate_declared: bool = False
    afterwards: int | None = None
    evidence: tuple[EvidenceRef, ...] = ()
