"""Binary expressions whose two sides can never hold series that match each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.matching_side import sides
from golive_gates.observability.rules.output_labels import Outputs, Recorded, output_of


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The operation ``node`` never finds a partner: because of ``label``.

    ``left`` and ``right``: its value there; ``None`` where that side groups by it or not, which
    ``only`` tells: the side that has it.
    """

    node: Any
    label: str
    left: str | None = None
    right: str | None = None
    only: str = ""


def mismatches(tree: Any, recorded: Recorded) -> Iterator[Mismatch]:  # noqa: ANN401
    """Operations of *tree* between vectors that match nothing, whatever is measured."""
    found: list[Mismatch] = []

    def step(node: Any, below: tuple[Outputs, ...]) -> Outputs:  # noqa: ANN401
        if promql.kind(node) == "BinaryExpr" and promql.operator(node) != "or":
            seen = _mismatch(node, *below)
            if seen is not None:
                found.append(seen)
        return output_of(node, below, recorded)

    promql.fold(tree, step)
    yield from found


def _mismatch(node: Any, left: Outputs, right: Outputs) -> Mismatch | None:  # noqa: ANN401
    if left.scalar or right.scalar:
        return None
    how = sides(node)
    wanted = how.labels if how.on else (left.sure | right.sure) - how.labels
    for label in sorted(wanted):
        a, b = left.static.get(label), right.static.get(label)
        if a is not None and b is not None and a != b:
            return Mismatch(node, label, a, b)
        if label in left.sure and not right.may_have(label):
            return Mismatch(node, label, only="left")
        if label in right.sure and not left.may_have(label):
            return Mismatch(node, label, only="right")
    return None
