"""What the expressions of rules select, and which names rules record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.promql import Selector

SYNTHETIC = frozenset(
    {
        "up",
        "scrape_duration_seconds",
        "scrape_samples_scraped",
        "scrape_samples_post_metric_relabeling",
        "scrape_series_added",
    }
)
"""Series that Prometheus itself writes for every target, with its target labels."""
OWN = SYNTHETIC | {"ALERTS", "ALERTS_FOR_STATE"}


@dataclass(frozen=True, slots=True)
class Selection:
    """A selector of a rule."""

    rule: Rule
    selector: Selector


def selections(rules: Iterable[Rule]) -> Iterator[Selection]:
    """Every selector that names its metric, each once a rule. Refused expressions have none."""
    for rule in rules:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused):
            continue
        distinct = dict.fromkeys(
            Selector(s.metric, s.matchers) for s in promql.selectors(tree) if s.metric
        )
        # What stands on the left of an expression comes last out of the tree.
        for selector in reversed(distinct):
            yield Selection(rule, selector)


def recorded(rules: Iterable[Rule]) -> Mapping[str, str]:
    """Expressions of recording rules by the names that they record; the first of each name."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.kind == "record":
            found.setdefault(rule.name, rule.expr)
    return found
