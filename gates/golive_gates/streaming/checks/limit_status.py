"""``streaming.limit-status``: who asks too much is told so, with 429.

What: the status that a proxy's rate and connection limits answer, on every route: nginx,
ingress-nginx and F5's rate-limit policies say 503 unless told otherwise. Why: 503 says that the
service is down: clients do not slow down, balancers take pods out, and the limit counts against
the availability objective. Remedy: ``limit_req_status 429`` and ``limit_conn_status 429``
(ingress-nginx: ``limit-req-status-code`` and ``limit-conn-status-code`` in its ConfigMap).
"""

from __future__ import annotations

from golive.api import CheckResult, Observation, Severity, Status
from golive_gates.streaming.configured.looking import at, file_based, file_check, judged, not_shown
from golive_gates.streaming.configured.parts import DEFAULT, Configured
from golive_gates.streaming.settings import Settings

SPEC = file_check("limit-status", Severity.MEDIUM)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every limit must answer 429; another 4xx only warns."""
    del settings
    part = observation.require(Configured)
    limited = [
        (route, status)
        for route in part.routes
        if not route.canary and (status := route.settings.get("limit-status")) is not None
    ]
    found = []
    for route, status in limited:
        unclear = not_shown(route, status)
        if unclear is not None:
            found.append(unclear)
        elif isinstance(status.value, float) and status.value != 429:
            code = "by-default" if status.origin == DEFAULT else "another"
            mild = Status.WARN if status.value < 500 else None
            found.append(at(route, status, code, mild))
    return judged(SPEC, observation, len(limited), found)


CHECK = file_based(SPEC, judge)
