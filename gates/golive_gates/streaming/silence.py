"""What a silent stream shows: its silence, its heartbeats, its largest gap. Pure."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from golive_gates.streaming.parts import SilentStream

STILL_OPEN = 0.9
"""A silence of this share of what was asked for counts as it: services round."""
OWN_LIMITS = frozenset({"total-timeout", "read-timeout"})
"""What golive calls the end of its own patience."""
LEAST_BREAK = 1.0
"""A stream that breaks sooner than so many seconds after its last content was not silent."""


@dataclass(frozen=True, slots=True)
class Silence:
    """``length``: the longest time without content, up to the end of the stream if it broke.

    ``heartbeats``: arrivals of anything within it. ``longest_gap``: the longest time without
    any byte, from the request on. ``broke``: no terminal event came; ``broke_silent``: and the
    break ended the longest silence. Seconds.
    """

    length: float
    heartbeats: int
    longest_gap: float
    broke: bool
    broke_silent: bool


def silence_of(stream: SilentStream) -> Silence:
    """Read the moments of *stream*."""
    broke = bool(stream.failure)
    end = (stream.ended,) if broke else ()
    content = (0.0, *stream.content_at, *end)
    spans = [(b - a, a, b) for a, b in itertools.pairwise(content)]
    length, begin, until = max(spans, default=(0.0, 0.0, 0.0))
    inside = sum(begin < at < until for at in stream.bytes_at)
    moments = (0.0, *stream.bytes_at, *end)
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    # The service itself may end a stream with an error event; silence did not.
    told = stream.failure in ("stream-error", "too-large")
    silent = broke and not told and until == stream.ended and length >= LEAST_BREAK
    return Silence(length, inside, max(gaps, default=0.0), broke, silent)


def gave_up(stream: SilentStream, longest_gap: float) -> bool:
    """Whether golive's own time was over while bytes still came: nobody cut such a stream."""
    last = max(stream.bytes_at, default=0.0)
    return stream.failure in OWN_LIMITS and stream.ended - last < longest_gap


def was_refused(stream: SilentStream) -> bool:
    """Whether no stream began at all."""
    return stream.status is None or not 200 <= stream.status < 300
