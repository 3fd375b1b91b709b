"""``streaming.total-timeout``: no Gateway bounds the whole of a stream below its length.

What: ``timeouts.request`` and ``timeouts.backendRequest`` of the rules of HTTPRoutes that
streams take, against ``gates.streaming.longest_stream``. Why: they count from the first byte of
the request to the last of the answer, heartbeats or not; and what applies where none is stated
differs from implementation to implementation (15 s is one of the defaults). Remedy: state
``request: 0s``, which means no limit, or at least the longest stream.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import CheckResult, Finding, Observation, Status
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    streaming_with,
)
from golive_gates.streaming.configured.parts import Configured, Effective, Route
from golive_gates.streaming.settings import Settings

SPEC = file_check("total-timeout", required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A total time-out is absent by statement, or longer than the longest stream."""
    part = observation.require(Configured)
    looked = [
        pair for name in ("total-timeout", "backend-timeout") for pair in streaming_with(part, name)
    ]
    found = [f for route, e in looked for f in _findings(route, e, settings.longest_stream)]
    return judged(SPEC, observation, len(looked), found)


def _findings(route: Route, effective: Effective, longest: float) -> Iterator[Finding]:
    if effective.unknown:
        code = "unreadable" if effective.written else "unset"
        yield at(route, effective, code, Status.INCONCLUSIVE, limit=longest)
    elif isinstance(effective.value, float) and effective.value < longest:
        yield at(route, effective, "short", limit=longest)


CHECK = file_based(SPEC, judge)
