"""``observability.annotations``: what reaches a person says what is wrong and what to do.

What: each alert has a summary and a runbook, its templates are ones that Prometheus can expand,
and they print labels that the expression keeps. Why: Prometheus refuses a file with a broken
template, prints ``<error expanding template>`` into the page or nothing for a label that was
aggregated away; a value in a label makes a new alert at every evaluation, so that ``for`` never
ends. Remedy: mend the template, or keep the label in ``by (...)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding, judged, outputs_of, rules_of, shown
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.output_labels import Outputs
from golive_gates.observability.rules.templates import LATER, Template, template
from golive_gates.observability.rules.versions import knows
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.annotations", needs=EvidenceLevel.STATIC)
SAYING = ("summary", "description", "message", "title")
RUNBOOK = ("runbook_url", "runbook", "runbookurl", "playbook_url", "playbook", "runbook_uri")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No alert may go without words, and no template may print nothing or an error."""
    part = observation.require(Alerting)
    found: list[Finding] = []
    alerts = rules_of(part).alerts
    for rule in alerts:
        found += _words(rule)
        found += _templates(rule, outputs_of(part, rule), settings.prometheus_version)
    return judged(SPEC, observation, len(alerts), found)


def _words(rule: Rule) -> Iterator[Finding]:
    said = {name.lower() for name, value in rule.annotations.items() if value.strip()}
    if not said.intersection(SAYING):
        yield finding(rule.place, rule.name, "no-summary", below=("annotations",))
    tree = promql.parse(rule.expr)
    on_purpose = not isinstance(tree, promql.Refused) and promql.always_on(tree)
    if not said.intersection(RUNBOOK) and not on_purpose:
        yield finding(
            rule.place, rule.name, "no-runbook", below=("annotations",), status=Status.WARN
        )


def _templates(rule: Rule, outputs: Outputs, version: str | None) -> Iterator[Finding]:
    for table, texts in (("annotations", rule.annotations), ("labels", rule.labels)):
        for name, text in texts.items():
            if "{{" not in text:
                continue
            seen = template(text)
            yield from _expands(rule, (table, name), seen, version)
            yield from _prints(rule, (table, name), seen, outputs)
            if table == "labels":
                yield from _stays(rule, name, seen)


def _expands(
    rule: Rule, below: tuple[str, str], seen: Template, version: str | None
) -> Iterator[Finding]:
    for fault in seen.faults:
        yield finding(rule.place, rule.name, fault.code, below=below, what=shown(fault.what, 60))
    for name in sorted(seen.later):
        known = knows(version, LATER[name])
        if known is not True:
            status = Status.INCONCLUSIVE if known is None else None
            yield finding(
                rule.place,
                rule.name,
                "later-function",
                below=below,
                status=status,
                what=name,
                version=LATER[name],
            )


def _prints(
    rule: Rule, below: tuple[str, str], seen: Template, outputs: Outputs
) -> Iterator[Finding]:
    for label in sorted(seen.labels | seen.asked):
        if outputs.may_have(label) or (label == "__name__" and outputs.kept is None):
            continue
        own = label in rule.labels or label == "alertname"
        # Who asks first means to do without it; the branch is dead all the same.
        asked = label in seen.asked
        status = Status.WARN if asked else None
        code = "label-of-rule" if own else "label-dropped"
        yield finding(rule.place, rule.name, code, below=below, status=status, label=label)


def _stays(rule: Rule, name: str, seen: Template) -> Iterator[Finding]:
    below = ("labels", name)
    if seen.value:
        yield finding(rule.place, rule.name, "value-in-label", below=below, label=name)
    elif seen.branches or seen.queries:
        yield finding(
            rule.place, rule.name, "label-changes", below=below, status=Status.WARN, label=name
        )


CHECK = Check(SPEC, (Alerting,), judge)
