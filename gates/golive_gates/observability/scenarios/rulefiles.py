"""The rules as promtool is given them: by document, by set, and by how far they look back. Pure.

A rule that looks back an hour cannot be judged on eleven minutes. So rules are played in tiers,
each with as much health before the fault as its rules look at; what looks back further than the
longest tier is not played, and named.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.fields import NEWER
from golive_gates.observability.rules.model import Group, Rule

RuleSetName = Literal["files", "operator"]
LOOKBACK = 600.0
"""Seconds that the alerts of the first tier look back at most."""
LONG_LOOKBACK = 3600.0
"""Seconds that those of the second tier do."""


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The groups of one document. ``path``: of the document, in the configuration's terms."""

    name: str
    path: str
    set: RuleSetName
    groups: tuple[Group, ...]

    def text(self, strip: Collection[str] = ()) -> str:
        """As JSON, which YAML contains.

        *strip*: fields of groups to leave out; the labels of a group then go to its rules.
        """
        return _text([_group(group, None, strip) for group in self.groups])


def all_rules(files: Iterable[RuleFile]) -> list[Rule]:
    """Every well-formed rule of *files*, in its order."""
    return [rule for file in files for group in file.groups for rule in group.rules]


def as_one(files: Iterable[RuleFile], keep: Collection[int], strip: Collection[str]) -> str:
    """The rules of *files* whose ``id()`` is in *keep*, in one file, as JSON."""
    made: list[dict[str, Any]] = []
    for group in (g for file in files for g in file.groups):
        if any(id(rule) in keep for rule in group.rules):
            # Two documents may well use one name; a file may not.
            made.append({**_group(group, keep, strip), "name": f"{len(made)} {group.name}"})
    return _text(made)


def _text(groups: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps({"groups": groups}, ensure_ascii=False, indent=1, default=str)


def rule_files(groups: Iterable[Group]) -> tuple[RuleFile, ...]:
    """*groups* by the document that holds them, in their order."""
    by_source: dict[int, list[Group]] = {}
    for group in groups:
        by_source.setdefault(id(group.place.source), []).append(group)
    return tuple(
        RuleFile(f"rules-{number}.json", path_of(listed[0]), listed[0].set, tuple(listed))
        for number, listed in enumerate(by_source.values())
    )


def path_of(group: Group) -> str:
    """The document of *group*, as findings name it."""
    source = group.place.source
    if isinstance(source, KubernetesObject):
        return f"{source.at(()).path} ({source.ref})"
    return source.at(()).path


def _group(group: Group, keep: Collection[int] | None, strip: Collection[str]) -> dict[str, Any]:
    raw = {str(k): v for k, v in group.raw.items() if k not in strip}
    if keep is None and not strip:
        return raw
    shared = _mapping(group.raw.get("labels")) if "labels" in strip else {}
    kept = None if keep is None else _kept(group, keep)
    raw["rules"] = [
        {**rule, "labels": {**shared, **_mapping(rule.get("labels"))}}
        if shared and isinstance(rule, Mapping)
        else rule
        for number, rule in enumerate(_listed(group.raw.get("rules")))
        if kept is None or number in kept
    ]
    return raw


def _kept(group: Group, keep: Collection[int]) -> frozenset[int]:
    numbers = (rule.place.path[-1] for rule in group.rules if id(rule) in keep)
    return frozenset(n for n in numbers if isinstance(n, int))


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def newer_fields(files: Iterable[RuleFile]) -> tuple[str, ...]:
    """Fields of groups that only later versions of Prometheus know."""
    found = {name for file in files for group in file.groups for name in group.raw}
    return tuple(sorted(found & NEWER.keys()))


@dataclass(frozen=True, slots=True)
class Tiers:
    """Alerts by how far they look back, and the rules (by ``id()``) that each tier needs.

    ``beyond``: names of the alerts that look back further than any tier.
    """

    short: frozenset[int]
    long: frozenset[int]
    beyond: tuple[str, ...]


def tiers(rules: Sequence[Rule]) -> Tiers:
    """The tiers of *rules*, with the recording rules that their alerts need."""
    recorded = recorded_rules(rules)
    chosen: tuple[set[int], set[int]] = (set(), set())
    beyond: list[str] = []
    for rule in rules:
        if rule.kind != "alert":
            continue
        needed = list(_needed(rule, recorded))
        back = reach(rule, recorded)
        if back > LONG_LOOKBACK:
            beyond.append(rule.name)
            continue
        chosen[back > LOOKBACK].update(id(r) for r in needed)
    return Tiers(frozenset(chosen[0]), frozenset(chosen[1]), tuple(dict.fromkeys(beyond)))


def recorded_rules(rules: Iterable[Rule]) -> Mapping[str, Sequence[Rule]]:
    """Recording rules by the name that they record."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind == "record":
            found.setdefault(rule.name, []).append(rule)
    return found


def _needed(rule: Rule, recorded: Mapping[str, Sequence[Rule]]) -> Iterator[Rule]:
    """*rule* and every recording rule that it reads, directly or not."""
    seen: set[int] = set()
    waiting = [rule]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        for name in selected(one):
            waiting.extend(recorded.get(name, ()))


def selected(rule: Rule) -> frozenset[str]:
    """Metric names that *rule* selects; "" where a selector names none."""
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused):
        return frozenset()
    return frozenset(s.metric for s in promql.selectors(tree))


def reading(rule: Rule, rules: Iterable[Rule]) -> frozenset[str]:
    """Metric names that *rule* reads, through recording rules too, their own names included."""
    return _read(rule, recorded_rules(rules))


def readings(rules: Sequence[Rule]) -> Iterator[tuple[Rule, frozenset[str]]]:
    """Each of *rules* with the metric names that it reads, as by :func:`reading`."""
    recorded = recorded_rules(rules)
    return ((rule, _read(rule, recorded)) for rule in rules)


def _read(rule: Rule, recorded: Mapping[str, Sequence[Rule]]) -> frozenset[str]:
    return frozenset(name for one in _needed(rule, recorded) for name in selected(one))


def reach(rule: Rule, recorded: Mapping[str, Sequence[Rule]]) -> float:
    """Seconds that *rule* looks back: ranges, subqueries and offsets, recording rules included."""
    return _reach(rule, recorded, frozenset())


def _reach(rule: Rule, recorded: Mapping[str, Sequence[Rule]], above: frozenset[int]) -> float:
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused) or id(rule) in above or len(above) > _DEEPEST:
        return 0.0

    def step(node: Any, below: tuple[float, ...]) -> float:  # noqa: ANN401
        inner = max(below, default=0.0)
        if promql.kind(node) == "SubqueryExpr":
            return float(inner + node.range.total_seconds() + _offset(node))
        selector = promql.selector(node)
        if selector is None:
            return inner
        vector = getattr(node, "vector_selector", node)
        down = above | {id(rule)}
        through = (_reach(r, recorded, down) for r in recorded.get(selector.metric, ()))
        return (selector.range_s or 0.0) + _offset(vector) + max(through, default=0.0)

    return promql.fold(tree, step)


_DEEPEST = 20
"""Recording rules that build on one another."""


def _offset(node: Any) -> float:  # noqa: ANN401
    offset = getattr(node, "offset", None)
    return max(0.0, offset.total_seconds()) if offset is not None else 0.0
