"""``observability.rule-fields``: groups and rules have the fields that Prometheus knows.

What: names and types of every field, durations, names of metrics and labels, one of ``alert`` and
``record``, group names once a file. Why: Prometheus refuses a file with one unknown field whole,
and never reads rules in a second YAML document. What the schema of PrometheusRule refuses is
``manifests.custom-resources``' to report. Remedy: mend the field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.sources.tree import FileKind
from golive_gates.observability.looking import finding, judged
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.fields import (
    Problem,
    Target,
    group_problems,
    left_to_schema,
    rule_problems,
)
from golive_gates.observability.rules.model import Place
from golive_gates.observability.rules.reading import PROMETHEUS_RULE, text
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.rule-fields", needs=EvidenceLevel.STATIC)
RULER = {"namespace": "Mimir"}
"""Fields of a rule file that only the named ruler knows."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No group and no rule may have a field that is refused."""
    part = observation.require(Alerting)
    found: list[Finding] = []
    looked = 0
    for place, data, operator in _sources(part):
        target = Target(operator, settings.prometheus_version)
        if not operator:
            found += _top(place, data)
        groups = data.get("groups")
        for number, group in enumerate(groups if isinstance(groups, list) else ()):
            here = place.below("groups", number)
            if group is None:
                continue  # Prometheus reads nothing there, and refuses nothing.
            if not isinstance(group, Mapping):
                if operator:
                    continue  # The schema of the object says so.
                found.append(finding(here, _name(group), "group-mapping"))
                continue
            looked += 1
            rules = group.get("rules")
            looked += len(rules) if isinstance(rules, list) else 0
            found += _group(here, group, target)
    found += _later(part)
    found += _twice(part)
    return judged(SPEC, observation, looked, found)


def _sources(part: Alerting) -> Iterator[tuple[Place, Mapping[str, Any], bool]]:
    for document in part.documents:
        if document.kind is FileKind.RULES:
            yield Place(document, ()), document.data, False
    for item in part.objects:
        if item.type == PROMETHEUS_RULE:
            yield Place(item, ("spec",)), item.mapping("spec"), True


def _top(place: Place, data: Mapping[str, Any]) -> Iterator[Finding]:
    for key in data:
        if key == "groups":
            continue
        name = str(key)[:80]
        at = (key,)
        if key in RULER:
            yield finding(
                place,
                name,
                "other-ruler",
                below=at,
                status=Status.INCONCLUSIVE,
                key=True,
                field=name,
                ruler=RULER[key],
            )
        else:
            yield finding(place, name, "unknown-field", below=at, key=True, field=name)
    groups = data.get("groups")
    if groups is not None and not isinstance(groups, list):
        yield finding(place, "groups", "groups-list", below=("groups",))


def _group(place: Place, group: Mapping[str, Any], target: Target) -> Iterator[Finding]:
    for problem in group_problems(group, target):
        if left_to_schema(problem, target):
            continue
        yield _found(place, _name(group.get("name")), problem)
    rules = group.get("rules")
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        here = place.below("rules", number)
        title = rule.get("alert") or rule.get("record") if isinstance(rule, Mapping) else rule
        for problem in rule_problems(rule, target):
            if left_to_schema(problem, target):
                continue
            yield _found(here, _name(title), problem)


def _found(place: Place, subject: str, problem: Problem) -> Finding:
    found = finding(
        place, subject, problem.code, below=problem.below, status=problem.status, key=problem.key
    )
    return replace(found, reason=Reason(problem.code, problem.params))


def _name(value: object) -> str:
    return (text(value) or "?")[:120]


def _later(part: Alerting) -> Iterator[Finding]:
    """Rules in a second document of a file, which Prometheus does not look at."""
    seen: set[str] = set()
    for document in part.documents:
        if document.kind is FileKind.RULES and document.lines:
            if document.path in seen:
                yield finding(Place(document, ()), document.path, "later-document")
            seen.add(document.path)


def _twice(part: Alerting) -> Iterator[Finding]:
    for place, data, _ in _sources(part):
        seen: set[str] = set()
        groups = data.get("groups")
        for number, group in enumerate(groups if isinstance(groups, list) else ()):
            name = text(group.get("name")) if isinstance(group, Mapping) else None
            if name and name in seen:
                here = place.below("groups", number)
                yield finding(here, name, "group-twice", below=("name",), group=name[:120])
            seen.add(name or "")


CHECK = Check(SPEC, (Alerting,), judge)
