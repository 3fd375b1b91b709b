"""Lines with colour where a terminal wants it, and figures as a reader says them."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from golive.cli.stdout import put
from golive.rounding import INFINITE, Toward, rounded

if TYPE_CHECKING:
    from rich.text import Text

Line = tuple[tuple[str, str], ...]
"""Spans of (text, Rich style); "" is no style."""


def line(*spans: str | tuple[str, str]) -> Line:
    """A line of plain and of styled spans."""
    return tuple((s, "") if isinstance(s, str) else s for s in spans)


def plain(lines: Iterable[Line]) -> str:
    """The lines without colour, each ended by a line feed."""
    return "".join("".join(text for text, _ in one).rstrip() + "\n" for one in lines)


def rich_text(one: Line) -> Text:
    """One line for Rich. Nothing in it is read as markup."""
    from rich.text import Text

    return Text.assemble(*one, no_wrap=True, overflow="ignore")


def is_lively(stream: TextIO) -> bool:
    """Whether *stream* is a terminal that can redraw what it shows."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def show(lines: Sequence[Line], *, to_stdout: bool) -> None:
    """Print *lines*. Raises ``UsageError`` when stdout cannot take them."""
    stream = sys.stdout if to_stdout else sys.stderr
    if is_lively(stream):
        from rich.console import Console

        console = Console(file=stream, highlight=False, soft_wrap=True)
        for one in lines:
            console.print(rich_text(one))
    elif to_stdout:
        put(plain(lines))
    else:
        sys.stderr.write(plain(lines))
        sys.stderr.flush()


def duration(seconds: float | None, toward: Toward = Toward.UP) -> str:
    """Three digits and a unit, rounded up: ``52.1 ms``, ``2.01 s``; never: ``∞``; none: ``-``."""
    if seconds is None:
        return "-"
    if math.isinf(seconds):
        return INFINITE
    if abs(seconds) < 1:
        return f"{rounded(seconds * 1e3, toward)} ms"
    return f"{rounded(seconds, toward)} s"


def share(part: float, whole: float, toward: Toward = Toward.DOWN) -> str:
    """``99.3 %`` of *whole*; ``-`` of nothing."""
    return f"{rounded(part / whole, toward, percent=True)} %" if whole else "-"


def counted(count: int, noun: str) -> str:
    """``1 event``, ``2 events``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def size(count: int) -> str:
    """Bytes with a unit."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{rounded(count / scale, Toward.NEAREST)} {unit}"
    return f"{count} B"
