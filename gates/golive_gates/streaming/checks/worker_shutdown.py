"""``streaming.worker-shutdown``: a reload of the proxy does not cut streams.

What: ``worker_shutdown_timeout`` (``worker-shutdown-timeout`` of ingress-nginx, 240 s there by
default, without limit in nginx itself) is at least ``gates.streaming.longest_stream``, or broken
streams go on (``resume: continue``). Why: nginx reloads for a new certificate, route or
endpoint; its old workers then end what is left when the time is over. Remedy: set it to the
longest stream and some seconds.
"""

from __future__ import annotations

from golive.api import CheckResult, Fact, Observation, Severity
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
    findings = []
    looked = 0
    longest = settings.longest_stream
    for route, limit in streaming_with(part, "worker-shutdown-timeout"):
        if limit.unknown:
            continue
        looked += 1
        most = seconds(limit)
        if most is not None and most < longest and settings.resume != "continue":
            findings.append(at(route, limit, "cuts-streams", most=most, limit=longest))
    return judged(SPEC, observation, looked, findings, Fact("longest_stream", longest, "s"))


CHECK = file_based(SPEC, judge)
