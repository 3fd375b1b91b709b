"""``streaming.heartbeat-margin``: the service breaks its silence before any proxy gives up.

What: the heartbeat interval against the shortest idle limit of every proxy on the route, as its
files have it. The interval is taken from the service's environment (a variable such as
``SSE_HEARTBEAT_SECONDS``), else from ``gates.streaming.interval``. At or above the limit it
fails; above half of it, where one lost or late heartbeat is enough, it warns.
Why: a model that thinks sends nothing, and a proxy ends a connection that is idle.
Remedy: send a comment every 15 s (sse-starlette's default), and keep read time-outs well above.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from golive.api import (
    CheckResult,
    Fact,
    Finding,
    Observation,
    Status,
)
from golive_gates.streaming.configured.environment import Variable
from golive_gates.streaming.configured.lifecycle import (
    Params,
    at_object,
    judged,
    seconds,
    ways_in,
)
from golive_gates.streaming.configured.looking import at, file_based, file_check, streaming_with
from golive_gates.streaming.configured.parts import Effective, Route
from golive_gates.streaming.configured.units import nginx_seconds
from golive_gates.streaming.configured.workloads import Hop
from golive_gates.streaming.settings import Settings

SPEC = file_check("heartbeat-margin", required=True)
BLOCKER = "streaming.proxy-timeouts"

_STREAM = frozenset({"SSE", "STREAM", "STREAMS", "STREAMING"})
_BEAT = frozenset({"HEARTBEAT", "HEARTBEATS", "PING", "KEEPALIVE", "KEEP"})


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds between heartbeats, and the variable that says so, if one does."""

    seconds: float
    variable: Variable | None = None


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every limit that the files tell has to leave room for two heartbeats."""
    part, ways = ways_in(observation)
    looked = 0
    findings: list[Finding] = []
    intervals = []
    for route, limit in streaming_with(part, "read-timeout"):
        if limit.unknown:
            continue  # `streaming.proxy-timeouts` reports it.
        looked += 1
        interval = _interval(ways.makers(route), settings)
        intervals.append(interval.seconds)
        findings += _findings(route, limit, interval, settings)
    longest = max(intervals, default=settings.interval)
    fact = Fact("heartbeat_interval", longest, "s")
    return _blocked(judged(SPEC, observation, looked, findings, fact))


def _findings(
    route: Route, limit: Effective, interval: Interval, settings: Settings
) -> Iterable[Finding]:
    most = seconds(limit)
    if most is None or interval.seconds <= most / 2:
        return
    params = {"interval": interval.seconds, "limit": most}
    if most < settings.read_timeout and interval.seconds <= settings.read_timeout / 2:
        # The time-out is what is wrong, and another check reports it.
        yield at(route, limit, "limit-short", Status.INCONCLUSIVE, **params)
        return
    code, status = ("late", None) if interval.seconds >= most else ("close", Status.WARN)
    if interval.variable is None:
        yield at(route, limit, code, status, **params)
    else:
        found = interval.variable
        named: Params = {**params, "route": route.name}
        yield at_object(found.owner, found.path, code, named, status=status)


def _interval(services: Iterable[Hop], settings: Settings) -> Interval:
    """The longest that a service on the way states, else the configured one."""
    found = [
        Interval(value, variable)
        for hop in services
        for variable in hop.variables.values()
        if (value := _beat(variable)) is not None
    ]
    return max(found, key=lambda i: i.seconds, default=Interval(settings.interval))


def _beat(variable: Variable) -> float | None:
    words = set(re.split(r"[_.-]", variable.name.upper()))
    if not (words & _STREAM and words & _BEAT) or variable.value is None:
        return None
    text = variable.value.strip()
    try:
        value = float(text)
    except ValueError:
        return nginx_seconds(text) or None
    if not math.isfinite(value) or value <= 0:
        return None  # How a service is told to send none differs from service to service.
    return value / 1000 if words & {"MS", "MILLIS", "MILLISECONDS"} else value


def _blocked(result: CheckResult) -> CheckResult:
    """Undecided for a time-out that another check reports: that one is the cause."""
    codes = {f.reason.code for f in result.findings}
    if result.status is Status.INCONCLUSIVE and not result.blocked_by and "limit-short" in codes:
        return replace(result, blocked_by=BLOCKER)
    return result


CHECK = file_based(SPEC, judge)
