"""How a binary expression matches the series of its two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Sides:
    """``on`` the ``labels``, or on all but those. ``included``: taken from the one side."""

    on: bool = False
    labels: frozenset[str] = frozenset()
    many: Literal["left", "right", "neither"] = "neither"
    included: tuple[str, ...] = ()

    def matches(self, label: str) -> bool:
        """Whether both sides have to agree on *label*."""
        return (label in self.labels) == self.on


_MANY: dict[str, Literal["left", "right", "neither"]] = {
    "ManyToOne": "left",
    "OneToMany": "right",
}


def sides(node: Any) -> Sides:  # noqa: ANN401 - the parser's nodes have no common type
    """How the BinaryExpr *node* matches."""
    modifier = node.modifier
    if modifier is None:
        return Sides()
    matching = modifier.matching
    on = matching is not None and str(matching.type).endswith("Include")
    labels = frozenset(matching.labels) if matching is not None else frozenset()
    many = _MANY.get(str(modifier.card).rpartition(".")[2], "neither")
    return Sides(on, labels, many, tuple(modifier.group_labels or ()))
