"""The alerts that have to reach somebody, and what is known of their labels before they fire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule, RuleSet
from golive_gates.observability.rules.output_labels import (
    ANYTHING,
    Recorded,
    outputs,
    recorded_outputs,
)

SEVERITY = "severity"
_RANKS: Mapping[int, str] = {
    3: "critical crit page emergency fatal disaster p0 p1 sev0 sev1 sev-1 urgent",
    2: "error high major p2 sev2 sev-2",
    1: "warning warn medium moderate minor ticket p3 sev3 sev-3 low p4",
    0: "info information informational none debug notice ok",
}
CRITICAL = 3
_RANK_OF = {word: rank for rank, words in _RANKS.items() for word in words.split()}
EXTERNAL = frozenset(
    {
        *("cluster", "datacenter", "dc", "env", "environment", "monitor", "prometheus", "region"),
        *("prometheus_replica", "replica", "site", "stage", "tenant", "zone"),
    }
)
"""Labels that a Prometheus usually adds to every alert that it sends (``external_labels``)."""
MOST_NAMED = 3
"""Alerts that a finding names; of more it says how many."""


@dataclass(frozen=True, slots=True)
class AlertLabels:
    """Labels of a firing alert, before it fires.

    ``known``: with their values; "" for one that it surely lacks. ``open``: names that it has
    with a value that is not known. ``perhaps``: names that it may have. ``rest``: whether it
    may have any other label besides.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    rest: bool = False

    def value(self, name: str) -> str | None:
        """Value of the label *name*, "" where it is missing; ``None``: not known."""
        if name in self.known:
            return self.known[name]
        return None if name in self.open or self.may_have(name) else ""

    def may_lack(self, name: str) -> bool:
        """Whether the label *name*, whose value is not known, may be missing."""
        return name not in self.open

    def may_have(self, name: str) -> bool:
        """Whether it may have the label *name*, as far as the expression goes."""
        return self.rest or name in self.perhaps or name in EXTERNAL

    def with_value(self, name: str, value: str) -> AlertLabels:
        """The same alert, with *value* for the label *name*."""
        return AlertLabels({**self.known, name: value}, self.open, self.perhaps, self.rest)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule. ``rank``: of its severity, see :func:`rank_of`."""

    rule: Rule
    labels: AlertLabels
    rank: int | None

    @property
    def severity(self) -> str:
        """The word that it carries; empty for none."""
        return self.rule.labels.get(SEVERITY, "").strip()

    @property
    def asks(self) -> bool:
        """Whether somebody has to see it. One without severity is left to another check."""
        return bool(self.severity) and self.rank != 0

    @property
    def critical(self) -> bool:
        """Whether it has to wake somebody."""
        return self.rank == CRITICAL

    @property
    def namespace(self) -> str:
        """Namespace of the object that holds the rule; empty for a file."""
        owner = self.rule.place.source
        return owner.namespace if isinstance(owner, KubernetesObject) else ""


def every_alert(rules: RuleSet) -> tuple[Alert, ...]:
    """The alerts of *rules* with what is known of their labels."""
    recorded = recorded_outputs(rules.rules)
    return tuple(
        Alert(rule, labels_of(rule, recorded), rank_of(rule.labels.get(SEVERITY, "")))
        for rule in rules.alerts
    )


def rank_of(severity: str) -> int | None:
    """How heavy the word *severity* is: 3, 2, 1, 0 for what only informs; ``None``: unknown."""
    return _RANK_OF.get(severity.strip().lower())


def labels_of(rule: Rule, recorded: Recorded) -> AlertLabels:
    """The labels that alerts of *rule* fire with: those of its expression, then its own."""
    tree = promql.parse(rule.expr)
    made = ANYTHING if isinstance(tree, promql.Refused) else outputs(tree, recorded)
    known = {**dict.fromkeys(made.dropped, ""), **made.static}
    templated = {name for name, value in rule.labels.items() if "{{" in value}
    known.update(rule.labels)
    known["alertname"] = rule.name
    for name in templated - {"alertname"}:
        del known[name]
    kept = made.kept or frozenset()
    return AlertLabels(known, (made.sure | templated) - known.keys(), kept, rest=made.kept is None)


def named(alerts: Iterable[str]) -> str:
    """The different ones of *alerts*: the first by name, and how many more there are."""
    every = list(dict.fromkeys(alerts))
    more = len(every) - MOST_NAMED
    return ", ".join(every[:MOST_NAMED]) + (f" (+{more})" if more > 0 else "")
