"""``observability.silent``: no alert fires while the service is well, and none pages for a trifle.

What: a healthy service, and one with a request a minute of which one fails, are played through
the rules with ``promtool test rules``. Why: an alert that fires when nothing is wrong is soon
muted, and then it is silent when something is. Remedy: raise the threshold, or ask for a minimum
of traffic beside the ratio (``and rate(...) > ...``).
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Observation,
    Reason,
    Severity,
    Status,
)
from golive_gates.observability.looking import finding
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import rank_of
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.scenarios.causes import LOUD, Causes, causes
from golive_gates.observability.scenarios.concluding import Found, judged_behaviour
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.scenarios.rulefiles import LOOKBACK, reach, reading, recorded_rules
from golive_gates.observability.scenarios.scripts import HEALTHY, LOW
from golive_gates.observability.scenarios.unit_tests import Firing
from golive_gates.observability.scenarios.views import View, unplayed, views
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.silent", Severity.MEDIUM, needs=EvidenceLevel.STATIC)
PAGES = 2
"""Rank of a severity from which on somebody is woken."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Nothing fires without a cause."""
    part = observation.require(Behaviour)
    problem = unplayed(part)
    if problem is not None:
        reason, check = problem
        return SPEC.inconclusive(reason, evidence=part.evidence, blocked_by=check)
    loud = causes(observation, settings, LOUD)
    found: list[Found] = []
    looked = 0
    seen = views(observation)
    if not any(view.played for view in seen):
        return SPEC.inconclusive(Reason("nothing-played"), evidence=part.evidence)
    for view in seen:
        looked += len(view.played)
        noisy: set[str] = set()
        for scenario in (HEALTHY, LOW):
            for firing in view.firings(scenario):
                rule = view.rule(firing.alert)
                if rule is None or firing.alert in noisy | view.foreign:
                    continue
                if scenario == LOW and firing.after <= 0:
                    continue  # It says that there is little traffic, which is so.
                noisy.add(firing.alert)
                found.append(_found(view, rule, scenario, firing, loud))
    return judged_behaviour(SPEC, observation, looked, found)


def _found(view: View, rule: Rule, scenario: str, firing: Firing, loud: Causes) -> Found:
    after = max(0, round(firing.after))
    cause = loud.of({rule.name, *reading(rule, view.rules)})
    if cause is not None:
        waiting = finding(
            rule.place,
            rule.name,
            "fires-for-another-reason",
            below=("expr",),
            status=Status.INCONCLUSIVE,
            check=cause.check,
            after=after,
        )
        return Found(waiting, cause.check)
    code, status = "fires-when-healthy", None
    if scenario == LOW:
        code = "fires-for-one-failure"
        rank = rank_of(firing.labels.get("severity", ""))
        if rank is not None and rank < PAGES:
            status = Status.WARN
        elif reach(rule, recorded_rules(view.rules)) > LOOKBACK:
            # That a budget is burnt fast by one failure among few is a known limit of such alerts.
            code, status = "burns-for-one-failure", Status.WARN
    return Found(finding(rule.place, rule.name, code, below=("expr",), status=status, after=after))


CHECK = Check(SPEC, (Alerting, Exposed, Behaviour), judge)
