"""Matchers of routes and inhibition rules, read and applied as Alertmanager 0.25 does.

Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher and the parser of
Alertmanager's ``pkg/labels``, the "classic" one of later versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from golive_gates.observability.routing import regexes

_FORM = re.compile(r"[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)(.*)", re.DOTALL)
_SPACE = "\t\n\f\r "
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
"""Names of labels that every version takes."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A matcher that Alertmanager refuses, and why."""

    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """``name op value``; a label that an alert does not have has the value "".

    ``op``: ``=``, ``!=``, ``=~`` or ``!~``; expressions are anchored.
    """

    name: str
    op: str
    value: str

    def __str__(self) -> str:
        """As one writes it."""
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{escaped}"'

    @property
    def negative(self) -> bool:
        """Whether it takes what its value does not match."""
        return self.op.startswith("!")

    @property
    def positive(self) -> Matcher:
        """The matcher that this one negates, or itself."""
        return Matcher(self.name, self.op.replace("!~", "=~").replace("!=", "="), self.value)

    def matches(self, value: str) -> bool | None:
        """Whether it takes the label value *value*; ``None``: not known."""
        if self.op in ("=", "!="):
            return (value == self.value) is not self.negative
        expression = regexes.compiled(self.value)
        if not isinstance(expression, re.Pattern):
            return None
        return (expression.fullmatch(value) is not None) is not self.negative

    def values(self) -> tuple[str, ...] | None:
        """The only values that it takes, where it lists them."""
        if self.op == "=":
            return (self.value,)
        return regexes.alternatives(self.value) if self.op == "=~" else None


Matchers = tuple[Matcher, ...]


def all_match(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool | None:
    """Whether every one takes its label of *labels*; ``None``: not known."""
    found = [m.matches(labels.get(m.name, "")) for m in matchers]
    if False in found:
        return False
    return None if None in found else True


def matcher(name: str, op: str, value: str) -> Matcher | Malformed:
    """One matcher from its parts."""
    if op in ("=~", "!~"):
        expression = regexes.compiled(value)
        if isinstance(expression, regexes.Refused):
            return Malformed(f"{name}{op}{value}", expression.problem)
    return Matcher(name, op, value)


def parse(text: str) -> tuple[Matcher | Malformed, ...]:
    """The matchers in one string of ``matchers``: ``severity="critical"``, ``{a="b", c=~"d"}``."""
    inner = text.removeprefix("{").removesuffix("}")
    tokens: list[str] = []
    token = ""
    quoted = escaped = False
    for char in inner:
        if char == "," and not quoted:
            tokens.append(token)
            token = ""
            continue
        if char == '"':
            quoted = quoted if escaped else not quoted
            escaped = False
        elif char != ",":  # Alertmanager leaves a comma out of what ends an escape.
            escaped = char == "\\" and not escaped
        token += char
    if token:
        tokens.append(token)
    return tuple(_one(t) for t in tokens)


def _one(text: str) -> Matcher | Malformed:
    found = _FORM.fullmatch(text)
    if found is None:
        return Malformed(text.strip(), "bad matcher format")
    name, op, rest = found.groups()
    value = _value(rest.strip(_SPACE))
    if value is None:
        return Malformed(text.strip(), "unescaped or unterminated double quote")
    return matcher(name, op, value)


def _value(raw: str) -> str | None:
    """The value that *raw* stands for; ``None`` where a quote stands or lacks wrongly."""
    closing = raw.startswith('"')
    text = raw[1:] if closing else raw
    value = ""
    escaped = False
    for at, char in enumerate(text):
        last = at == len(text) - 1
        if escaped:
            escaped = False
            # Any other escape is none: its backslash stands for itself.
            value += {"n": "\n", '"': '"', "\\": "\\"}.get(char, f"\\{char}")
        elif char == "\\" and not last:
            escaped = True
        elif char == '"':
            if not closing or not last:
                return None
            closing = False
        else:
            value += char
    return None if closing else value
