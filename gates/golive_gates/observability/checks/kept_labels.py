"""``observability.kept-labels``: alerts carry the labels that Alertmanager's routes go by.

What: for each route that matches on a label, whether the alerts have it: set by the rule, or kept
by the expression. Why: ``sum(...)`` without ``by`` drops every label, so that an alert about one
service, provider or team takes the default route, and whoever should be woken is not. Remedy:
keep the label in ``by (...)``, or set it in the rule's ``labels``.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import distinct, finding, judged, outputs_of, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.alerts import EXTERNAL
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.matchers import Matcher
from golive_gates.observability.routing.model import Route
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.kept-labels", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No alert may drop a label by which it would have been routed."""
    del settings
    part = observation.require(Alerting)
    alerts = rules_of(part).alerts
    found: list[Finding] = []
    looked = 0
    for config in configs_of(part).read:
        for route in config.root.walk():
            if route is config.root:
                continue
            looked += len(alerts)
            for matcher in route.matchers:
                if matcher.name not in ("alertname", *EXTERNAL) and matcher.matches("") is False:
                    found += _by(part, route, matcher, alerts)
    return judged(SPEC, observation, looked, distinct(found))


def _by(
    part: Alerting, route: Route, matcher: Matcher, alerts: tuple[Rule, ...]
) -> Iterator[Finding]:
    """Alerts that *matcher* of *route* is meant for, and does not take."""
    label = matcher.name
    carriers = 0
    for rule in alerts:
        if label in rule.labels or outputs_of(part, rule).may_have(label):
            carriers += 1
            continue
        value = _selected(rule, matcher)
        if value and _others(route, matcher, rule):
            yield finding(
                rule.place,
                rule.name,
                "dropped",
                below=("expr",),
                label=label,
                value=value[:80],
                receiver=route.receiver[:80],
            )
    if alerts and not carriers:
        yield finding(
            route.place, str(matcher)[:120], "no-carrier", status=Status.WARN, label=label
        )


def _selected(rule: Rule, matcher: Matcher) -> str:
    """The only value of the label that *rule* is about, where *matcher* takes it."""
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused):
        return ""
    values = {
        value
        for selector in promql.selectors(tree)
        for name, sign, value in selector.matchers
        if name == matcher.name and sign == "="
    }
    value = values.pop() if len(values) == 1 else ""
    return value if value and matcher.matches(value) else ""


def _others(route: Route, matcher: Matcher, rule: Rule) -> bool:
    """Whether the other matchers of *route* may take *rule*."""
    labels = {"alertname": rule.name, **rule.labels}
    return all(
        m.matches(labels[m.name]) is not False
        for m in route.matchers
        if m is not matcher and m.name in labels
    )


CHECK = Check(SPEC, (Alerting,), judge)
