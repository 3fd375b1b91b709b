"""``streaming.proxy-request-buffering``: no large request is gathered before it is passed on.

What: whether a streaming route gathers the request's body, as nginx does by default, and lets
that body be large. Why: the service begins only when the last byte of the request is there, so
that the first event waits for the whole upload; a prompt of some kilobytes costs nothing, and a
body without any limit fills the proxy's disk.
Remedy: limit the body to what a prompt needs, or turn request buffering off on the route.
"""

from __future__ import annotations

from golive.api import CheckResult, Observation, Severity, Status
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    streaming_with,
)
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-request-buffering", Severity.LOW)
LARGE = 8 * 1024.0**2
"""Bytes of a body that take a moment on a usual line."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A buffered request must have a limit, which should be small."""
    del settings
    part = observation.require(Configured)
    routes = list(streaming_with(part, "request-buffering"))
    found = []
    for route, buffering in routes:
        limit = route.settings.get("body-limit")
        if buffering.value is not True or limit is None or limit.unknown:
            continue
        if limit.value is None:
            found.append(at(route, limit, "unlimited"))
        elif isinstance(limit.value, float) and limit.value > LARGE:
            found.append(at(route, limit, "large", Status.WARN))
    return judged(SPEC, observation, len(routes), found)


CHECK = file_based(SPEC, judge)
