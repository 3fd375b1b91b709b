"""``observability.live-targets``: Prometheus scrapes every service of the release, often enough.

What: each service of golive.yaml, and each monitor of the files where the operator runs this
Prometheus, has targets; they are up, scraped as often as asked, and were scraped just now. Why:
every alert of a service whose target is missing or down is blind. Remedy: mend what the last
error of the target says, or the monitor that should select it.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason
from golive_gates.observability.live.judging import concluded_live, live_of, target_findings
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.live-targets")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every subject has targets, all of them up and fresh."""
    del settings
    live = live_of(SPEC, observation)
    if isinstance(live, CheckResult):
        return live
    if not live.subjects and live.gap("targets") is None:
        return SPEC.not_applicable(Reason("live-nothing"))
    mine = [t for s in live.subjects for t in s.targets]
    intervals = [t.interval for t in mine if t.interval is not None]
    facts = (
        Fact("live_targets", len({(t.pool, t.url) for t in mine})),
        Fact("live_targets_active", live.active),
        Fact("live_interval_max", max(intervals, default=None), "s"),
    )
    return concluded_live(
        SPEC,
        live,
        len(live.subjects),
        target_findings(live),
        about="targets",
        facts=facts,
    )


CHECK = Check(SPEC, (LivePrometheus,), judge)
