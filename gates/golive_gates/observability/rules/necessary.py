"""Which parts of an expression it can do without."""

from __future__ import annotations

from typing import Any

from golive_gates.observability.rules import promql


def optional(tree: Any) -> frozenset[int]:  # noqa: ANN401 - the parser's nodes have no type
    """``id`` of each node of *tree* that may be empty and yet something comes out.

    The sides of ``or``, the right side of ``unless``, and what ``absent`` looks at.
    """
    found: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(tree, False)]
    while waiting:
        node, aside = waiting.pop()
        if aside:
            found.add(id(node))
        below = promql.children(node)
        may_be = [aside] * len(below)
        if promql.kind(node) == "BinaryExpr":
            sign = promql.operator(node)
            may_be = [aside or sign == "or", aside or sign in ("or", "unless")]
        elif promql.kind(node) == "Call" and node.func.name in promql.EMPTY_WHEN_WELL:
            may_be = [True] * len(below)
        waiting.extend(zip(below, may_be, strict=True))
    return frozenset(found)
