"""Where in an expression the parser stumbled, as far as its words tell; it says no position."""

from __future__ import annotations

import re

_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*", re.DOTALL)
_QUOTED = re.compile(r"'([^']+)'|: (\S+)$|\bfor (.+)$")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def place_of(problem: str, text: str) -> tuple[int, int] | None:
    """``(line, column)`` of what *problem* is about in *text*, both from 1; ``None`` if unknown."""
    at = (
        _bracket(text) if "paren" in problem or "bracket" in problem or "brace" in problem else None
    )
    if at is None:
        at = _named(problem, text)
    if at is None and ("unexpected end" in problem or "no expression" in problem):
        at = max(len(text.rstrip()) - 1, 0)
    return None if at is None else position(text, at)


def position(text: str, offset: int) -> tuple[int, int]:
    """``(line, column)`` of *offset* in *text*, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _bracket(text: str) -> int | None:
    """Offset of the first bracket that has no partner."""
    plain = _STRING.sub(lambda m: " " * len(m[0]), text)
    opened: list[tuple[str, int]] = []
    for match in re.finditer(r"[()\[\]{}]", plain):
        sign = match[0]
        if sign in _PAIRS.values():
            opened.append((sign, match.start()))
        elif opened and opened[-1][0] == _PAIRS[sign]:
            opened.pop()
        else:
            return match.start()
    return opened[0][1] if opened else None


def _named(problem: str, text: str) -> int | None:
    """Offset of the only place where what *problem* quotes stands."""
    found = _QUOTED.findall(problem)
    for name in (next(filter(None, groups)) for groups in found):
        edge = r"(?<![\w:])" if name[0].isalnum() or name[0] == "_" else ""
        places = [m.start() for m in re.finditer(edge + re.escape(name) + r"(?!\w)", text)]
        if len(places) == 1:
            return places[0]
    return None
