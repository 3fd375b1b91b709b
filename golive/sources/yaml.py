"""The one strict YAML loader: plain data, and the place of every key and value in it.

Used for configuration, Kubernetes objects, rule files and workflows alike. Refused, each with
line and column: duplicate keys, scalars that YAML readers disagree about (see
:mod:`golive.sources.yaml_scalars`), NaN and infinities, custom tags, sources that are too
large, too deep, or grow too much through aliases, anything that is not UTF-8 text. Dates stay
text. Merge keys (``<<``) are followed; keys of a mapping are always text, ``8080:`` included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from golive.model import Location
from golive.sources.yaml_limits import Budget, Limits, Stop, YamlError, YamlProblem
from golive.sources.yaml_nodes import Node, compose, walk
from golive.sources.yaml_scalars import Dialect, reads_as_yaml11

__all__ = [
    "Dialect",
    "Document",
    "KeyPath",
    "Limits",
    "Positions",
    "Scalar",
    "YamlError",
    "YamlProblem",
    "load",
    "load_documents",
    "load_file",
    "read_source",
    "reads_as_yaml11",
]

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written: ``text`` without quotes, ``plain`` when there were none."""

    text: str
    plain: bool


class Positions:
    """Where the keys and values of one document stand in its source."""

    __slots__ = ("_path", "_root")

    def __init__(self, path: str, root: Node | None) -> None:
        self._path = path
        self._root = root

    def at(self, path: KeyPath, key: bool = False) -> Location:
        """Place of the value at *path*, or of its key with ``key=True``.

        A path that does not exist gives the innermost part of it that does. What an alias
        repeats stands where it was written.
        """
        node, holder = self._root, None
        for part in path:
            step = _step(node, part)
            if step is None:
                holder = None
                break
            holder, node = step
        if node is None:
            return Location(self._path)
        place = holder if key and holder is not None else node
        return Location(self._path, place.line, place.column)

    def scalar(self, path: KeyPath) -> Scalar | None:
        """How the scalar at *path* is written, so that ``3.10`` and ``3.1`` differ."""
        node = self._root
        for part in path:
            step = _step(node, part)
            if step is None:
                return None
            node = step[1]
        return None if node is None or node.text is None else Scalar(node.text, node.plain)

    def scalars(self) -> Iterator[tuple[KeyPath, Scalar]]:
        """Every scalar value of the document with its path, in source order."""
        if self._root is not None:
            for path, node in walk(self._root):
                if node.text is not None:
                    yield path, Scalar(node.text, node.plain)


def _step(node: Node | None, part: str | int) -> tuple[Node | None, Node] | None:
    if node is None:
        return None
    if node.fields is not None and isinstance(part, str):
        return node.fields.get(part)
    if node.items is not None and isinstance(part, int) and 0 <= part < len(node.items):
        return None, node.items[part]
    return None


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document. ``data``: dict, list, str, int, float, bool or ``None``.

    Values that the source repeats by alias are the same object: do not modify ``data``.
    ``index``: 0-based number in its stream.
    """

    data: object
    positions: Positions
    path: str
    index: int = 0


def load(
    text: str | bytes,
    path: str,
    *,
    dialect: Dialect = Dialect.STRICT,
    limits: Limits | None = None,
) -> Document:
    """The single document in *text*; *path* is only what locations print.

    Raises ``YamlError`` with every problem, or when there is more than one document. An empty
    source is a document whose data is ``None``.
    """
    parts = load_documents(text, path, dialect=dialect, limits=limits)
    problems = tuple(p for p in parts if isinstance(p, YamlProblem))
    if problems:
        raise YamlError(problems)
    documents = [p for p in parts if isinstance(p, Document)]
    if len(documents) > 1:
        where = documents[1].positions.at(())
        raise YamlError((YamlProblem(where, "more than one document", "remove the '---'"),))
    return documents[0] if documents else Document(None, Positions(path, None), path)


def load_documents(
    text: str | bytes,
    path: str,
    *,
    dialect: Dialect = Dialect.STRICT,
    limits: Limits | None = None,
) -> tuple[Document | YamlProblem, ...]:
    """Every document of a stream in order; a broken one gives its problems in its place.

    A source that cannot be read as text at all is one problem. Never raises on bad input.
    """
    limits = limits or Limits()
    budget = Budget(limits)
    try:
        source = _as_text(text, limits)
    except Stop as stop:
        return (YamlProblem(Location(path, stop.line, stop.column), stop.message, stop.hint),)
    found: list[Document | YamlProblem] = []
    index = 0
    for first_line, chunk in _split(source):
        try:
            root, faults = compose(chunk, first_line, budget, dialect)
        except Stop as stop:
            place = Location(path, stop.line, stop.column)
            found.append(YamlProblem(place, stop.message, stop.hint, index))
            index += 1
            continue
        if root is None:
            continue
        if faults:
            found.extend(
                YamlProblem(Location(path, f.line, f.column), f.message, f.hint, index)
                for f in sorted(faults, key=lambda f: (f.line, f.column))
            )
        else:
            found.append(Document(root.data, Positions(path, root), path, index))
        index += 1
    return tuple(found)


def load_file(
    file: Path,
    display: str | None = None,
    *,
    dialect: Dialect = Dialect.STRICT,
    limits: Limits | None = None,
) -> tuple[Document | YamlProblem, ...]:
    """:func:`load_documents` of a file; a file that cannot be read is one problem."""
    limits = limits or Limits()
    shown = display if display is not None else str(file)
    content = read_source(file, limits.size)
    if isinstance(content, str):
        return (YamlProblem(Location(shown), content),)
    return load_documents(content, shown, dialect=dialect, limits=limits)


def read_source(file: Path, size: int) -> bytes | str:
    """At most *size* + 1 bytes of *file*, or a sentence saying why it cannot be read."""
    try:
        if file.exists() and not file.is_file():
            return "this is a folder or a device, not a file"
        with file.open("rb") as stream:
            return stream.read(size + 1)
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _as_text(source: str | bytes, limits: Limits) -> str:
    """Decoded source without a BOM, line ends as newlines. Raises ``Stop``."""
    if len(source) > limits.size:
        raise Stop(1, 1, f"larger than {limits.size:,} bytes")
    text = source if isinstance(source, str) else _decoded(source)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    bad = _UNPRINTABLE.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        if bad.group() == "\0":
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


# YAML 1.2.2 section 5.1, c-printable, and no lone surrogates.
_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_START = re.compile(r"---(?=\s|$)")
_END = re.compile(r"\.\.\.(?=\s|$)")


def _split(text: str) -> Iterator[tuple[int, str]]:
    """``(first line, source)`` of each document, so that a broken one cannot hide the next.

    A line that begins with ``---`` or ``...`` ends a document wherever it stands, inside
    block and quoted scalars too (YAML 1.2.2 section 9.1.2).
    """
    lines = text.split("\n")
    begin, content = 0, False
    for number, line in enumerate(lines):
        if _START.match(line):
            if content:
                yield begin + 1, "\n".join(lines[begin:number])
                begin = number
            content = True
        elif _END.match(line):
            if content:
                yield begin + 1, "\n".join(lines[begin : number + 1])
            begin, content = number + 1, False
        elif not content:
            stripped = line.strip()
            content = bool(stripped) and not line.startswith("%") and not stripped.startswith("#")
    if content:
        yield begin + 1, "\n".join(lines[begin:])
