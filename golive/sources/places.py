"""Where the parts of plain data stand in a flat list of their places.

The order: a value's own place, then for a mapping each key's place followed by its value's
places, for a list each item's places. So a value takes :func:`node_count` places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

KeyPath = tuple[str | int, ...]


def node_count(data: object) -> int:
    """Places that *data* takes: its values and keys."""
    # Nearly all values are texts, for which the other questions take ten times as long.
    if type(data) is str:
        return 1
    if isinstance(data, (dict, Mapping)):
        return 1 + len(data) + sum(map(node_count, data.values()))
    if isinstance(data, list | tuple):
        return 1 + sum(map(node_count, data))
    return 1


def height(data: object) -> int:
    """Levels of nesting in *data*; 0 for a scalar."""
    if isinstance(data, Mapping):
        return 1 + max(map(height, data.values()), default=0)
    if isinstance(data, list | tuple):
        return 1 + max(map(height, data), default=0)
    return 0


def offset(data: Mapping[str, Any] | Sequence[Any], part: str | int) -> int:
    """Number of the place of *part* in *data*, counted from that of *data*.

    For a mapping it is the place of the key, and that of its value is the next. *part* has to
    be there.
    """
    found = 1
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name == part:
                break
            found += 1 + node_count(value)
        return found
    return found + sum(map(node_count, islice(data, int(part))))


def find(data: object, path: KeyPath) -> tuple[int, int | None, bool]:
    """``(number, key number, exact)`` of the place of the value at *path*.

    Of the innermost part that is there, where *path* leads nowhere; then not exact. The key's
    number is ``None`` for what a list holds and for the whole.
    """
    number, key = 0, None
    for part in path:
        if isinstance(data, Mapping) and isinstance(part, str) and part in data:
            key = number + offset(data, part)
            number = key + 1
            data = data[part]
        elif isinstance(data, list | tuple) and isinstance(part, int) and 0 <= part < len(data):
            number, key = number + offset(data, part), None
            data = data[part]
        else:
            return number, None, False
    return number, key, True


def leaves(data: object) -> Iterator[tuple[KeyPath, int]]:
    """Path and number of the place of every scalar value of *data*, in order."""
    number = -1
    stack: list[tuple[KeyPath, object, int]] = [((), data, 1)]
    while stack:
        path, value, before = stack.pop()
        number += before
        if isinstance(value, Mapping):
            stack.extend(((*path, k), value[k], 2) for k in reversed(list(value)))
        elif isinstance(value, list | tuple):
            parts = [((*path, i), v, 1) for i, v in enumerate(value)]
            stack.extend(reversed(parts))
        else:
            yield path, number
