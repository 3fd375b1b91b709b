"""Divisions of a part by its whole: a selection of series over all of the same."""

from __future__ import annotations

from typing import Any, Literal

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.matching_side import sides

_OF_A_RANGE = frozenset({"rate", "increase", "irate", "sum_over_time", "count_over_time"})


def share(node: Any) -> Literal["part", "itself"] | None:  # noqa: ANN401
    """What the division *node* gives: at most 1, always 1, or ``None`` where it may be anything.

    ``itself``: both sides are the same series one by one, as only their matchers differ and no
    aggregation lies between, so that each is divided by itself.
    """
    left, right = promql.bare(node.lhs), promql.bare(node.rhs)
    if promql.kind(left) == "AggregateExpr" and promql.kind(right) == "AggregateExpr":
        return "part" if _aggregates(left, right) else None
    if not _within(left, right):
        return None
    how = sides(node)
    plain = not how.on and not how.labels and how.many == "neither"
    return "itself" if plain and _metric(left) == _metric(right) else None


def _aggregates(left: Any, right: Any) -> bool:  # noqa: ANN401
    """Whether *left* adds up a part of what *right* adds up, in groups no larger."""
    if promql.operator(left) != promql.operator(right) or promql.operator(left) != "sum":
        return False
    if not _counts(left.expr) or not _within(left.expr, right.expr):
        return False
    fine, coarse = _by(left), _by(right)
    return fine is not None and coarse is not None and coarse <= fine


def _by(node: Any) -> frozenset[str] | None:  # noqa: ANN401
    modifier = node.modifier
    if modifier is None:
        return frozenset()
    return None if str(modifier.type).endswith("Without") else frozenset(modifier.labels)


def _counts(node: Any) -> bool:  # noqa: ANN401
    """Whether the values of *node* cannot be negative: only then a part is at most the whole."""
    node = promql.bare(node)
    if promql.kind(node) == "Call":
        return node.func.name in _OF_A_RANGE and node.func.name != "sum_over_time"
    selector = promql.selector(node)
    return selector is not None and selector.metric.endswith(("_total", "_count", "_bucket"))


def _within(left: Any, right: Any) -> bool:  # noqa: ANN401
    """Whether *left* reads some of the series that *right* reads, in the same way."""
    left, right = promql.bare(left), promql.bare(right)
    if promql.kind(left) != promql.kind(right):
        return False
    if promql.kind(left) == "Call":
        same = left.func.name == right.func.name and left.func.name in _OF_A_RANGE
        return same and _within(left.args[0], right.args[0])
    a, b = promql.selector(left), promql.selector(right)
    if a is None or b is None or not a.metric:
        return False
    same = a.metric == b.metric and a.range_s == b.range_s and _shift(left) == _shift(right)
    return same and set(b.matchers) <= set(a.matchers)


def _shift(node: Any) -> str:  # noqa: ANN401
    inner = getattr(node, "vector_selector", node)
    at = inner.at
    return f"{inner.offset} {None if at is None else (at.type, at.at)}"


def _metric(node: Any) -> str:  # noqa: ANN401
    node = promql.bare(node)
    if promql.kind(node) == "Call":
        return _metric(node.args[0])
    selector = promql.selector(node)
    return "" if selector is None else selector.metric
