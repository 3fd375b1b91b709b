"""Values of an object in the type that a reader needs; YAML may hold any other in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_MAPPING = (dict, Mapping)
"""A test for dict costs a tenth of one for Mapping, and YAML makes dicts."""


def text(value: object) -> str:
    """A string as it is; empty for every other type."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number, which ``true`` is not."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def entries(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings in a list, with their places in it."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if isinstance(item, _MAPPING):
                yield index, item


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping as it is; an empty one for every other type."""
    return value if isinstance(value, _MAPPING) else {}
