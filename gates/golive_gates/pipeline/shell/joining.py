"""Operands and operators of the syntax tree, laid flat, to lists and pipes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from golive_gates.pipeline.shell.syntax import AndOr, Node, Pipeline, Unparsed

if TYPE_CHECKING:
    from tree_sitter import Node as Tree


def broken(node: Tree) -> bool:
    """Whether an error lies in *node* itself: one in a statement below is told there."""
    below = ("command", "list", "pipeline", "redirected_statement", "do_group", "if_statement")
    return any(
        c.is_error or c.is_missing or (c.has_error and c.type not in below) for c in node.children
    )


def commands_in(node: Tree) -> Iterator[Tree]:
    """Commands that were made out below *node*, not within one another."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here.type == "command" and here is not node:
            yield here
        else:
            waiting += reversed(here.children)


def joined(flat: list[Node | str]) -> Node:
    """Operands and operators as an and-or list of pipes."""
    pipes: list[list[Node]] = [[]]
    negated = [False]
    operators: list[Literal["&&", "||"]] = []
    for piece in flat:
        if piece == "!":
            negated[-1] = not negated[-1]
        elif piece in ("&&", "||"):
            operators.append("&&" if piece == "&&" else "||")
            pipes.append([])
            negated.append(False)
        elif not isinstance(piece, str):
            pipes[-1].append(piece)
    if not all(pipes):
        return Unparsed(0, "")
    made = [
        stages[0] if len(stages) == 1 and not not_ else Pipeline(tuple(stages), not_)
        for stages, not_ in zip(pipes, negated, strict=True)
    ]
    if not operators:
        return made[0]
    return AndOr(made[0], tuple(zip(operators, made[1:], strict=True)))
