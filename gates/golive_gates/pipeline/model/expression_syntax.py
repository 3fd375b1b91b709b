"""The syntax of GitHub's expressions: text to a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

STATUS_FUNCTIONS = frozenset({"always", "success", "failure", "cancelled"})
MOST_TOKENS = 2_000
DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.]))
    | '(?P<text>(?:[^']|'')*)'
    | (?P<name>[A-Za-z_][\w-]*)
    | (?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\].,*])
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


class SyntaxProblem(ValueError):
    """A text that is no expression, or too large a one."""


@dataclass(frozen=True, slots=True)
class Literally:
    """A value that is written out."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """``github.event_name``, ``needs.*.result``: names, ``*``, or expressions in brackets."""

    base: Expression | None
    parts: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function, by its name in small letters, or an operator by its sign."""

    name: str
    args: tuple[Expression, ...]


Expression = Union[Literally, Path, Call]  # noqa: UP007 - the names stand further up as text
Token = tuple[str, str]


def parse(text: str) -> Expression:
    """The expression *text*, without ``${{ }}``. Raises :class:`SyntaxProblem`."""
    parser = _Parser(_tokens(text))
    found = parser.either(0)
    parser.end()
    return found


def calls_in(expression: Expression) -> frozenset[str]:
    """Names of all functions that *expression* calls."""
    return frozenset(e.name for e in _all(expression) if isinstance(e, Call))


def contexts_in(expression: Expression) -> frozenset[str]:
    """Names of all contexts that *expression* reads: ``github``, ``needs``."""
    return frozenset(
        str(e.parts[0]) for e in _all(expression) if isinstance(e, Path) and e.base is None
    )


def _all(expression: Expression) -> Iterator[Expression]:
    waiting: list[Expression] = [expression]
    while waiting:
        item = waiting.pop()
        yield item
        if isinstance(item, Call):
            waiting += item.args
        elif isinstance(item, Path):
            waiting += [part for part in item.parts if not isinstance(part, str)]
            waiting += [] if item.base is None else [item.base]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None or len(found) >= MOST_TOKENS:
            msg = f"no expression at {at}"
            raise SyntaxProblem(msg)
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Parser:
    """Takes tokens from the left; each method one level of what binds tighter."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _sign(self, *signs: str) -> str:
        kind, text = self._next()
        if kind == "sign" and text in signs:
            self._at += 1
            return text
        return ""

    def _demand(self, sign: str) -> None:
        if not self._sign(sign):
            msg = f"{sign} is missing"
            raise SyntaxProblem(msg)

    def end(self) -> None:
        """Raises unless all was taken."""
        if self._next()[0] != "end":
            msg = "something follows the expression"
            raise SyntaxProblem(msg)

    def either(self, depth: int) -> Expression:
        """``a || b``."""
        if depth > DEEPEST:
            msg = "nested too deep"
            raise SyntaxProblem(msg)
        args = [self._both(depth)]
        while self._sign("||"):
            args.append(self._both(depth))
        return args[0] if len(args) == 1 else Call("||", tuple(args))

    def _both(self, depth: int) -> Expression:
        args = [self._compared(depth)]
        while self._sign("&&"):
            args.append(self._compared(depth))
        return args[0] if len(args) == 1 else Call("&&", tuple(args))

    def _compared(self, depth: int) -> Expression:
        left = self._negated(depth)
        while sign := self._sign(*_COMPARISONS):
            left = Call(sign, (left, self._negated(depth)))
        return left

    def _negated(self, depth: int) -> Expression:
        count = 0
        while self._sign("!"):
            count += 1
        inner = self._atom(depth)
        for _ in range(min(count, 1) if count % 2 else 2 * bool(count)):
            inner = Call("!", (inner,))
        return inner

    def _atom(self, depth: int) -> Expression:
        kind, text = self._next()
        found: Expression
        if kind == "number":
            self._at += 1
            return Literally(number_of(text))
        if kind == "text":
            self._at += 1
            return Literally(text.replace("''", "'"))
        if kind == "name":
            self._at += 1
            if self._sign("("):
                found = Call(text.lower(), self._arguments(depth))
                return self._parts(found, (), depth)
            if text in _WORDS:
                return Literally(_WORDS[text])
            return self._parts(None, (text.lower(),), depth)
        self._demand("(")
        found = self.either(depth + 1)
        self._demand(")")
        return self._parts(found, (), depth)

    def _arguments(self, depth: int) -> tuple[Expression, ...]:
        if self._sign(")"):
            return ()
        args = [self.either(depth + 1)]
        while self._sign(","):
            args.append(self.either(depth + 1))
        self._demand(")")
        return tuple(args)

    def _parts(
        self, base: Expression | None, first: tuple[str | Expression, ...], depth: int
    ) -> Expression:
        parts = list(first)
        while sign := self._sign(".", "["):
            if sign == ".":
                kind, text = self._next()
                if kind != "name" and text != "*":
                    msg = "a name is missing"
                    raise SyntaxProblem(msg)
                self._at += 1
                parts.append(text.lower())
            elif self._sign("*"):
                self._demand("]")
                parts.append("*")
            else:
                inner = self.either(depth + 1)
                self._demand("]")
                known = isinstance(inner, Literally) and isinstance(inner.value, str)
                parts.append(str(inner.value).lower() if known else inner)  # type: ignore[union-attr]
        if base is not None and not parts:
            return base
        return Path(base, tuple(parts))


def number_of(text: str) -> float:
    """A number as written. Raises :class:`SyntaxProblem`."""
    try:
        return float(int(text, 0)) if text.lstrip("+-")[:2] in ("0x", "0o") else float(text)
    except (ValueError, OverflowError) as error:
        raise SyntaxProblem(text[:60]) from error
