"""The inside of a line of an exposition: quoted text and label sets."""

from __future__ import annotations

import re

MAX_LABELS = 100
"""Labels of one sample."""

_LABEL = re.compile(r"[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_QUOTED = re.compile(r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"')
_ESCAPE = re.compile(r"\\(.)")
_AFTER = re.compile(r"[ \t]*(,?)[ \t]*")


class Malformed(ValueError):
    """A line that Prometheus does not accept; the text says why."""


def quoted(text: str, position: int) -> tuple[str, int]:
    """The quoted text at *position*, unescaped, and where it ends. Raises ``Malformed``.

    A backslash before any other character than ``n``, ``"`` and itself stays, as in Prometheus.
    """
    match = _QUOTED.match(text, position)
    if match is None:
        raise Malformed("quotes that are not closed")
    raw = match.group(1)
    return (_ESCAPE.sub(_unescaped, raw) if "\\" in raw else raw), match.end()


def _unescaped(match: re.Match[str]) -> str:
    letter = match.group(1)
    return {"n": "\n", '"': '"', "\\": "\\"}.get(letter, match.group())


def label_set(text: str, position: int) -> tuple[str, dict[str, str], int]:
    """``(name, labels, end)`` of the braces at *position*; raises ``Malformed``.

    ``name``: of the metric, where it stands inside the braces, else empty.
    """
    name = ""
    labels: dict[str, str] = {}
    position += 1
    while True:
        start = _AFTER.match(text, position)
        if start is not None and not start.group(1):
            position = start.end()
        if text.startswith("}", position):
            return name, labels, position + 1
        if text.startswith('"', position):
            key, position = quoted(text, position)
            after = _EQUALS.match(text, position)
            if after is None:
                if name or labels:
                    raise Malformed("a quoted name after a label")
                name = key
                position = _next(text, position)
                continue
            position = after.end()
        else:
            match = _LABEL.match(text, position)
            if match is None:
                raise Malformed("no label where one should be")
            key, position = match.group(1), match.end()
        value, position = quoted(text, position)
        if key in labels:
            msg = f"label {key!r} twice"
            raise Malformed(msg)
        labels[key] = value
        if len(labels) > MAX_LABELS:
            msg = f"more than {MAX_LABELS} labels"
            raise Malformed(msg)
        position = _next(text, position)


def _next(text: str, position: int) -> int:
    """Past the comma after a label; raises ``Malformed`` unless one or the end follows."""
    after = _AFTER.match(text, position)
    end = position if after is None else after.end()
    if (after is None or not after.group(1)) and not text.startswith("}", end):
        raise Malformed("no comma or brace after a label")
    return end
