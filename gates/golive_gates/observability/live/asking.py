"""Which selectors of the rules Prometheus is asked about, and in which queries. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from golive_gates.observability.live.reading import NUMBER
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule, RuleSet

OWN = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""Series that Prometheus makes of alerts: there is none while all is well."""

POSITIVE = frozenset({"=", "=~"})
QUERY_LENGTH = 2_500
"""Characters of one query: URLs beyond 8 KiB do not pass every proxy."""
AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """A selector that should return series now, and the rules that use it."""

    text: str
    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    rules: tuple[Rule, ...]


def wanted(rules: RuleSet) -> tuple[Wanted, ...]:
    """Every distinct selector of *rules*, but for series that rules themselves record.

    A recorded series is as good as its inputs, which are selectors too; it may have no sample
    for as long as one of them has none.
    """
    recorded = {r.name for r in rules.rules if r.kind == "record"}
    found: dict[str, tuple[promql.Selector, list[Rule]]] = {}
    for rule in rules.rules:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused):
            continue
        for selector in promql.selectors(tree):
            if selector.metric not in OWN | recorded:
                users = found.setdefault(
                    text_of(selector.metric, selector.matchers), (selector, [])
                )
                if not users[1] or users[1][-1] is not rule:
                    users[1].append(rule)
    return tuple(
        Wanted(text, selector.metric, selector.matchers, tuple(users))
        for text, (selector, users) in found.items()
    )


def text_of(metric: str, matchers: Iterable[tuple[str, str, str]]) -> str:
    """The selector as Prometheus reads it."""
    # JSON escapes what Go's strings escape, in the same way.
    inside = ",".join(
        f"{label}{operator}{json.dumps(value, ensure_ascii=False)}"
        for label, operator, value in matchers
    )
    return f"{metric}{{{inside}}}" if inside or not metric else metric


def names_asked(rules: RuleSet) -> frozenset[str]:
    """Jobs and services that expressions of *rules* ask for by name."""
    found: set[str] = set()
    for want in wanted(rules):
        for label, operator, value in want.matchers:
            if label in ("job", "service") and operator in POSITIVE:
                found.update(value.split("|") if operator == "=~" else (value,))
    return frozenset(found)


def batches(texts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """*texts* in groups that fit one query each."""
    held: list[str] = []
    size = 0
    for text in texts:
        if held and (len(held) == AT_ONCE or size + len(text) > QUERY_LENGTH):
            yield tuple(held)
            held, size = [], 0
        held.append(text)
        size += len(text)
    if held:
        yield tuple(held)


def newest(texts: Iterable[str]) -> str:
    """A query for the time of the newest sample of each of *texts*, numbered from 0."""
    return " or ".join(
        f'label_replace(max(timestamp({text})),"{NUMBER}","{number}","","")'
        for number, text in enumerate(texts)
    )


def families(metric: str) -> tuple[str, ...]:
    """Names under which a target may declare *metric*: OpenMetrics leaves suffixes out."""
    suffixes = ("_total", "_bucket", "_sum", "_count", "_created", "_info")
    return (metric, *(metric.removesuffix(s) for s in suffixes if metric.endswith(s)))
