"""A YAML source as text, and as the chunks that its documents are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.model import Location
from golive.sources.yaml_limits import Budget, Limits, Stop, YamlProblem
from golive.sources.yaml_nodes import compose
from golive.sources.yaml_parts import Composed
from golive.sources.yaml_scalars import Dialect


@dataclass(frozen=True, slots=True)
class Chunk:
    """One document of a stream, as text and as data.

    ``line``: where its text begins, 1-based. ``index``: 0-based number among the documents,
    empty ones included. ``composed`` is there beside ``problems`` when those did not stop the
    reading; its places are not to be relied on then.
    """

    text: str
    line: int
    index: int
    composed: Composed | None = None
    problems: tuple[YamlProblem, ...] = ()


def chunks(
    source: str | bytes, path: str, limits: Limits, dialect: Dialect, *, detailed: bool = True
) -> Iterator[Chunk]:
    """Every document of *source* in order, the broken ones too; empty ones are left out.

    A source that cannot be read as text at all is one chunk with a problem.
    """
    try:
        text = as_text(source, limits)
    except Stop as stop:
        yield Chunk("", 1, 0, None, (_problem(path, stop),))
        return
    budget = Budget(limits)
    for index, (line, part) in enumerate(split(text)):
        chunk = read_chunk(part, line, index, path, budget, dialect, detailed=detailed)
        if chunk is not None:
            yield chunk


def read_chunk(
    text: str,
    line: int,
    index: int,
    path: str,
    budget: Budget,
    dialect: Dialect,
    *,
    detailed: bool = True,
) -> Chunk | None:
    """The document that *text* is; ``None`` when it holds none."""
    try:
        composed, faults = compose(text, line, budget, dialect, detailed=detailed)
    except Stop as stop:
        return Chunk(text, line, index, None, (_problem(path, stop, index),))
    if composed is None and not faults:
        return None
    faults.sort(key=lambda f: (f.line, f.column))
    problems = tuple(
        YamlProblem(Location(path, f.line, f.column), f.message, f.hint, index) for f in faults
    )
    return Chunk(text, line, index, composed, problems)


def _problem(path: str, stop: Stop, index: int = 0) -> YamlProblem:
    return YamlProblem(Location(path, stop.line, stop.column), stop.message, stop.hint, index)


def as_text(source: str | bytes, limits: Limits) -> str:
    """Decoded source without a BOM, line ends as newlines. Raises ``Stop``."""
    if len(source) > limits.size:
        raise Stop(1, 1, f"larger than {limits.size:,} bytes")
    text = source if isinstance(source, str) else _decoded(source)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    bad = _UNPRINTABLE.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        if "\0" in text:
            raise Stop(line, column, "this is a binary file, not YAML")
        raise Stop(line, column, f"control character U+{ord(bad.group()):04X} is not allowed")
    return text


def _decoded(source: bytes) -> str:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Stop(1, 1, "this is UTF-16, not UTF-8", "save the file as UTF-8")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        column = error.start - source.rfind(b"\n", 0, error.start)
        if b"\0" in source:
            raise Stop(line, column, "this is a binary file, not YAML") from error
        hint = "save the file as UTF-8"
        raise Stop(line, column, "this byte is not UTF-8", hint) from error


# What is not in YAML 1.2.2 section 5.1, c-printable, and lone surrogates. Written as what is
# forbidden, as the set of what is not takes ten times as long to compile.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_MARKER = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
_CONTENT = re.compile(r"^(?!%)[^\S\n]*[^\s#]", re.MULTILINE)


def split(text: str) -> Iterator[tuple[int, str]]:
    """``(first line, source)`` of each document, so that a broken one cannot hide the next.

    A line that begins with ``---`` or ``...`` ends a document wherever it stands, inside
    block and quoted scalars too (YAML 1.2.2 section 9.1.2).
    """
    begin, line, content = 0, 1, False
    for marker in _MARKER.finditer(text):
        at = marker.start()
        content = content or _CONTENT.search(text, begin, at) is not None
        if marker[0] == "---":
            if content:
                yield line, text[begin : at - 1]
                line += text.count("\n", begin, at)
                begin = at
            content = True
        else:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if content:
                yield line, text[begin:end]
            line += text.count("\n", begin, end + 1)
            begin, content = end + 1, False
    if content or _CONTENT.search(text, begin):
        yield line, text[begin:]
