"""Every simple command of a script, those of the scripts that it runs included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from golive_gates.pipeline.shell.running import Nested
from golive_gates.pipeline.shell.syntax import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Sequence,
    Simple,
    Test,
    Unparsed,
)

DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A command and where it is. ``file``, ``via``: as of a ``Command``.

    ``line``: in its file, or in the step where it stands there. ``step_line``: in the step, of
    itself or the command that leads to it.
    """

    simple: Simple
    line: int
    step_line: int
    file: str = ""
    via: tuple[str, ...] = ()


Below = Callable[[Simple], Nested | None]


def found_in(body: Sequence, nested: Below, most: int) -> Iterator[Found]:
    """The commands of *body* in their order, each once and at most *most*."""
    seen: set[int] = set()
    for found in _nested(body, nested, None):
        if id(found.simple) not in seen:
            seen.add(id(found.simple))
            yield found
        if len(seen) >= most:
            return


def unparsed_in(body: Sequence, nested: Below) -> Iterator[tuple[Unparsed, str]]:
    """Parts of *body* that were not understood, each with its file, empty for the step itself."""
    yield from _unparsed(body, nested, "", 0)


def _unparsed(body: Node, nested: Below, file: str, depth: int) -> Iterator[tuple[Unparsed, str]]:
    for node in _within(body):
        if isinstance(node, Unparsed):
            yield node, file
        elif isinstance(node, Simple) and depth < DEEPEST:
            below = nested(node)
            if below is not None:
                yield from _unparsed(below.body, nested, below.file or file, depth + 1)


def _nested(body: Sequence, nested: Below, above: Found | None, first: int = 0) -> Iterator[Found]:
    for node in _within(body):
        inside = node.inside if isinstance(node, Unparsed) else ()
        for simple in (node,) if isinstance(node, Simple) else inside:
            if not simple.words:
                continue
            line = first + simple.line
            if above is None:
                found = Found(simple, line, line)
            else:
                found = Found(simple, line, above.step_line, above.file, above.via)
            below = nested(simple)
            if below is None:
                yield found
            elif len(found.via) < DEEPEST:
                yield from _below(simple, found, below, nested)


def _below(simple: Simple, found: Found, below: Nested, nested: Below) -> Iterator[Found]:
    said = " ".join(w.text for w in simple.words)[:80]
    if below.file:
        above = Found(simple, below.line, found.step_line, below.file, (*found.via, said))
        yield from _nested(below.body, nested, above, below.line)
    else:  # Written in the command itself, as with ``bash -c``.
        above = Found(simple, found.line, found.step_line, found.file, (*found.via, said))
        yield from _nested(below.body, nested, above, found.line)


def _within(node: Node) -> Iterator[Node]:
    """Simple commands and unread parts below *node*, substitutions first."""
    match node:
        case Simple():
            for word in (*node.words, *(a.value for a in node.assignments)):
                for part in word.parts:
                    if part.body is not None:
                        yield from _within(part.body)
            for body in node.bodies:
                yield from _within(body)
            yield node
        case Unparsed():
            yield node
        case _:
            for child in children_of(node):
                yield from _within(child)


def children_of(node: Node) -> Iterator[Node]:  # noqa: C901 - one case for each kind
    """What *node*, no simple command, consists of."""
    match node:
        case Test():
            yield from node.bodies
        case AndOr():
            yield node.first
            yield from (n for _, n in node.rest)
        case Pipeline():
            yield from node.stages
        case Sequence():
            yield from (n for n, _ in node.items)
        case Group() | Function():
            yield node.body
        case If():
            for condition, body in node.branches:
                yield from (condition, body)
            yield node.otherwise
        case Loop():
            yield from (node.condition, node.body)
            for word in node.values or ():
                yield from (p.body for p in word.parts if p.body is not None)
        case Case():
            yield from (body for _, body in node.branches)
