"""``observability.live-metrics``: what the rules select is there, in the Prometheus that runs.

What: every metric that a rule reads has series now, every label that it matches on exists, and
what identifies a target, or an HTTP status, can match. Series that appear only once something
fails are no finding. Why: an expression over nothing is empty, and an empty alert never fires.
Remedy: correct the name or the matcher, or have the service expose the metric.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive_gates.observability.checks import label_matchers, metrics_exist
from golive_gates.observability.live.asking import wanted
from golive_gates.observability.live.judging import (
    TARGETS_CHECK,
    alerting_of,
    blocked,
    concluded_live,
    live_of,
    target_trouble,
)
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.live.selected import found_wanting, unseen
from golive_gates.observability.looking import rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.scenarios.causes import causes
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.live-metrics")
EXPOSED = (label_matchers.CHECK, metrics_exist.CHECK)
"""Checks that hold the same rules against what the services expose, before it is scraped."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No selector is empty for another reason than that nothing failed yet."""
    live = live_of(SPEC, observation)
    if isinstance(live, CheckResult):
        return live
    files = alerting_of(observation)
    selectors = wanted(rules_of(files)) if files is not None else ()
    if not selectors and (files is None or not files.problems):
        return SPEC.not_applicable(Reason("live-no-rules"))
    facts = (
        Fact("live_selectors", len(selectors)),
        Fact("live_selectors_empty", unseen(selectors, live)),
    )
    found, told_by = _untold(found_wanting(selectors, live), observation, settings)
    return concluded_live(
        SPEC,
        live,
        len(selectors),
        blocked(found, live),
        about="metrics",
        facts=facts,
        files=files,
        blocked_by=TARGETS_CHECK if target_trouble(live) else told_by,
    )


def _untold(
    found: Sequence[Finding], observation: Observation, settings: Settings
) -> tuple[list[Finding], str]:
    """*found*, undecided where a rule is wrong by what is exposed, and the check that says so."""
    known = causes(observation, settings, EXPOSED)
    kept, told_by = [], ""
    for one in found:
        cause = known.of({one.subject}) if one.status is None else None
        if cause is not None and cause.certain:
            told_by = told_by or cause.check
            kept.append(replace(one, status=Status.INCONCLUSIVE))
        else:
            kept.append(one)
    return kept, told_by


CHECK = Check(SPEC, (LivePrometheus, Alerting, Exposed), judge)
