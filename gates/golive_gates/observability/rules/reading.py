"""From documents and objects to groups of rules. What is malformed is left to its checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.tree import FileKind, PlainDocument
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.rules.model import Group, Place, Rule, RuleSet

PROMETHEUS_RULE = "PrometheusRule.monitoring.coreos.com"


def read_rules(documents: Iterable[PlainDocument], objects: Iterable[KubernetesObject]) -> RuleSet:
    """The groups of rule files and of PrometheusRule objects, in their order."""
    groups = [
        *(
            group
            for document in documents
            if document.kind is FileKind.RULES
            for group in _groups(Place(document, ()), document.data, "files")
        ),
        *(
            group
            for item in objects
            if item.type == PROMETHEUS_RULE
            for group in _groups(Place(item, ("spec",)), item.mapping("spec"), "operator")
        ),
    ]
    return RuleSet(tuple(groups))


def _groups(
    place: Place, data: Mapping[str, Any], which: Literal["files", "operator"]
) -> Iterator[Group]:
    groups = data.get("groups")
    for number, raw in enumerate(groups if isinstance(groups, list | tuple) else ()):
        if not isinstance(raw, Mapping):
            continue
        here = place.below("groups", number)
        name = raw.get("name")
        label = name if isinstance(name, str) else ""
        interval = seconds(raw.get("interval"))
        rules = tuple(_rules(here, raw, label, interval or None))
        yield Group(label, here, which, raw, rules, interval or None)


def _rules(
    place: Place, group: Mapping[str, Any], name: str, interval: float | None
) -> Iterator[Rule]:
    rules = group.get("rules")
    for number, raw in enumerate(rules if isinstance(rules, list | tuple) else ()):
        if not isinstance(raw, Mapping):
            continue
        alert, record, expr = text(raw.get("alert")), text(raw.get("record")), text(raw.get("expr"))
        title = alert or record
        if not title or expr is None or (alert and record):
            continue
        yield Rule(
            "alert" if alert else "record",
            title,
            expr,
            name,
            place.below("rules", number),
            seconds(raw.get("for")) or 0.0,
            seconds(raw.get("keep_firing_for")) or 0.0,
            interval,
            # Prometheus 3: labels of the group, which those of a rule override.
            {**_texts(group.get("labels")), **_texts(raw.get("labels"))},
            _texts(raw.get("annotations")),
        )


def text(value: object) -> str | None:
    """*value* as Prometheus reads it where it wants text; ``None`` for what it refuses there.

    A plain number or truth value is the text that it was written as.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str) else None


def _texts(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return {}
    found = {k: text(v) for k, v in value.items() if isinstance(k, str)}
    return {k: v for k, v in found.items() if v is not None}
