"""Words of the syntax tree: without their quotes, variables and substitutions as parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive_gates.pipeline.shell.syntax import Assignment, Part, Sequence, Word

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_IN_STRING = re.compile(r"\\([\\$`\"\n])")


@dataclass(frozen=True, slots=True)
class Words:
    """Reads words out of *source*; ``body``: what makes a substitution's tree a sequence."""

    source: bytes
    body: Callable[[Tree], Sequence]

    def text(self, node: Tree) -> str:
        """What is written there, expressions of the forge as they are."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def word(self, node: Tree) -> Word:
        """The word at *node*."""
        parts = tuple(self._parts(node))
        return Word(self._plain(node), parts)

    def assignment(self, node: Tree) -> Assignment:
        """``name=value`` at *node*."""
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        named = self.text(name) if name is not None else ""
        word = Word("", ()) if value is None else self.word(value)
        between = self.source[name.end_byte : value.start_byte] if name and value else b"="
        known = b"+" not in between and "[" not in named
        return Assignment(
            named.partition("[")[0],
            word if known else Word(word.text, (*_bodies(word), Part("other"))),
        )

    def bodies(self, node: Tree) -> Iterator[Sequence]:
        """Substitutions anywhere below *node*, but not within one another."""
        if node.type in ("command_substitution", "process_substitution"):
            yield self.body(node)
            return
        for child in node.children:
            yield from self.bodies(child)

    def _parts(self, node: Tree) -> Iterator[Part]:
        kind = node.type
        if kind == "raw_string":
            yield self._literal(self.text(node)[1:-1])
        elif kind == "string":
            yield from self._in_string(node)
        elif kind in ("simple_expansion", "expansion"):
            yield self._variable(node)
            yield from (Part("substitution", body=b) for b in self.bodies(node))
        elif kind in ("command_substitution", "process_substitution"):
            there = "substitution" if kind.startswith("command") else "other"
            yield Part(there, self.text(node), body=self.body(node))  # type: ignore[arg-type]
        elif kind in ("concatenation", "command_name"):
            for child in node.children:
                yield from self._parts(child)
        elif kind in ("word", "number", "variable_name", "regex", "extglob_pattern"):
            if node.named_child_count:
                yield Part("other", self.text(node))
            else:
                yield self._literal(_ESCAPED.sub(_kept, self.text(node)))
        else:
            yield Part("other", self.text(node))
            yield from (Part("substitution", body=b) for b in self.bodies(node))

    def _in_string(self, node: Tree) -> Iterator[Part]:
        at = node.start_byte + 1
        for child in node.named_children:
            if child.type == "string_content":
                continue
            if child.start_byte > at:
                yield self._string_text(at, child.start_byte)
            yield from self._parts(child)
            at = child.end_byte
        if at < node.end_byte - 1:
            yield self._string_text(at, node.end_byte - 1)

    def _string_text(self, start: int, end: int) -> Part:
        text = self.source[start:end].decode("utf-8", "replace")
        return self._literal(_IN_STRING.sub(_kept, text))

    def _literal(self, text: str) -> Part:
        return Part("other" if "${{" in text else "text", text)

    def _variable(self, node: Tree) -> Part:
        text = self.text(node)
        found = re.fullmatch(
            r"\$\{?(\w+|[?!@*#$-])(?:\[(\w+|@|\*)\])?(?::?-(?P<q>[\"']?)([\w./-]*)(?P=q))?\}?", text
        )
        if not found or "${{" in text:
            return Part("other", text)
        return Part("variable", found[1], found[4], found[2] or "")

    def _plain(self, node: Tree) -> str:
        kind = node.type
        if kind == "raw_string":
            return self.text(node)[1:-1]
        if kind == "string":
            return _IN_STRING.sub(_kept, self.text(node)[1:-1])
        if kind in ("concatenation", "command_name"):
            return "".join(self._plain(child) for child in node.children)
        if kind == "ansi_c_string":
            return self.text(node)[2:-1]
        text = self.text(node)
        return _ESCAPED.sub(_kept, text) if kind == "word" and "${{" not in text else text


def _bodies(word: Word) -> tuple[Part, ...]:
    return tuple(p for p in word.parts if p.body is not None)


def _kept(found: re.Match[str]) -> str:
    return "" if found[1] == "\n" else found[1]
