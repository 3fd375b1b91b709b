"""``streaming.worker-shutdown``: a reload of the proxy does not cut streams.

What: ``worker_shutdown_timeout`` (``worker-shutdown-timeout`` of ingress-nginx, 240 s there by
default, without limit in nginx itself) is at least ``gates.streaming.longest_stream``, or broken
streams go on (``resume: continue``). Why: nginx reloads for a new certificate, route or
endpoint; its old workers then end what is left when the time is over. Remedy: set it to the
longest stream and some seconds.
"""

from __future__ import annotations

from golive.api import CheckResult, Fact, Finding, Observation, Severity, Status
from golive_gates.streaming.configured.lifecycle import (
    judged,
    seconds,
)
from golive_gates.streaming.configured.looking import at, file_based, file_check, streaming_with
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("worker-shutdown", Severity.MEDIUM, required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Old workers have to live as long as the longest stream."""
    part = observation.require(Configured)
    findings: dict[object, Finding] = {}
    looked = 0
    longest = settings.longest_stream
    for route, limit in streaming_with(part, "worker-shutdown-timeout"):
        most = seconds(limit)
        if limit.unknown and most is None:
            continue
        looked += 1
        # One setting of a controller, or its default, is one cause for all its routes.
        cause = limit.location or route.proxy
        if most is None or most >= longest or settings.resume == "continue" or cause in findings:
            continue
        code, status = ("by-default", Status.WARN) if limit.unknown else ("cuts-streams", None)
        findings[cause] = at(route, limit, code, status, most=most, limit=longest)
    fact = Fact("longest_stream", longest, "s")
    return judged(SPEC, observation, looked, findings.values(), fact)


CHECK = file_based(SPEC, judge)
