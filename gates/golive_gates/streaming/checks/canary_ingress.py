"""``streaming.canary-ingress``: a canary Ingress has a main one, and does what it says.

What: every Ingress that ingress-nginx takes for a canary: whether another Ingress has the same
host and path, and whether annotations on it, nearly all of which are ignored there, say
something else than the main one's. Why: a canary without a main Ingress gets no traffic, so the
stage proves nothing; and a time-out that only the canary states is in force nowhere.
Remedy: same host and path as the main Ingress, and settings on that one alone.
"""

from __future__ import annotations

from golive.api import CheckResult, Observation, Severity
from golive_gates.streaming.configured.canaries import canaries
from golive_gates.streaming.configured.lifecycle import graph_in
from golive_gates.streaming.configured.looking import file_based, file_check, judged
from golive_gates.streaming.settings import Settings

SPEC = file_check("canary-ingress", Severity.MEDIUM, required=True)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each canary needs its main Ingress, and nothing on it may be lost."""
    del settings
    looked, findings = canaries(graph_in(observation))
    return judged(SPEC, observation, looked, findings)


CHECK = file_based(SPEC, judge)
