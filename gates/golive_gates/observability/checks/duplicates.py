"""``observability.duplicates``: every alert and every recording is defined once.

What: alerts and recordings with the same name and labels in one set of rules; rule files are one
set, PrometheusRule objects another, which often carries the same groups for the operator. Why: a
copy pages twice or is changed in one place only; two recordings of one name overwrite each other.
Remedy: keep one of them, and make both sets agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
from golive_gates.observability.looking import finding, judged, outputs_of, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Group, Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.duplicates", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)
_NUMBER = re.compile(
    r"(?<![\w.:])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.:\]])", re.IGNORECASE
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No rule may be there twice in one set, and no group in two forms."""
    del settings
    part = observation.require(Alerting)
    rules = rules_of(part)
    found: list[Finding] = []
    for which in ("files", "operator"):
        found += _twice(part, [r for g in rules.groups if g.set == which for r in g.rules])
    found += _differing(rules.groups)
    return judged(SPEC, observation, len(rules.rules), found)


def _twice(part: Alerting, rules: Iterable[Rule]) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], list[Rule]] = {}
    for rule in rules:
        key = (rule.kind, rule.name, frozenset(rule.labels.items()))
        others = seen.setdefault(key, [])
        found = next((f for first in others if (f := _same(part, first, rule))), None)
        if found is not None:
            yield found
        others.append(rule)


def _same(part: Alerting, first: Rule, second: Rule) -> Finding | None:
    """What the likeness of two rules of one name is, if anything."""
    place = str(first.place.at())
    a, b = _written(first), _written(second)
    if a == b:
        # The files of a repository need not all be loaded by the same Prometheus.
        apart = first.place.source.path != second.place.source.path
        code = "copied" if apart else "twice"
        status = Status.WARN if apart else None
        return finding(second.place, second.name, code, status=status, other=place)
    if first.kind == "record":
        if _apart(part, first, second):
            return None
        return finding(second.place, second.name, "recorded-twice", other=place, status=Status.WARN)
    if _NUMBER.sub("0", a) == _NUMBER.sub("0", b):
        status = Status.WARN
        return finding(second.place, second.name, "other-number", status=status, other=place)
    return None


def _apart(part: Alerting, first: Rule, second: Rule) -> bool:
    """Whether no series of the one can have the labels of one of the other."""
    a, b = outputs_of(part, first), outputs_of(part, second)
    if any(b.static.get(label, value) != value for label, value in a.static.items()):
        return True
    # Which values a selector leaves is not told where it is no equality.
    read = [frozenset(_read(rule)) for rule in (first, second)]
    return read[0] != read[1]


def _read(rule: Rule) -> Iterator[object]:
    tree = promql.parse(rule.expr)
    if not isinstance(tree, promql.Refused):
        for selector in promql.selectors(tree):
            yield (selector.metric, frozenset(selector.matchers))


def _written(rule: Rule) -> str:
    """The expression of *rule* as the parser writes it, without layout and comments."""
    tree: Any = promql.parse(rule.expr)
    return " ".join((rule.expr if isinstance(tree, promql.Refused) else str(tree)).split())


def _differing(groups: Iterable[Group]) -> Iterator[Finding]:
    """Groups that both sets have, and that do not say the same."""
    sets: dict[str, dict[str, list[Group]]] = {"files": {}, "operator": {}}
    for group in groups:
        if group.name:
            sets[group.set].setdefault(group.name, []).append(group)
    for name, found in sets["operator"].items():
        others = sets["files"].get(name, [])
        if len(found) != 1 or len(others) != 1:
            continue  # Which one is meant is not told.
        differing = sorted(_rules(found[0]) ^ _rules(others[0]))
        if differing:
            yield finding(
                found[0].place,
                name,
                "sets-differ",
                below=("name",),
                status=Status.WARN,
                other=str(others[0].place.at()),
                rule=next(entry[1] for entry in differing),
                count=len({entry[1] for entry in differing}),
            )


def _rules(group: Group) -> frozenset[tuple[str, ...]]:
    return frozenset(
        (
            rule.kind,
            rule.name,
            _written(rule),
            str(rule.for_s),
            str(sorted(rule.labels.items())),
        )
        for rule in group.rules
    )


CHECK = Check(SPEC, (Alerting,), judge)
