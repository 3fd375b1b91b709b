"""``load.latency``: under the declared load API answers come in time.

What: a percentile of the time from the *scheduled* moment to the last byte, with its
order-statistic bounds; requests that failed count as infinite. Why: measured from the moment of
sending, a service that stalls looks fast, because its stall holds back the requests that would have
shown it.
Remedy: compare p50 with p99: a long tail points to queueing, a shifted middle to a slow dependency.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Observation, Reason
from golive_gates.load.measure import load_facts, time_facts
from golive_gates.load.parts import LoadSeen
from golive_gates.load.settings import Settings
from golive_gates.load.timing import Claim, judge_times

SPEC = CheckSpec("load.latency")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """p95 (as set) of the API requests against its threshold."""
    part = observation.require(LoadSeen)
    if part.api is None:
        why = Reason(part.api_gap) if part.api_gap else Reason("no-api-load")
        return SPEC.inconclusive(why, evidence=part.evidence)
    times = part.api.latencies
    facts = (*time_facts("latency", times, settings.confidence), *load_facts(part))
    claim = Claim(
        "api_latency",
        part.api,
        times,
        settings.latency_objective,
        settings.latency_threshold,
    )
    return judge_times(SPEC, part, claim, settings, facts)


CHECK = Check(SPEC, (LoadSeen,), judge)
