"""Grafana's variables in a query: replaced by what lets PromQL be parsed. Pure.

Source: Grafana documentation, "Variable syntax" and "Global variables".
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.rules import promql

_VARIABLE = re.compile(
    r"\$\{(?P<braced>\w+)(?:\.[^}:]+)?(?::[^}]+)?\}|\[\[(?P<old>\w+)(?:[.:][^\]]*)?\]\]|\$(?P<plain>\w+)"
)
_DURATIONS = {"__interval": "1m", "__rate_interval": "5m", "__range": "1h"}
_NUMBERS = {"__interval_ms": "60000", "__range_s": "3600", "__range_ms": "3600000",
            "__from": "1", "__to": "2"}  # fmt: skip
GLOBAL = re.compile(r"__\w+|timeFilter")
"""Variables of Grafana itself."""
PLACEHOLDER = "golive_variable"
"""What stands for a variable that may be a name."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its variables replaced.

    ``tree``: parsed, or ``promql.Refused``. ``unknown``: variables that the dashboard does not
    have. ``sure``: whether what is refused is wrong whatever its variables hold.
    """

    tree: Any
    unknown: tuple[str, ...] = ()
    sure: bool = True


def parsed(expr: str, variables: Collection[str], intervals: Collection[str]) -> Query:
    """*expr* with each variable as a name, a number or a duration: whatever can be parsed.

    *variables*: names that the dashboard has; *intervals*: those of them that are durations.
    """
    unknown: list[str] = []
    free = False
    tree: Any = None
    for stand_in in (PLACEHOLDER, "1", "5m"):
        text, names, free = _replaced(expr, intervals, stand_in)
        unknown = [n for n in names if n not in variables and not GLOBAL.fullmatch(n)]
        found = promql.parse(text)
        if tree is None or isinstance(tree, promql.Refused):
            tree = found if tree is None or not isinstance(found, promql.Refused) else tree
        if not isinstance(tree, promql.Refused) or not free:
            break
    return Query(tree, tuple(dict.fromkeys(unknown)), not free)


def _replaced(expr: str, intervals: Collection[str], stand_in: str) -> tuple[str, list[str], bool]:
    """*expr* without variables, their names, and whether any stood where a name may."""
    parts: list[str] = []
    names: list[str] = []
    at, free, quote = 0, False, ""
    for match in _VARIABLE.finditer(expr):
        name = match["braced"] or match["old"] or match["plain"]
        before = expr[at : match.start()]
        parts.append(before)
        quote = _open_quote(before, quote)
        at = match.end()
        if name.isdecimal():  # a group of label_replace
            parts.append(match[0])
            continue
        names.append(name)
        if name in _NUMBERS:
            parts.append(_NUMBERS[name])
        elif quote:
            parts.append(PLACEHOLDER)
        elif name in _DURATIONS or name in intervals or _RANGED.search(before):
            parts.append(_DURATIONS.get(name, "5m"))
        else:
            free = True
            parts.append(stand_in)
    return "".join(parts) + expr[at:], names, free


_RANGED = re.compile(r"(?:\[|\[\s*\w+\s*:|\boffset\s+-?|^\s*:)\s*$")
"""What a duration has to follow."""


def _open_quote(text: str, quote: str) -> str:
    """The quote that is open after *text*, with *quote* open before it; empty for none."""
    letters = iter(text)
    for letter in letters:
        if quote and letter == "\\" and quote != "`":
            next(letters, None)
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
    return quote
