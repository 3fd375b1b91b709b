"""``streaming.proxy-buffering``: no proxy gathers a stream before it hands it on.

What: the effective value of response buffering on every streaming route, after annotation,
ConfigMap and the controller's own default, which is off with ingress-nginx and on with F5's
controller and plain nginx. Why: a buffering proxy holds events back until its buffer is full.
nginx turns buffering off for an answer with ``X-Accel-Buffering: no``; whether the service
sends that is seen on the wire alone, so buffering that could be turned off so stays undecided.
Remedy: state that buffering is off on the streaming route.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import CheckResult, Finding, Observation, Status
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    of_discarded,
    streaming_with,
)
from golive_gates.streaming.configured.parts import DEFAULT, Configured, Effective, Route
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-buffering")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Buffering must be off where a stream passes."""
    del settings
    part = observation.require(Configured)
    routes = list(streaming_with(part, "buffering"))
    return judged(SPEC, observation, len(routes), _findings(routes))


def _findings(routes: list[tuple[Route, Effective]]) -> Iterator[Finding]:
    for route, buffering in routes:
        if buffering.value is False:
            continue
        if buffering.discarded:
            yield of_discarded(route, buffering)
        elif buffering.value is None:
            yield at(route, buffering, "either-controller", Status.INCONCLUSIVE)
        elif not buffering.unknown:
            yield at(route, buffering, "buffers")
        elif buffering.origin == DEFAULT:
            yield at(route, buffering, "buffers-by-default", Status.INCONCLUSIVE)
        else:
            yield at(route, buffering, "buffers-unless-told", Status.INCONCLUSIVE)


CHECK = file_based(SPEC, judge)
