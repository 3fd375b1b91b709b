"""``observability.severity``: every alert has a severity that the routes can go by.

What: each alert has the label ``severity``, with one of the agreed values. Why: routes send by
it, and an alert without it falls to the default receiver, at night as well. Remedy: add the
label, or add the value to ``severities`` in golive.yaml.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.schema_near import near
from golive_gates.observability.looking import finding, judged, outputs_of, rules_of, shown
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.severity", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No alert may lack a severity, or have an unknown one."""
    part = observation.require(Alerting)
    alerts = rules_of(part).alerts
    found = [f for rule in alerts if (f := _judged(part, rule, settings.severities)) is not None]
    return judged(SPEC, observation, len(alerts), found)


def _judged(part: Alerting, rule: Rule, known: tuple[str, ...]) -> Finding | None:
    value = rule.labels.get("severity", "")
    if not value:
        return _missing(part, rule)
    below = ("labels", "severity")
    if "{{" in value:
        return finding(rule.place, rule.name, "templated", below=below, status=Status.WARN)
    if value in known or (value == "none" and _silent(rule)):
        return None
    is_, agreed = shown(value, 60), ", ".join(known)
    meant = near(value, known)
    if not meant:
        return finding(rule.place, rule.name, "unknown", below=below, value=is_, known=agreed)
    return finding(
        rule.place, rule.name, "misspelt", below=below, near=meant, value=is_, known=agreed
    )


def _missing(part: Alerting, rule: Rule) -> Finding:
    # Only the series can then bring one, as those of a recording rule or of ALERTS do.
    outputs = outputs_of(part, rule)
    tree = promql.parse(rule.expr)
    if "severity" in outputs.static:
        return finding(rule.place, rule.name, "of-series", status=Status.WARN)
    if not isinstance(tree, promql.Refused) and "severity" in outputs.sure:
        return finding(rule.place, rule.name, "of-series", status=Status.WARN)
    return finding(rule.place, rule.name, "missing")


def _silent(rule: Rule) -> bool:
    """Alerts that nobody is to be woken by: a dead man's switch, or one that only inhibits."""
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused):
        return False
    return promql.always_on(tree) or "inhibit" in rule.name.lower()


CHECK = Check(SPEC, (Alerting,), judge)
