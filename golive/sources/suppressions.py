"""Inline suppressions: ``# golive: ignore[check-id] until=YYYY-MM-DD reason`` in real comments.

Behind code one covers the findings of its own line, on a line of its own those of the next line
that is no comment; before the first key of a YAML document it covers that whole document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import yaml

from golive.model import Location
from golive.sources.tree import Suppression
from golive.sources.yaml_nodes import LOADER


class Syntax(StrEnum):
    """Whose comments are read."""

    YAML = "yaml"
    NGINX = "nginx"


class _Comment(NamedTuple):
    """A comment: 0-based line and column of its ``#``, and its text behind that."""

    line: int
    column: int
    text: str


_CALLED = re.compile(r"[ \t]*golive:")
_FORM = re.compile(
    r"[ \t]*golive:[ \t]*ignore[ \t]*\[(?P<checks>[^\]]*)\](?:[ \t]+until=(?P<until>\S*))?"
    r"(?P<reason>(?:[ \t].*)?)$"
)
_EXAMPLE = "golive: ignore[check-id] until=YYYY-MM-DD reason"
_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def suppressions_in(
    text: str, path: str, first_line: int, syntax: Syntax
) -> tuple[Suppression, ...]:
    """The suppressions in *text*, which begins at 1-based *first_line* of the file *path*.

    For YAML *text* is one document, with what stands before it. One that is not in the form
    says so by its ``problem``. Never raises.
    """
    if "golive:" not in text:
        return ()
    lines = text.split("\n")
    comments = tuple(_COMMENTS[syntax](text, lines))
    starts = {c.line: c.column for c in comments}
    code = [
        number
        for number, line in enumerate(lines)
        if line[: starts.get(number, len(line))].strip() and not _marks_only(line, syntax)
    ]
    head = code[0] if code and syntax is Syntax.YAML else 0
    found = []
    for comment in comments:
        if not _CALLED.match(comment.text):
            continue
        if comment.line < head:
            applies = (0, len(lines) - 1)
        else:
            covered = next((n for n in code if n >= comment.line), comment.line)
            applies = (covered, covered)
        place = Location(path, first_line + comment.line, comment.column + 1)
        span = (first_line + applies[0], first_line + applies[1])
        found.append(_parsed(comment.text, place, span))
    return tuple(found)


def _marks_only(line: str, syntax: Syntax) -> bool:
    """Whether *line* is no content: the marker of a document, or a directive of YAML."""
    return syntax is Syntax.YAML and (
        line.startswith("%") or re.fullmatch(r"(---|\.\.\.)\s*(#.*)?", line) is not None
    )


def _parsed(text: str, place: Location, applies: tuple[int, int]) -> Suppression:
    form = _FORM.match(text)
    if form is None:
        return Suppression(place, (), "", "", applies, f"not in the form '{_EXAMPLE}'")
    checks = tuple(part.strip() for part in form["checks"].split(",") if part.strip())
    until, reason = form["until"] or "", form["reason"].strip()
    problem = ""
    if not checks:
        problem = "it names no check"
    elif wrong := next((c for c in checks if not _ID.fullmatch(c)), ""):
        problem = f"{wrong!r:.60} is no check id"
    elif form["until"] is None:
        problem = "it has no until=YYYY-MM-DD behind the bracket"
    elif not _is_day(until):
        problem = f"until={until:.40} is no day (YYYY-MM-DD)"
    elif not reason:
        problem = "it gives no reason"
    return Suppression(place, checks, until, reason, applies, problem)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return _DAY.fullmatch(text) is not None


def _yaml_comments(text: str, lines: list[str]) -> Iterator[_Comment]:
    """Comments of a YAML document: every ``#`` after a space that no scalar holds."""
    spans = list(_scalars(text))
    at = 0
    for number, line in enumerate(lines):
        for found in re.finditer(r"(?:^|(?<=[ \t]))#", line):
            place = (number, found.start())
            while at < len(spans) and spans[at][1] <= place:
                at += 1
            if at == len(spans) or place < spans[at][0]:
                yield _Comment(number, found.start(), line[found.end() :])
                break


def _scalars(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Begin and end of the text of each scalar, 0-based; as far as *text* can be read."""
    stream = LOADER(text)
    try:
        while (event := stream.get_event()) is not None:
            if type(event) is yaml.ScalarEvent and event.start_mark and event.end_mark:
                start = (event.start_mark.line, event.start_mark.column)
                if event.style in ("|", ">"):
                    # Its header may end in a comment.
                    start = (start[0] + 1, 0)
                yield start, (event.end_mark.line, event.end_mark.column)
    except yaml.YAMLError:
        return
    finally:
        stream.dispose()


_NGINX_TOKEN = re.compile(
    r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|(?P<comment>#[^\n]*)|[^\s\"'#;{}][^\s;{}]*|[\s;{}]|.",
    re.DOTALL,
)


def _nginx_comments(text: str, lines: list[str]) -> Iterator[_Comment]:
    """Comments of nginx.conf: a ``#`` where a word could begin."""
    del lines
    for found in _NGINX_TOKEN.finditer(text):
        comment = found["comment"]
        if comment is not None:
            before = text.rfind("\n", 0, found.start()) + 1
            number = text.count("\n", 0, found.start())
            yield _Comment(number, found.start() - before, comment[1:])


_COMMENTS: Mapping[Syntax, Callable[[str, list[str]], Iterator[_Comment]]] = {
    Syntax.YAML: _yaml_comments,
    Syntax.NGINX: _nginx_comments,
}
