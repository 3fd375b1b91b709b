"""Comparisons of a histogram's quantile with a number, wherever they stand in a rule. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.promql import Selector

DEPTH = 5
"""Recording rules that are followed from an alert to a histogram."""
KEEPING = frozenset(
    {"avg_over_time", "max_over_time", "min_over_time", "last_over_time", "quantile_over_time"}
)
"""Functions whose result lies within the values of their argument."""
WITHIN = frozenset({"max", "min", "avg", "quantile", "topk", "bottomk"})
"""Aggregations of that kind."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class QuantileAbove:
    """``histogram_quantile(...) > threshold``.

    ``threshold``: in the histogram's own unit. ``strict``: ``>`` rather than ``>=``.
    ``buckets``: selectors of the buckets, each named ``..._bucket``.
    """

    threshold: float
    strict: bool
    buckets: tuple[Selector, ...]


def quantiles_above(expr: str, recorded: Mapping[str, str]) -> Iterator[QuantileAbove]:
    """Every such comparison in *expr*; names in *recorded* are followed to their expressions."""
    tree = promql.parse(expr)
    if isinstance(tree, promql.Refused):
        return
    for node in promql.nodes(tree):
        if promql.kind(node) != "BinaryExpr":
            continue
        operator, left, right = str(node.op), node.lhs, node.rhs
        limit = constant(right)
        if limit is None:
            operator, limit, left = _FLIPPED.get(operator, ""), constant(left), right
        if operator not in (">", ">=") or limit is None:
            continue
        for call, factor in _quantiles(left, recorded, DEPTH):
            if factor > 0:
                buckets = tuple(dict.fromkeys(_buckets(call, recorded, DEPTH)))
                yield QuantileAbove(limit / factor, operator == ">", buckets)


def constant(node: Any) -> float | None:  # noqa: ANN401 - the parser's nodes have no common type
    """The number that *node* comes to; ``None`` where it depends on a series."""
    match promql.kind(node):
        case "NumberLiteral":
            return float(node.val)
        case "ParenExpr":
            return constant(node.expr)
        case "UnaryExpr":
            value = constant(node.expr)
            return None if value is None else -value
        case "BinaryExpr":
            return _computed(str(node.op), constant(node.lhs), constant(node.rhs))
        case _:
            return None


def _computed(operator: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    try:
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case _:
                return None
    except (ZeroDivisionError, OverflowError):
        return None


def _quantiles(
    node: Any,  # noqa: ANN401
    recorded: Mapping[str, str],
    depth: int,
) -> Iterator[tuple[Any, float]]:
    """Calls of histogram_quantile that *node*'s values are, each with the factor on them."""
    match promql.kind(node):
        case "ParenExpr":
            yield from _quantiles(node.expr, recorded, depth)
        case "SubqueryExpr":
            yield from _quantiles(node.expr, recorded, depth)
        case "AggregateExpr" if str(node.op) in WITHIN:
            yield from _quantiles(node.expr, recorded, depth)
        case "Call" if node.func.name == "histogram_quantile":
            yield node, 1.0
        case "Call" if node.func.name in KEEPING:
            yield from _quantiles(node.args[-1], recorded, depth)
        case "BinaryExpr":
            yield from _scaled(node, recorded, depth)
        case "VectorSelector" | "MatrixSelector" if depth:
            inner = node if promql.kind(node) == "VectorSelector" else node.vector_selector
            tree = promql.parse(recorded.get(inner.name or "", "-"))
            if not isinstance(tree, promql.Refused):
                yield from _quantiles(tree, recorded, depth - 1)


def _scaled(
    node: Any,  # noqa: ANN401
    recorded: Mapping[str, str],
    depth: int,
) -> Iterator[tuple[Any, float]]:
    operator = str(node.op)
    left, right = constant(node.lhs), constant(node.rhs)
    if operator in ("and", "unless"):
        yield from _quantiles(node.lhs, recorded, depth)
    elif operator == "or":
        yield from _quantiles(node.lhs, recorded, depth)
        yield from _quantiles(node.rhs, recorded, depth)
    elif operator == "*" and right is not None:
        yield from ((c, f * right) for c, f in _quantiles(node.lhs, recorded, depth))
    elif operator == "*" and left is not None:
        yield from ((c, f * left) for c, f in _quantiles(node.rhs, recorded, depth))
    elif operator == "/" and right:
        yield from ((c, f / right) for c, f in _quantiles(node.lhs, recorded, depth))


def _buckets(node: Any, recorded: Mapping[str, str], depth: int) -> Iterator[Selector]:  # noqa: ANN401
    """Selectors of buckets below *node*, through what is recorded."""
    for selector in promql.selectors(node):
        if selector.metric.endswith("_bucket"):
            yield selector
        elif depth and selector.metric in recorded:
            tree = promql.parse(recorded[selector.metric])
            if not isinstance(tree, promql.Refused):
                yield from _buckets(tree, recorded, depth - 1)
