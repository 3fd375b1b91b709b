"""``streaming.proxy-compression``: no proxy compresses event streams.

What: whether gzip, brotli or zstd is on on a streaming route for types that include
``text/event-stream`` (or ``*``). nginx's own list and those of the controllers do not. Why: a
compressor gathers input until its block is full, so that events wait for one another.
Remedy: take the type out of the list, or turn compression off on the route.
"""

from __future__ import annotations

from golive.api import CheckResult, Observation, Severity
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    not_shown,
    streaming_with,
)
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-compression", Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No compressor may cover event streams."""
    del settings
    part = observation.require(Configured)
    routes = list(streaming_with(part, "compression"))
    wrong = [at(route, e, "compresses") for route, e in routes if e.value is True]
    unclear = [f for route, e in routes if e.value is not True and (f := not_shown(route, e))]
    return judged(SPEC, observation, len(routes), [*wrong, *unclear])


CHECK = file_based(SPEC, judge)
