"""Lines of styled spans: what both terminal renderings, with and without colour, are made of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.sanitize import masked

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

MIN_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One line: spans of (text, Rich style), and by how many cells a wrapped rest is indented."""

    spans: tuple[tuple[str, str], ...]
    indent: int = 0


def visible(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with whatever a terminal would act on replaced, however it got there."""
    for line in lines:
        yield Line(tuple((masked(text), style) for text, style in line.spans), line.indent)


def coloured(lines: Iterable[Line]) -> RenderableType:
    """The lines for a Rich console, in colour and wrapped at the console's width."""
    return _Coloured(tuple(lines))


@dataclass(frozen=True, slots=True)
class _Coloured:
    """Lines with a hanging indent, which Rich's own wrapping does not give."""

    lines: tuple[Line, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Rich is a heavy import that a run without a terminal does not need.
        from rich.text import Text

        for line in self.lines:
            text = Text.assemble(*line.spans)
            lead = len(text.plain) - len(text.plain.lstrip(" "))
            width = max(MIN_WIDTH, options.max_width) - max(lead, line.indent)
            for number, part in enumerate(text[lead:].wrap(console, width) or [Text()]):
                part.rstrip()
                yield Text(" " * (line.indent if number else lead)) + part


def cells(text: str) -> int:
    """Terminal cells that *text* takes: East Asian wide characters and emoji take two."""
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def wrap(text: str, width: int, indent: int) -> list[str]:
    """Break *text* at spaces into lines of at most *width* cells; over-long words are cut.

    Runs of spaces inside a line are kept, for they align columns.
    """
    lines = [""]
    for word in re.findall(" *[^ ]+", text):
        if cells(lines[-1] + word) <= width:
            lines[-1] += word
            continue
        pieces = _cut(word.lstrip(" "), width - indent)
        lines += [" " * indent + piece for piece in pieces]
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def _cut(word: str, width: int) -> Iterator[str]:
    piece, used = "", 0
    for character in word:
        size = _cell(character)
        if piece and used + size > width:
            yield piece
            piece, used = "", 0
        piece += character
        used += size
    yield piece
