"""``observability.pending-period``: alerts wait out a blip, and do not wait too long.

What: ``for`` of each alert, beside the ranges that its expression looks over. Why: without it one
bad scrape pages somebody; with a long one a page comes after the promised time. Expressions that
look over half an hour or more, as those of burn rates, have their patience in the range. Remedy:
set ``for`` to a few evaluations, and shorter than the promised time where it pages.
"""

from __future__ import annotations

from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.observability.looking import finding, judged, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec(
    "observability.pending-period", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC
)
PATIENT_S = 600.0
"""A range from which on a single bad scrape hardly moves the value."""
SLOW_S = 1_800.0
"""A range from which on an alert is about a trend, and not about what broke a minute ago."""
_TRENDS = frozenset({"predict_linear", "deriv", "time", "timestamp", "day_of_week", "hour"})
PAGING = "critical"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Alerts on a single sample, and pages that wait longer than was promised, are questioned."""
    found: list[Finding] = []
    looked = 0
    for rule in rules_of(observation.require(Alerting)).alerts:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused) or promql.always_on(tree):
            continue
        looked += 1
        if rule.for_s == 0:
            if _longest(tree) < PATIENT_S and not _trend(tree):
                found.append(finding(rule.place, rule.name, "no-for", status=Status.WARN))
        elif _too_long(rule, tree, settings):
            found.append(
                finding(
                    rule.place,
                    rule.name,
                    "too-long",
                    below=("for",),
                    status=Status.WARN,
                    minutes=_minutes(rule.for_s),
                    promised=_minutes(settings.detect_within),
                )
            )
    return judged(SPEC, observation, looked, found)


def _too_long(rule: Rule, tree: Any, settings: Settings) -> bool:  # noqa: ANN401
    """Whether a page about what breaks at once comes later than was promised."""
    pages = rule.labels.get("severity") in (PAGING, settings.severities[0])
    if not pages or rule.for_s <= settings.detect_within:
        return False
    return _longest(tree) < SLOW_S and not _trend(tree)


def _longest(tree: Any) -> float:  # noqa: ANN401
    """Seconds of the longest range of *tree*. A recorded ratio has its own, by its name."""
    ranges = [0.0]
    for node in promql.nodes(tree):
        if promql.kind(node) == "SubqueryExpr":
            ranges.append(node.range.total_seconds())
        selector = promql.selector(node)
        if selector is not None:
            ranges.append(selector.range_s or 0.0)
            # level:metric:operations, as rate1h: the naming that Prometheus recommends.
            _, colon, operations = selector.metric.rpartition(":")
            ranges.append(promql.range_in_name(operations) if colon else 0.0)
    return max(ranges)


def _trend(tree: Any) -> bool:  # noqa: ANN401
    return any(
        promql.kind(node) == "Call" and node.func.name in _TRENDS for node in promql.nodes(tree)
    )


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)


CHECK = Check(SPEC, (Alerting,), judge)
