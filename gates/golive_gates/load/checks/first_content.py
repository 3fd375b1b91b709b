"""``load.first-content``: under the declared load the first content still comes in time.

What: the SLO ``sse-first-event``, measured from the *scheduled* moment of each stream while the
declared streams and API requests run beside it; streams that failed count as infinite. Why: a model
call that takes 300 ms alone waits for workers, connections and the provider's own limit under load,
and users meet the service under load.
Remedy: raise what saturates first (stream workers, the connection pool to the provider), or declare
and enforce a lower load.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Observation, Reason, Unavailable
from golive.objectives import FIRST_EVENT, goal_of
from golive_gates.load.measure import load_facts, time_facts
from golive_gates.load.parts import LoadSeen
from golive_gates.load.settings import Settings
from golive_gates.load.timing import Claim, judge_times

SPEC = CheckSpec("load.first-content")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """p95 of first content against the SLO's threshold."""
    part = observation.require(LoadSeen)
    goal = goal_of(part.slo(FIRST_EVENT), FIRST_EVENT)
    if isinstance(goal, Unavailable):
        return SPEC.inconclusive(goal.reason, blocked_by=goal.blocked_by)
    if part.streams is None:
        why = Reason(part.streams_gap) if part.streams_gap else Reason("no-stream-load")
        return SPEC.inconclusive(why, evidence=part.evidence)
    times = part.streams.first_contents
    facts = (*time_facts("first_content", times, settings.confidence), *load_facts(part))
    claim = Claim("first_content_under_load", part.streams, times, goal.success, goal.threshold)
    return judge_times(SPEC, part, claim, settings, facts)


CHECK = Check(SPEC, (LoadSeen,), judge)
