"""``observability.live-freshness``: Prometheus answers, with samples of just now, and whole.

What: the configured Prometheus can be asked, the newest samples of what the rules read are not
older than their interval allows, its clock agrees with golive's, and it warned of nothing. Why:
alerts over old or partial data fire late or never, and everything that golive measures there is
worth as much. Remedy: mend what the findings name; without a Prometheus, name one in golive.yaml.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
    Unavailable,
)
from golive_gates.observability.live.judging import (
    NO_PROMETHEUS,
    TARGETS_CHECK,
    blocked,
    concluded_live,
    latest,
    said,
    target_trouble,
)
from golive_gates.observability.live.parts import ANYTHING, LivePrometheus
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

# Optional, so that a release without a Prometheus yet can be approved conditionally; the other
# live checks are required, and bind as soon as there is one to look at.
SPEC = CheckSpec("observability.live-freshness", severity=Severity.MEDIUM, required=False)

MOST_SKEW = 5.0
"""Seconds between both clocks that alerts and golive's own queries do not notice."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Reached, fresh, in time and complete."""
    del settings
    live = observation.find(LivePrometheus)
    if isinstance(live, Unavailable) and live.reason.code == NO_PROMETHEUS:
        files = observation.require(Alerting)
        return SPEC.designed(Reason("live-files-only"), evidence=files.evidence)
    live = observation.require(LivePrometheus)
    ages = [k.age for k in live.looks if k.age is not None]
    facts = (
        Fact("live_newest_age", max(ages, default=None), "s"),
        Fact("live_clock_skew", live.skew, "s"),
        Fact("live_warnings", len(live.warnings)),
    )
    return concluded_live(
        SPEC,
        live,
        len(ages),
        [*blocked(_stale(live), live), *_beside(live)],
        about="metrics",
        facts=facts,
        blocked_by=TARGETS_CHECK if target_trouble(live) else "",
    )


def _stale(live: LivePrometheus) -> list[Finding]:
    most = latest(max(live.asked, live.longest, *(r.interval or 0.0 for r in live.rules), 0.0))
    found = [
        said(k.selector, "stale", age=k.age, limit=most)
        for k in live.looks
        if k.age is not None and k.age > most
    ]
    anything = next((k for k in live.looks if k.selector == ANYTHING), None)
    if anything is not None and anything.problem:
        detail = anything.detail or anything.problem
        found.append(said(ANYTHING, "unreadable", Status.INCONCLUSIVE, detail=detail))
    elif anything is not None and anything.age is None:
        found.append(said(ANYTHING, "no-samples"))
    return found


def _beside(live: LivePrometheus) -> list[Finding]:
    """What makes the answers worth less without making them wrong."""
    found = [said("warnings", "warned", Status.WARN, detail=warning) for warning in live.warnings]
    if abs(live.skew) > MOST_SKEW:
        code = "clock-ahead" if live.skew > 0 else "clock-behind"
        found.append(said("clock", code, Status.WARN, seconds=abs(live.skew), limit=MOST_SKEW))
    return found


CHECK = Check(SPEC, (LivePrometheus, Alerting), judge)
