"""The one strict YAML loader: plain data, and the place of every key and value in it.

Used for configuration, Kubernetes objects, rule files and workflows alike. Refused, each with
line and column: duplicate keys, scalars that YAML readers disagree about (see
:mod:`golive.sources.yaml_scalars`), NaN and infinities, custom tags, sources that are too
large, too deep, or grow too much through aliases, anything that is not UTF-8 text. Dates stay
text. Merge keys (``<<``) are followed; keys of a mapping are always text, ``8080:`` included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from golive.model import Location
from golive.sources.places import KeyPath, find, leaves
from golive.sources.yaml_limits import Limits, YamlError, YamlProblem
from golive.sources.yaml_parts import Composed
from golive.sources.yaml_scalars import Dialect, reads_as_yaml11
from golive.sources.yaml_stream import chunks

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


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as written: ``text`` without quotes, ``plain`` when there were none."""

    text: str
    plain: bool


class Positions:
    """Where the keys and values of one document stand in its source."""

    __slots__ = ("_composed", "_path")

    def __init__(self, path: str, composed: Composed | None) -> None:
        self._path = path
        self._composed = composed

    def at(self, path: KeyPath, key: bool = False) -> Location:
        """Place of the value at *path*, or of its key with ``key=True``.

        A path that does not exist gives the innermost part of it that does. What an alias
        repeats stands where it was written.
        """
        if self._composed is None:
            return Location(self._path)
        number, of_key, _ = find(self._composed.data, path)
        place = self._composed.places[of_key if key and of_key is not None else number]
        return Location(self._path, place.line, place.column)

    def scalar(self, path: KeyPath) -> Scalar | None:
        """How the scalar at *path* is written, so that ``3.10`` and ``3.1`` differ."""
        if self._composed is None:
            return None
        number, _, exact = find(self._composed.data, path)
        place = self._composed.places[number]
        return Scalar(place.text, place.plain) if exact and place.text is not None else None

    def scalars(self) -> Iterator[tuple[KeyPath, Scalar]]:
        """Every scalar value of the document with its path, in source order."""
        if self._composed is not None:
            for path, number in leaves(self._composed.data):
                place = self._composed.places[number]
                yield path, Scalar(place.text, place.plain)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document. ``data``: dict, list, str, int, float, bool or ``None``.

    Values that the source repeats by alias are the same object: do not modify ``data``.
    ``index``: 0-based number in its stream, empty ones included.
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
    found: list[Document | YamlProblem] = []
    for chunk in chunks(text, path, limits or Limits(), dialect):
        if chunk.problems:
            found.extend(chunk.problems)
        elif chunk.composed is not None:
            positions = Positions(path, chunk.composed)
            found.append(Document(chunk.composed.data, positions, path, chunk.index))
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
        found = file.stat()
        if not S_ISREG(found.st_mode):
            return "this is a folder or a device, not a file"
        with file.open("rb") as stream:
            # Asked for *size* bytes at once, Python takes that much memory for each small file.
            content = stream.read(min(size, found.st_size) + 1)
            # More: one that grows, or that the kernel makes up.
            if len(content) > found.st_size:
                content += stream.read(size + 1 - len(content))
            return content
    except FileNotFoundError:
        return "no such file"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
