"""A plain nginx.conf to the statements that ngxparse makes of it, in a fifth of the time.

ngxparse goes through a text character by character. Here one expression finds the tokens, and
ngxparse only says whether a directive may stand where it does. What is not plain is left to it:
Lua, escaped quotes, comments between arguments, and whatever is wrong, so that its words say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

DEPTH = 64
"""Blocks in blocks that are still plain."""
_TOKEN = re.compile(
    r"""
    \s+ | (?P<comment> \#[^\n]* ) | (?P<mark> [{};] )
    | "(?P<double> (?: [^"\\] | \\[^"] )* )" | '(?P<single> (?: [^'\\] | \\[^'] )* )'
    | (?P<word> (?! ["'] ) (?: [^\s{};\\$] | \\[^\n](?!\{) | \$(?!\{) | \$\{\w*\} )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_LUA = "_by_lua_block"

Statement = dict[str, Any]
Token = tuple[str, str, int]


class _NotPlainError(Exception):
    """ngxparse has to look at it."""


def statements(text: str) -> list[Statement] | None:
    """Statements of *text* as ngxparse returns them (``directive``, ``line``, ``args`` and, of a
    block, ``block``); ``None`` when it has to look at the text itself.
    """  # noqa: D205 - one sentence
    if _LUA in text:
        return None
    # ngxparse takes 0.1 s to import, and only a release with nginx.conf needs it.
    from crossplane.errors import NgxParserDirectiveError

    try:
        return _parsed(_tokens(text))
    except (_NotPlainError, NgxParserDirectiveError):
        return None


def _tokens(text: str) -> Iterator[Token]:
    """Group, text and line of each token."""
    at, line, counted = 0, 1, 0
    for found in _TOKEN.finditer(text):
        if found.start() != at:
            break
        at = found.end()
        kind = found.lastgroup
        if kind is not None:
            line += text.count("\n", counted, found.start())
            counted = found.start()
            yield kind, found[kind], line
    if at != len(text):
        raise _NotPlainError


def _parsed(tokens: Iterator[Token]) -> list[Statement]:
    from crossplane.analyzer import analyze, enter_block_ctx

    block: list[Statement] = []
    context: tuple[str, ...] = ()
    around: list[tuple[list[Statement], tuple[str, ...]]] = []
    for kind, name, line in tokens:
        if kind == "comment":
            continue
        if kind == "mark":
            if name != "}" or not around:
                raise _NotPlainError
            block, context = around.pop()
            continue
        args, end = _arguments(tokens)
        statement: Statement = {"directive": name, "line": line, "args": args}
        if name == "if":
            _strip_parentheses(args)
        analyze(fname="", stmt=statement, term=end, ctx=context)
        block.append(statement)
        if end == "{":
            if len(around) >= DEPTH:
                raise _NotPlainError
            around.append((block, context))
            context = enter_block_ctx(statement, context)
            block = statement["block"] = []
    if around:
        raise _NotPlainError
    return block


def _arguments(tokens: Iterator[Token]) -> tuple[list[str], str]:
    """The arguments up to the mark that ends them, and that mark."""
    args: list[str] = []
    for kind, text, _ in tokens:
        if kind == "mark":
            if text == "}":
                break
            return args, text
        if kind == "comment":
            break
        args.append(text)
    raise _NotPlainError


def _strip_parentheses(args: list[str]) -> None:
    """``if ($a = b)``: its condition is what stands within."""
    if args and args[0].startswith("(") and args[-1].endswith(")"):
        args[0] = args[0][1:].lstrip()
        args[-1] = args[-1][:-1].rstrip()
        args[:] = args[int(not args[0]) : len(args) - int(not args[-1])]
