"""Quantiles that there are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive_gates.observability.rules import promql

_FIRST = frozenset({"histogram_quantile", "quantile_over_time"})


def wrong_quantiles(tree: Any) -> Iterator[float]:  # noqa: ANN401 - the parser's nodes have no type
    """Every quantile outside 0..1 that *tree* asks for: the answer is infinite."""
    for node in promql.nodes(tree):
        phi = None
        if promql.kind(node) == "Call" and node.func.name in _FIRST and node.args:
            phi = promql.bare(node.args[0])
        elif promql.kind(node) == "AggregateExpr" and promql.operator(node) == "quantile":
            phi = promql.bare(node.param)
        if phi is not None and promql.kind(phi) == "NumberLiteral" and not 0 <= phi.val <= 1:
            yield phi.val
