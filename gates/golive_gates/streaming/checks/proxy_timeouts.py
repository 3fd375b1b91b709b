"""``streaming.proxy-timeouts``: no proxy ends a stream because it is silent for a while.

What: the effective time-outs between two reads from and two writes to the upstream on every
streaming route, defaults included (60 s), against ``gates.streaming.read_timeout``. Why: they
are idle limits, and a model that thinks for longer than one of them loses its stream. Writing
ends with the request, so that a short time-out of it only warns. Remedy: state both on the
streaming route, for ingress-nginx as a bare number of seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golive.api import CheckResult, Finding, Observation, Status
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    not_shown,
    of_discarded,
    streaming_with,
)
from golive_gates.streaming.configured.parts import DEFAULT, Configured, Effective, Route
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-timeouts", required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Both idle time-outs must last as long as is asked for."""
    part = observation.require(Configured)
    limit = settings.read_timeout
    looked = [
        (name, route, effective)
        for name in ("read", "send")
        for route, effective in streaming_with(part, f"{name}-timeout")
    ]
    found = [f for name, route, e in looked for f in _findings(name, route, e, limit)]
    return judged(SPEC, observation, len(looked), found)


def _findings(name: str, route: Route, effective: Effective, limit: float) -> Iterator[Finding]:
    unclear = not_shown(route, effective)
    if unclear is not None and not effective.discarded:
        yield replace(unclear, status=Status.WARN) if name == "send" else unclear
        return
    if not isinstance(effective.value, float) or effective.value >= limit:
        return
    if effective.discarded:
        yield of_discarded(route, effective)
        return
    code = f"{name}-default" if effective.origin == DEFAULT else f"{name}-short"
    status = Status.WARN if name == "send" else None
    yield at(route, effective, code, status, seconds=effective.value, limit=limit)


CHECK = file_based(SPEC, judge)
