"""Text from a record as Markdown that shows it and does nothing else.

Every string that a target, a configuration or a gate put into the record passes through
``escape`` or ``code``. Their result is ``Md``, and templates take nothing but ``Md``, so the
type checker finds a string that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NewType
from urllib.parse import quote

from golive.sanitize import clean

Md = NewType("Md", str)
"""Markdown that is safe in running text, in a list item, in a heading and in a table cell."""

LIMIT = 800
"""Characters kept of one piece of text; the record keeps what it has."""

# What Markdown renderers act on even when it is backslash-escaped, because they look at the
# text after parsing: addresses, mentions, issue references, emoji names. Shown as code it stays
# readable, copies intact and does nothing. A pair of backticks that the sentence brought along
# becomes code as well.
_AS_CODE = re.compile(
    r"`(?P<quoted>[^`]+)`"
    r"|(?P<loose>"
    r"[A-Za-z0-9+.-]*://(?:[!-~]*[A-Za-z0-9/_=&%#~-])?"
    r"|[Ww]{3}\.[!-~]*[A-Za-z0-9/]"
    r"|[A-Za-z0-9._%+-]*@[A-Za-z0-9][A-Za-z0-9_./-]*"
    r"|[A-Za-z0-9_./-]*#[0-9]+"
    r"|\b[Gg][Hh]-[0-9]+"
    r"|[A-Za-z0-9_.-]*(?::[A-Za-z_+-][A-Za-z0-9_+-]*)+:[A-Za-z0-9_.:-]*"
    r")"
)
_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# At the start of a line: headings, lists, rules, quotes, tables' delimiter rows.
_LINE_START = re.compile(r"^(#{1,6}(?=\s|$)|[+=-]|[0-9]{1,9}(?=[.)](?:\s|$)))")


def escape(text: str, limit: int = LIMIT) -> Md:
    """*text* on one line, with nothing in it that Markdown or HTML would act on."""
    text = clean(text, limit)
    parts: list[str] = []
    end = 0
    for match in _AS_CODE.finditer(text):
        if match.start() > end or not parts:
            parts.append(_prose(text[end : match.start()], start=end == 0))
        else:
            parts.append(" ")  # two touching spans would merge their fences
        parts.append(_span(match["quoted"] or match["loose"]))
        end = match.end()
    parts.append(_prose(text[end:], start=end == 0))
    return Md("".join(parts))


def code(text: str, limit: int = LIMIT) -> Md:
    """*text* as a code span, whatever backticks and pipes it holds; empty text as a dash."""
    return Md(_span(clean(text, limit)) or "–")


def _prose(text: str, *, start: bool) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = "".join(_ENTITY.get(c, c) for c in text)
    if start:
        text = _LINE_START.sub(_guard, text)
    return text


def _guard(match: re.Match[str]) -> str:
    found = match[1]
    # A digit cannot be escaped; its full stop is, by whatever follows the number.
    return f"&#{ord(found[0])};{found[1:]}" if found[0].isdigit() else f"\\{found}"


def _span(text: str) -> str:
    # No renderer agrees on how to escape a pipe inside code inside a table: it stands outside.
    return "\\|".join(_piece(piece) for piece in text.split("|"))


def _piece(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def bold(text: Md) -> Md:
    """Strong emphasis; to be followed by a space or the end, for CJK neighbours close it."""
    return Md(f"**{text}**")


def join(separator: str, parts: Iterable[Md]) -> Md:
    """*parts* with a trusted separator between them."""
    return Md(separator.join(parts))


def table(head: tuple[Md, ...], rows: Iterable[tuple[Md, ...]]) -> list[Md]:
    """A table, one line a row. Cells are ``Md`` and so hold neither pipes nor line ends."""
    lines = [head, tuple(Md("---") for _ in head), *rows]
    return [Md(f"| {' | '.join(cell or Md('–') for cell in line)} |") for line in lines]


def fenced(lines: Iterable[str]) -> list[Md]:
    """A literal block; the fence is longer than any run of backticks inside."""
    kept = [_literal(line) for line in lines]
    longest = max((len(run) for line in kept for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [Md(f"{fence}text"), *(Md(line) for line in kept), Md(fence)]


def _literal(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    return indent + clean(line, LIMIT)


def link(title: str, path: str) -> Md:
    """A link to a file beside the report; anything but a relative path is shown, not linked."""
    path = clean(path)
    if not path or ":" in path or path.startswith(("/", "\\", "#")):
        return Md(f"{escape(title)} ({code(path)})") if path else escape(title)
    target = quote(path if path.startswith(".") else f"./{path}", safe="/._-~")
    return Md(f"[{escape(title)}]({target})")
