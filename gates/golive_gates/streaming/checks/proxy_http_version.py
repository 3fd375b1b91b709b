"""``streaming.proxy-http-version``: proxies speak HTTP/1.1 to the service.

What: the effective HTTP version to the upstream on every streaming route, and, where
connections to it are meant to be kept, that ``Connection: close`` is not sent. Why: HTTP/1.0
knows no chunks, so that the end of a stream and a broken one look alike, and each request costs
a new connection. nginx's defaults changed to 1.1 and kept connections with 1.29.7, so one that
states nothing warns. Remedy: ``proxy_http_version 1.1`` and ``proxy_set_header Connection ""``
in the block that sets the route's other headers: headers of an outer block are lost there.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import CheckResult, Finding, Observation, Severity, Status
from golive_gates.streaming.configured.looking import (
    at,
    file_based,
    file_check,
    judged,
    of_discarded,
    streaming_with,
)
from golive_gates.streaming.configured.parts import Configured, Effective, Route
from golive_gates.streaming.settings import Settings

SPEC = file_check("proxy-http-version", Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No streaming route speaks HTTP/1.0 to its upstream, or closes what it should keep."""
    del settings
    part = observation.require(Configured)
    routes = list(streaming_with(part, "http-version"))
    found = [f for route, version in routes for f in _findings(route, version)]
    return judged(SPEC, observation, len(routes), found)


def _findings(route: Route, version: Effective) -> Iterator[Finding]:
    if version.value == "1.0":
        if version.unknown:
            yield at(route, version, "by-default", Status.WARN)
        else:
            yield of_discarded(route, version) if version.discarded else at(route, version, "old")
    kept = route.settings.get("keep-alive")
    header = route.settings.get("connection-header")
    if kept is None or header is None or str(header.value).lower() != "close":
        return
    if not header.unknown:
        yield at(route, header, "closed")
    elif header.location is not None:
        yield at(route, header, "lost", Status.WARN, keepalive=kept.written)
    else:
        yield at(route, kept, "closed-by-default", Status.WARN, keepalive=kept.written)


CHECK = file_based(SPEC, judge)
