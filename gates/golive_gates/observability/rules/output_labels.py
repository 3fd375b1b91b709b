"""Which labels the series that an expression returns can carry, and which values are fixed.

The rules of Prometheus: an aggregation keeps what ``by`` names, a one-to-one match keeps what
``on`` names, ``group_left`` takes the labels of the many side and adds the named ones, and
``absent`` invents labels out of equality matchers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.matching_side import Sides, sides
from golive_gates.observability.rules.model import Rule

ORDERING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that choose among series and leave those as they are."""
_NAME = "__name__"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Labels of the series that come out, their name left out.

    ``kept``: the only ones that there can be; ``None`` where nothing limits them. ``static``:
    those whose value the expression fixes. ``dropped``: those that there cannot be, where
    ``kept`` is ``None``. ``sure``: those that each series is meant to have, for the expression
    groups by them or selects them by value. ``scalar``: a number without labels.
    """

    kept: frozenset[str] | None = None
    static: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    scalar: bool = False

    def may_have(self, label: str) -> bool:
        """Whether a series that comes out can have *label*."""
        if label in self.static:
            return True
        return label not in self.dropped if self.kept is None else label in self.kept

    def only(self, labels: Iterable[str]) -> Outputs:
        """With nothing but *labels*, of those that there can be."""
        kept = frozenset(label for label in labels if self.may_have(label))
        return Outputs(kept, {k: v for k, v in self.static.items() if k in kept}, sure=kept)

    def but(self, labels: Iterable[str]) -> Outputs:
        """Without *labels*."""
        gone = frozenset(labels)
        static = {k: v for k, v in self.static.items() if k not in gone}
        if self.kept is None:
            return Outputs(None, static, self.dropped | gone, self.sure - gone)
        return Outputs(self.kept - gone, static, sure=self.sure - gone)

    def having(self, label: str, value: str | None = None) -> Outputs:
        """With *label* beside the others; *value* where it is fixed."""
        static = {k: v for k, v in self.static.items() if k != label}
        if value is not None:
            static[label] = value
        kept = None if self.kept is None else self.kept | {label}
        sure = self.sure | {label} if value is not None else self.sure
        return Outputs(kept, static, self.dropped - {label}, sure)


NOTHING = Outputs(frozenset())
SCALAR = Outputs(frozenset(), scalar=True)
ANYTHING = Outputs()
Recorded = Mapping[str, Outputs]
"""What recording rules make, by the name of the series."""


def outputs(tree: Any, recorded: Recorded | None = None) -> Outputs:  # noqa: ANN401
    """Labels of what *tree* returns. *recorded*: of :func:`recorded_outputs`."""
    known = recorded or {}
    return promql.fold(tree, lambda node, below: output_of(node, below, known))


def recorded_outputs(rules: Iterable[Rule]) -> Recorded:
    """What the recording rules among *rules* make. One that reads itself makes anything."""
    trees: dict[str, list[tuple[Any, Mapping[str, str]]]] = {}
    for rule in rules:
        if rule.kind == "record":
            tree = promql.parse(rule.expr)
            known = None if isinstance(tree, promql.Refused) else tree
            trees.setdefault(rule.name, []).append((known, rule.labels))
    made: dict[str, Outputs] = {}
    for name in _in_order(trees):
        whole: Outputs | None = None
        for tree, labels in trees[name]:
            one = ANYTHING if tree is None else outputs(tree, made)
            for label, value in labels.items():
                one = one.having(label, value) if value else one.but((label,))
            whole = one if whole is None else either(whole, one)
        made[name] = whole or ANYTHING
    return made


def _in_order(trees: Mapping[str, list[tuple[Any, Mapping[str, str]]]]) -> list[str]:
    """Names so that what a rule reads comes before it, as far as there is such an order."""
    reads = {
        name: {s.metric for tree, _ in made if tree is not None for s in promql.selectors(tree)}
        & trees.keys()
        for name, made in trees.items()
    }
    order: list[str] = []
    done: set[str] = set()
    for first in trees:
        stack = [first]
        begun: set[str] = set()
        while stack:
            name = stack[-1]
            waiting = [n for n in reads[name] if n not in done and n not in begun]
            begun.add(name)
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            if name not in done:
                done.add(name)
                order.append(name)
    return order


def output_of(node: Any, below: tuple[Outputs, ...], recorded: Recorded) -> Outputs:  # noqa: ANN401
    """Labels of *node*, by those of its children."""
    match promql.kind(node):
        case "VectorSelector" | "MatrixSelector":
            return _selected(node, recorded)
        case "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            return below[0]
        case "AggregateExpr":
            return _aggregated(node, below)
        case "Call":
            return _called(node, below)
        case "BinaryExpr":
            return _combined(node, *below)
        case _:
            return SCALAR


def _selected(node: Any, recorded: Recorded) -> Outputs:  # noqa: ANN401
    selector = promql.selector(node)
    if selector is None:
        return ANYTHING
    found = recorded.get(selector.metric, ANYTHING)
    for label, sign, value in selector.matchers:
        if sign == "=" and label != _NAME:
            found = found.having(label, value) if value else found.but((label,))
    return found


def _aggregated(node: Any, below: tuple[Outputs, ...]) -> Outputs:  # noqa: ANN401
    inner, name, modifier = below[0], promql.operator(node), node.modifier
    if name in ORDERING:
        return inner
    if modifier is None:
        found = NOTHING
    elif str(modifier.type).endswith("Without"):
        found = inner.but(modifier.labels)
    else:
        found = inner.only(modifier.labels)
    if name == "count_values" and promql.kind(promql.bare(node.param)) == "StringLiteral":
        label = promql.bare(node.param).val
        found = replace(found.having(label), sure=found.sure | {label})
    return found


def _called(node: Any, below: tuple[Outputs, ...]) -> Outputs:  # noqa: ANN401
    name = node.func.name
    if name in promql.EMPTY_WHEN_WELL:
        return _absent(node)
    if str(node.func.return_type).endswith("Scalar"):
        return SCALAR
    inner = next((o for o in below if not o.scalar), NOTHING)
    if name == "vector":
        return NOTHING
    if name == "histogram_quantile":
        return inner.but(("le",))
    if name == "label_replace":
        return _replaced(node, inner)
    if name == "label_join":
        target = _text(node, 1)
        return ANYTHING if target is None else inner.having(target)
    return ANYTHING if name == "info" else inner


def _absent(node: Any) -> Outputs:  # noqa: ANN401
    selector = promql.selector(promql.bare(node.args[0])) if node.args else None
    if selector is None:
        return NOTHING
    # A label that is matched twice is left out, whatever the operators.
    named = [label for label, _, _ in selector.matchers]
    static = {
        label: value
        for label, sign, value in selector.matchers
        if sign == "=" and value and label != _NAME and named.count(label) == 1
    }
    return Outputs(frozenset(static), static, sure=frozenset(static))


def _replaced(node: Any, inner: Outputs) -> Outputs:  # noqa: ANN401
    target, value, source, pattern = (_text(node, i) for i in range(1, 5))
    if target is None:
        return ANYTHING
    fixed = value if value and "$" not in value else None
    # With no source label the empty text is matched, so that such a pattern always does.
    always = source == "" and pattern in ("", ".*", "(.*)", "^$", "^.*$")
    if value == "" and (always or pattern == ".*"):
        return inner.but((target,))
    return inner.having(target, fixed if always or pattern == ".*" else None)


def _text(node: Any, number: int) -> str | None:  # noqa: ANN401
    if number >= len(node.args):
        return None
    found = promql.bare(node.args[number])
    return found.val if promql.kind(found) == "StringLiteral" else None


def _combined(node: Any, left: Outputs, right: Outputs) -> Outputs:  # noqa: ANN401
    if left.scalar or right.scalar:
        return right if left.scalar else left
    sign = promql.operator(node)
    if sign == "or":
        return either(left, right)
    if sign in ("and", "unless"):
        return left
    return _matched(sides(node), left, right)


def either(left: Outputs, right: Outputs) -> Outputs:
    """What comes out of the one or the other."""
    static = {k: v for k, v in left.static.items() if right.static.get(k) == v}
    sure = left.sure & right.sure
    if left.kept is not None and right.kept is not None:
        return Outputs(left.kept | right.kept, static, sure=sure)
    dropped = frozenset(
        label
        for label in left.dropped | right.dropped
        if not left.may_have(label) and not right.may_have(label)
    )
    return Outputs(None, static, dropped, sure)


def _matched(how: Sides, left: Outputs, right: Outputs) -> Outputs:
    many, one = (right, left) if how.many == "right" else (left, right)
    if how.many == "neither":
        found = many.only(how.labels) if how.on else many.but(how.labels)
        # What both sides have to agree on can only be what both can have.
        gone = [] if found.kept is None else [k for k in found.kept if not one.may_have(k)]
        found = found.but(gone)
    else:
        found = many
    for label, value in one.static.items():
        if how.matches(label) and label not in found.static and found.may_have(label):
            found = found.having(label, value)
    for label in how.included:
        found = (
            found.having(label, one.static.get(label))
            if one.may_have(label)
            else found.but((label,))
        )
    return found
