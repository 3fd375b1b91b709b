"""Documents of one plain key or item a line, as nearly all manifests are, without a YAML parser.

What a parser tells of such a line costs several times what there is to know. Only what YAML
leaves no two readings of is taken: block mappings and lists, values on one line, unquoted or in
quotes without escapes. Anything else in a document, whatever is wrong with it included, leaves
the whole of it to :mod:`golive.sources.yaml_nodes`, with which this has to agree in everything.
"""

from __future__ import annotations

import re
import sys
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from golive.sources.yaml_limits import Limits
from golive.sources.yaml_scalars import Dialect, ScalarProblem, resolve

_LONGEST = 400
"""Characters of a line that is looked at here, and remembered."""
_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
"""What ends a line, or may, to YAML 1.1 and not to Python's ``split("\\n")``."""
# An unquoted value: runs of printable ASCII, between two of which stands one blank or colon.
_BEGIN = r"(?:[A-Za-z0-9_/.+$(]|-(?=[A-Za-z0-9.-]))"
_PLAIN = rf"{_BEGIN}[!-9;-~]*(?:(?: (?!#)|:)[!-9;-~]+)*"
_QUOTED = r"\"[ !#-\[\]-~]*\"|'[ -&(-~]*'"
# Within brackets fewer characters are safe.
_INSIDE = r"[A-Za-z0-9_/.+$()=&@%~^*!<>|;\\-]"
_ENTRY = rf"(?:{_BEGIN}{_INSIDE}*(?: {_INSIDE}+)*|{_QUOTED})"
# With bounds on blanks, so that no line takes time quadratic in its length.
_GAP = r" {0,40}"
_LINE = re.compile(
    rf"( *+)(- )?(?:([A-Za-z_][A-Za-z0-9_./-]*+):(?= |$){_GAP})?"
    rf"({_PLAIN}|{_QUOTED}|\{{\}}|\[\]|\[{_GAP}{_ENTRY}(?:, {_GAP}{_ENTRY})*{_GAP}\]|\|-?)?"
    rf"(?: {_GAP}#.*|{_GAP})"
)
_ENTRIES = re.compile(_ENTRY)
_COMMENT = re.compile(r" *(?:#.*)?")
_KEY_OF_NOTHING = "null"


class Kind(Enum):
    """What a key or a dash is followed by in its line."""

    NOTHING = auto()
    SCALAR = auto()
    MAPPING = auto()
    LIST = auto()
    LITERAL = auto()


_NOTHING, _SCALAR, _MAPPING, _LIST, _LITERAL = Kind


class Line(NamedTuple):
    """One line. ``indent``: of its first character that is no blank; -1 when there is none.

    ``value``: of a scalar; the entries of a list; how a literal ends.
    """

    indent: int
    item: bool = False
    key: str | None = None
    kind: Kind = _NOTHING
    value: Any = None


@lru_cache(maxsize=8192)
def _line(text: str, dialect: Dialect) -> Line | None:
    """What *text* says; ``None`` for what is not plain. A release repeats most of its lines."""
    if _COMMENT.fullmatch(text):
        return Line(-1)
    found = _LINE.fullmatch(text)
    if found is None or found[3] == _KEY_OF_NOTHING:
        return None
    spaces, dash, key, written = found.groups()
    if key is None and (dash is None or written is None):
        return None
    kind, value = _NOTHING, None
    try:
        if written is not None:
            kind, value = _value(written, dialect)
    except ScalarProblem:
        return None
    return Line(len(spaces), dash is not None, key and sys.intern(key), kind, value)


def _value(written: str, dialect: Dialect) -> tuple[Kind, Any]:
    """What *written* after a key or a dash is. Raises ``ScalarProblem``."""
    if written == "{}":
        return _MAPPING, None
    if written[0] == "[":
        return _LIST, [_value(entry, dialect)[1] for entry in _ENTRIES.findall(written)]
    if written[0] == "|":
        return _LITERAL, written
    return _SCALAR, written[1:-1] if written[0] in "\"'" else resolve(written, dialect)


def _literal(lines: list[str], begin: int, outer: int, *, keep: bool) -> tuple[str, int] | None:
    """The text below a ``|``, and the number of the line after it.

    *lines* from *begin* on, below a key at indent *outer*. *keep*: the line end of its last line.
    ``None`` unless its first line is text and every other is empty, or indented at least as much.
    """
    indent = len(lines[begin]) - len(lines[begin].lstrip(" ")) if begin < len(lines) else 0
    if indent <= outer:
        return None
    end = begin
    while end < len(lines):
        line = lines[end]
        if line and (line.isspace() or "\t" in line):
            return None
        if line and not line.startswith(" " * indent):
            break
        end += 1
    text = "\n".join(line[indent:] for line in lines[begin:end]) + "\n" * (end < len(lines))
    body = text.rstrip("\n")
    return body + "\n" * (keep and body != text), end


def compose_plain(  # noqa: C901, PLR0911, PLR0912, PLR0915 - one loop, for speed
    text: str, first_line: int, limits: Limits, dialect: Dialect
) -> tuple[dict[str, Any], list[int]] | None:
    """The mapping that the document *text* is, and the lines of its parts, if it is plain.

    *first_line*: the number of its first line. The lines are in the order that
    :mod:`golive.sources.yaml_nodes` tells of.
    """
    if not text.isascii() and _BREAKS.search(text):
        return None
    lines = text.split("\n")
    root: dict[str, Any] = {}
    places: list[int] = []
    # What is open, outermost first: each list or mapping, and the indent of what it holds.
    held: list[Any] = []
    indents: list[int] = []
    top: Any = None
    at = -1
    waiting: str | None = None  # A key of *top* whose value may begin in a line to come.
    after = 1 if lines[0] == "---" else 0
    while after < len(lines):
        source = lines[after]
        line = _line(source, dialect) if len(source) <= _LONGEST else None
        number = first_line + after
        after += 1
        if line is None:
            return None
        indent, item, key, kind, value = line
        if indent < 0:
            continue
        below: Any = None
        if waiting is not None and (indent > at or (item and indent == at)):
            below = top[waiting] = [] if item else {}
        elif top is None:
            if item or indent:
                return None
            below = root
        else:
            if waiting is not None:
                places.append(places[-1])  # Nothing stands where its key does.
            while indent < at or (indent == at and not item and type(top) is list):
                held.pop()
                indents.pop()
                if not held:
                    return None
                top, at = held[-1], indents[-1]
            if indent != at or item != (type(top) is list):
                return None
        if len(held) + 3 > limits.depth:
            return None
        if below is not None:
            top, at = below, indent
            places.append(number)
            held.append(top)
            indents.append(at)
        if item and key is not None:
            below = {}
            top.append(below)
            top, at = below, indent + 2
            places.append(number)
            held.append(top)
            indents.append(at)
        waiting = None
        if key is not None:
            if key in top:
                return None
            places.append(number)
        if kind is _NOTHING:
            waiting = key
        else:
            places.append(number)
            if kind is _MAPPING:
                value = {}
            elif kind is _LIST:
                # Of its own: the line is remembered.
                value = list(value)
                places += [number] * len(value)
            elif kind is _LITERAL:
                literal = _literal(lines, after, at, keep=value == "|")
                if literal is None:
                    return None
                value, after = literal
        if key is None:
            top.append(value)
        else:
            top[key] = value
    if top is None:
        return None
    if waiting is not None:
        places.append(places[-1])
    return root, places
