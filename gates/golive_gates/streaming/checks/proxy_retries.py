"""``streaming.proxy-retries``: no proxy sends a request for a stream twice.

What: whether a request that was sent and got no answer goes to another pod. nginx repeats what
is safe to repeat; a POST goes again only with ``non_idempotent`` (since nginx 1.9.13), and by a
Gateway with a ``retry`` of its own. Why: a second attempt generates, and pays, twice.
Remedy: no ``non_idempotent`` and no ``retry`` on the streaming route.
"""

from __future__ import annotations

from golive.api import CheckResult, Observation
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    not_shown,
    of_discarded,
    streaming_with,
)
from golive_gates.streaming.configured.parts import GATEWAY, Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-retries")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A sent request must not be sent again."""
    del settings
    part = observation.require(Configured)
    routes = list(streaming_with(part, "retries"))
    found = []
    for route, retries in routes:
        if retries.value is True:
            code = "gateway" if route.proxy == GATEWAY else "repeats"
            dropped = retries.discarded
            found.append(of_discarded(route, retries) if dropped else at(route, retries, code))
        elif unclear := not_shown(route, retries):
            found.append(unclear)
    return judged(SPEC, observation, len(routes), found)


CHECK = file_based(SPEC, judge)
