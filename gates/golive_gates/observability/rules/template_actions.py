"""The actions of a Go template, as tokens. Source: Go, package text/template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<string>\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\\n])+')"
    r"|(?P<variable>\$\w*)|(?P<word>[^\W\d]\w*)|(?P<field>\.\w+)|(?P<number>[-+]?\.?\d[\w.+-]*)"
    r"|(?P<space>\s+)|(?P<sign>:=|[().,|=])|(?P<other>.)",
    re.DOTALL,
)
_COMMENT = re.compile(r"\{\{(?:-\s+)?/\*")
_COMMENT_END = re.compile(r"\*/(?:\s+-)?\}\}")


class Token(NamedTuple):
    """``kind``: string, variable, word, field, number, sign or other."""

    kind: str
    text: str


class UnclosedError(ValueError):
    """An action that does not end; the text is its beginning."""


def actions(text: str) -> Iterator[list[Token]]:
    """The tokens of each action of *text*, without spaces and comments. Raises UnclosedError."""
    at = text.find("{{")
    while at >= 0:
        if _COMMENT.match(text, at):
            end = _COMMENT_END.search(text, at)
            if end is None:
                raise UnclosedError(text[at : at + 40])
            at = text.find("{{", end.end())
            continue
        tokens, after = _action(text, at)
        yield tokens
        at = text.find("{{", after)


def _action(text: str, begin: int) -> tuple[list[Token], int]:
    at = begin + 2
    if text[at : at + 1] == "-" and text[at + 1 : at + 2].isspace():
        at += 1
    tokens: list[Token] = []
    spaced = False
    while at < len(text):
        if text.startswith("}}", at):
            return tokens, at + 2
        if spaced and text.startswith("-}}", at):
            return tokens, at + 3
        found = _TOKEN.match(text, at)
        if found is None or (found.lastgroup == "other" and found[0] in "\"`'"):
            break
        spaced = found.lastgroup == "space"
        if not spaced:
            tokens.append(Token(str(found.lastgroup), found[0]))
        at = found.end()
    raise UnclosedError(text[begin : begin + 40])
