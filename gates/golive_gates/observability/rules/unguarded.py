"""Ratios that fall silent when nothing happens: NaN meets no comparison."""

from __future__ import annotations

from typing import Any

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.counters import RATES

_GUARDS = frozenset({"and", "or", "unless"})


def unguarded(tree: Any) -> bool:  # noqa: ANN401 - the parser's nodes have no type
    """Whether *tree* asks for a low ratio of rates, and nothing in it minds that there are none.

    0/0 is NaN, so that "less than 99 % succeed" is false when no request comes through at all.
    """
    low = False
    for node in promql.nodes(tree):
        if promql.kind(node) == "BinaryExpr" and promql.operator(node) in _GUARDS:
            return False
        if promql.kind(node) == "Call" and node.func.name in ("clamp_min", "absent", "vector"):
            return False
        low = low or (promql.compares(node) and _low(node))
    return low


def _low(node: Any) -> bool:  # noqa: ANN401
    left = promql.bare(node.lhs)
    if promql.operator(node) not in ("<", "<=") or promql.kind(left) != "BinaryExpr":
        return False
    if promql.operator(left) == "*":
        left = next((s for s in map(promql.bare, (left.lhs, left.rhs)) if _divides(s)), left)
    return _divides(left) and any(
        promql.kind(n) == "Call" and n.func.name in RATES for n in promql.nodes(left.rhs)
    )


def _divides(node: Any) -> bool:  # noqa: ANN401
    return promql.kind(node) == "BinaryExpr" and promql.operator(node) == "/"
