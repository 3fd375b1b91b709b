"""Bash to :mod:`golive_gates.pipeline.shell.syntax`, by way of tree-sitter's grammar.

The grammar nests lists, pipes and redirections in ways that are not bash's (`a >f | b && c` is a
pipe into a list), so operands and operators are laid flat and joined again by their precedence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as Several
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from golive_gates.pipeline.shell.joining import broken, commands_in, joined
from golive_gates.pipeline.shell.syntax import (
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Sequence,
    Simple,
    Test,
    Unparsed,
    Word,
)
from golive_gates.pipeline.shell.words import Words

if TYPE_CHECKING:
    from tree_sitter import Node as Tree
    from tree_sitter import Parser

LARGEST = 256 << 10
UNKNOWN = "?"
"""Stands among the words of a test for what is not followed."""
_EXPRESSION = re.compile(rb"\$\{\{.*?\}\}", re.DOTALL)
_ENDS = frozenset((";", "\n", "&", ";;", ";&", ";;&"))
_OPERATORS = frozenset(("&&", "||", "|", "|&", "!"))
_NO_OPERANDS = frozenset(("heredoc_body", "heredoc_end", "file_descriptor", "comment", "\n"))
_REDIRECTS = frozenset(("file_redirect", "heredoc_redirect", "herestring_redirect"))
_RESERVED = frozenset(("{", "}", "then", "fi", "do", "done", "esac", "else", "elif", "if", "case"))


class NotParsedError(Exception):
    """A script that is too large or nested too deeply."""


@lru_cache(maxsize=1)
def _parser() -> Parser:
    # Local: the grammar is a compiled module that no other gate needs.
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


@lru_cache(maxsize=256)
def parsed(script: str) -> Sequence:
    """*script* as statements; the same object each time. Raises ``NotParsedError``.

    Expressions of the forge are kept in words; nothing is known of their values.
    """
    source = script.replace("\r\n", "\n").encode("utf-8", "replace")
    if len(source) > LARGEST:
        raise NotParsedError
    plain = _EXPRESSION.sub(lambda found: b"x" * len(found[0]), source)
    try:
        return _Lowering(source).statements(_parser().parse(plain).root_node.children)
    except RecursionError:
        raise NotParsedError from None


class _Lowering:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._words = Words(source, self._substitution)

    def statements(self, nodes: Several[Tree]) -> Sequence:
        """The statements among *nodes*, which lie beside one another."""
        items: list[tuple[Node, bool]] = []
        waiting: list[Tree] = []

        def close(background: bool) -> None:
            if waiting:
                items.append((self._statement(tuple(waiting)), background))
                waiting.clear()

        for node in nodes:
            if node.type in _ENDS:
                close(node.type == "&")
            elif node.type != "comment":
                if waiting:
                    close(background=False)
                waiting.append(node)
        close(background=False)
        return Sequence(tuple(items))

    def _substitution(self, node: Tree) -> Sequence:
        return self.statements([c for c in node.children if c.is_named or c.type in _ENDS])

    def _line(self, node: Tree) -> int:
        # Rows of the tree miss the line breaks inside of expressions.
        return self._source.count(b"\n", 0, node.start_byte)

    def _statement(self, nodes: tuple[Tree, ...]) -> Node:
        flat = [piece for node in nodes for piece in self._flat(node)]
        return joined(flat)

    def _flat(self, node: Tree) -> Iterator[Node | str]:
        """*node* as operands and operators."""
        kind = node.type
        if kind in _OPERATORS:
            yield kind
        elif kind in ("list", "pipeline", "negated_command"):
            for child in node.children:
                yield from self._flat(child)
        elif kind == "redirected_statement":
            yield from self._redirected(node)
        elif kind not in _NO_OPERANDS:
            yield self._operand(node)

    def _redirected(self, node: Tree) -> Iterator[Node | str]:
        flat: list[Node | str] = []
        after: list[Node | str] = []
        bodies: list[Sequence] = []
        stdin: str | None = None
        for child in node.children:
            if child.type == "heredoc_redirect":
                stdin = self._heredoc(child)
                for inner in child.children:
                    if inner.type in _REDIRECTS or inner.type.startswith("heredoc"):
                        bodies += self._words.bodies(inner)
                    elif inner.is_named or inner.type in _OPERATORS:
                        after += self._flat(inner)
            elif child.type in _REDIRECTS:
                bodies += self._words.bodies(child)
            else:
                flat += self._flat(child)
        if flat and isinstance(last := flat[-1], Simple):
            read = (*last.bodies, *bodies)
            flat[-1] = Simple(last.words, last.assignments, last.line, read, stdin)
        elif bodies:
            flat.append(Unparsed(self._line(node), self._words.text(node)))
        yield from (*flat, *after)

    def _heredoc(self, node: Tree) -> str | None:
        found = [c for c in node.children if c.type == "heredoc_body"]
        if not found:
            return ""
        return None if list(self._words.bodies(found[0])) else self._words.text(found[0])

    def _operand(self, node: Tree) -> Node:
        reader = getattr(self, f"_read_{node.type}", None)
        if reader is None or (node.has_error and broken(node)):
            return self._unparsed(node)
        read: Node = reader(node)
        return read

    def _unparsed(self, node: Tree) -> Unparsed:
        inside = tuple(self._simple(c) for c in commands_in(node))
        return Unparsed(self._line(node), self._words.text(node)[:200], inside)

    def _simple(self, node: Tree) -> Simple:
        read = self._read_command(node)
        return read if isinstance(read, Simple) else Simple((), (), self._line(node))

    def _read_command(self, node: Tree) -> Node:
        words: list[Word] = []
        assignments = []
        bodies: list[Sequence] = []
        for child in node.children:
            if child.type == "variable_assignment":
                assignments.append(self._words.assignment(child))
            elif child.type == "subshell":  # ``time ( )``
                return self._operand(child) if not words[1:] else self._unparsed_plain(node)
            elif child.type in _REDIRECTS:
                bodies += self._words.bodies(child)
            elif child.is_named:
                words.append(self._words.word(child))
        if words and words[0].text in _RESERVED:
            return self._unparsed_plain(node)
        return Simple(tuple(words), tuple(assignments), self._line(node), tuple(bodies))

    def _unparsed_plain(self, node: Tree) -> Unparsed:
        return Unparsed(self._line(node), self._words.text(node)[:200])

    def _read_variable_assignment(self, node: Tree) -> Node:
        return Simple((), (self._words.assignment(node),), self._line(node))

    def _read_variable_assignments(self, node: Tree) -> Node:
        found = tuple(self._words.assignment(c) for c in node.named_children)
        return Simple((), found, self._line(node))

    def _read_declaration_command(self, node: Tree) -> Node:
        words = [Word(node.children[0].type)]
        assignments = []
        for child in node.children[1:]:
            if child.type == "variable_assignment":
                assignments.append(self._words.assignment(child))
            else:
                words.append(self._words.word(child))
        return Simple(tuple(words), tuple(assignments), self._line(node))

    def _read_unset_command(self, node: Tree) -> Node:
        words = (Word("unset"), *(self._words.word(c) for c in node.named_children))
        return Simple(words, (), self._line(node))

    def _read_test_command(self, node: Tree) -> Node:
        bodies = tuple(self._words.bodies(node))
        return Test(tuple(self._tokens(node)), bodies=bodies)

    def _tokens(self, node: Tree) -> Iterator[Word]:
        for child in node.children:
            if child.type in ("binary_expression", "unary_expression", "parenthesized_expression"):
                yield from self._tokens(child)
            elif child.type in ("postfix_expression", "ternary_expression"):
                yield Word(UNKNOWN)
                yield from (self._words.word(c) for c in child.named_children)
            elif child.type not in ("[", "]", "[[", "]]", "((", "))", "\n"):
                yield self._words.word(child)

    def _read_compound_statement(self, node: Tree) -> Node:
        if node.children and node.children[0].type == "((":
            bodies = tuple(self._words.bodies(node))
            return Test(tuple(self._tokens(node)), arithmetic=True, bodies=bodies)
        return Group(self.statements(node.children[1:-1]))

    def _read_subshell(self, node: Tree) -> Node:
        return Group(self.statements(node.children[1:-1]), subshell=True)

    def _read_if_statement(self, node: Tree) -> Node:
        branches = []
        otherwise = Sequence()
        condition, body = self._branch(
            [c for c in node.children if c.type not in ("elif_clause", "else_clause", "fi")]
        )
        branches.append((condition, body))
        for child in node.children:
            if child.type == "elif_clause":
                branches.append(self._branch(child.children))
            elif child.type == "else_clause":
                otherwise = self.statements(child.children[1:])
        return If(tuple(branches), otherwise)

    def _branch(self, nodes: Several[Tree]) -> tuple[Sequence, Sequence]:
        then = next((n for n, c in enumerate(nodes) if c.type == "then"), len(nodes))
        return self.statements(nodes[1:then]), self.statements(nodes[then + 1 :])

    def _read_while_statement(self, node: Tree) -> Node:
        kind: Literal["until", "while"] = "until" if node.children[0].type == "until" else "while"
        return Loop(kind, self.statements(node.children[1:-1]), self._body(node))

    def _read_for_statement(self, node: Tree) -> Node:
        values = tuple(self._words.word(c) for c in node.children_by_field_name("value"))
        name = node.child_by_field_name("variable")
        listed = any(c.type == "in" for c in node.children)
        text = self._words.text(name) if name is not None else ""
        return Loop("for", Sequence(), self._body(node), text, values if listed else None)

    def _read_c_style_for_statement(self, node: Tree) -> Node:
        return Loop("for", Sequence(), self._body(node))

    def _body(self, node: Tree) -> Sequence:
        body = node.child_by_field_name("body")
        return self.statements(body.children[1:-1]) if body is not None else Sequence()

    def _read_case_statement(self, node: Tree) -> Node:
        value = node.child_by_field_name("value")
        branches = []
        for item in node.children:
            if item.type != "case_item":
                continue
            closed = next((n for n, c in enumerate(item.children) if c.type == ")"), 0)
            patterns = tuple(self._words.word(c).text for c in item.children[:closed] if c.is_named)
            branches.append((patterns, self.statements(item.children[closed + 1 :])))
            if any(c.type in (";&", ";;&") for c in item.children):
                return self._unparsed(node)
        return Case(self._words.word(value) if value else Word(""), tuple(branches))

    def _read_function_definition(self, node: Tree) -> Node:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return self._unparsed(node)
        flat = list(self._flat(body))
        return Function(self._words.text(name), joined(flat))
