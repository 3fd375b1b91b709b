"""How soon alerts tell of a constant share of failures, and what it has cost by then. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from golive_gates.observability.burn.conditions import (
    Above,
    Condition,
    Joined,
    begins,
    ends,
    watches,
)
from golive_gates.observability.burn.policy import tiers_for
from golive_gates.observability.burn.recognising import Book, condition_of
from golive_gates.observability.burn.rules import alert_name
from golive_gates.observability.burn.slis import Sli
from golive_gates.observability.rules.model import Rule

SHARES = (1.0, 0.1, 0.02, 0.01, 0.002)
"""Constant shares of failures that alerts are compared at."""


@dataclass(frozen=True, slots=True)
class Watch:
    """An alert on an SLO's error share. ``pages``: whether its severity wakes somebody."""

    name: str
    condition: Condition
    for_s: float
    keep_s: float
    severity: str
    pages: bool
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """What happens at one share. Seconds; infinite where it never fires.

    ``alert``: the first to fire. ``burnt``: share of the budget spent when it does. ``reset``:
    how long it goes on after a long fault.
    """

    share: float
    alert: str = ""
    severity: str = ""
    detect: float = math.inf
    reset: float = 0.0
    burnt: float = math.inf


def watching(
    sli: Sli, rules: Sequence[Rule], severities: Sequence[str] = ("critical",)
) -> tuple[Watch, ...]:
    """The alerts among *rules* whose conditions on the error share of *sli* can be followed."""
    book = Book.of(rules)
    found = []
    for rule in rules:
        if rule.kind != "alert":
            continue
        condition = condition_of(rule, sli, book)
        if watches(condition):
            severity = rule.labels.get("severity", "")
            pages = severity in severities[:1] or severity not in severities
            found.append(
                Watch(rule.name, condition, rule.for_s, rule.keep_firing_s, severity, pages, rule)
            )
    return tuple(found)


def generated(sli: Sli, severities: tuple[str, str] = ("critical", "warning")) -> tuple[Watch, ...]:
    """The alerts that ``golive alerts generate`` writes for *sli*."""
    tiers, _ = tiers_for(sli.objective, sli.window_s)
    found = []
    for tier in tiers:
        limit = tier.factor(sli.window_s) * sli.budget
        condition = Joined("and", (Above(tier.long_s, limit), Above(tier.short_s, limit)))
        severity = severities[0 if tier.pages else 1]
        name = alert_name(sli.slo, tier)
        found.append(Watch(name, condition, tier.for_s, 0.0, severity, tier.pages))
    return tuple(found)


def timing(sli: Sli, watches_: Iterable[Watch], share: float) -> Timing:
    """What the first of the alerts to fire does at a constant *share* of failures."""
    best = Timing(share)
    for watch in watches_:
        detect = begins(watch.condition, share) + watch.for_s
        if detect < best.detect:
            burnt = share * detect / (sli.budget * sli.window_s)
            reset = ends(watch.condition, share) + watch.keep_s
            best = Timing(share, watch.name, watch.severity, detect, reset, burnt)
    return best
