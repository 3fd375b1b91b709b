"""``{unique}`` in configured bodies and paths. Pure."""

from __future__ import annotations

from collections.abc import Mapping


def filled(value: object, unique: str) -> object:
    """*value* with ``{unique}`` replaced in every string, keys left alone."""
    if isinstance(value, str):
        return value.replace("{unique}", unique)
    if isinstance(value, Mapping):
        return {k: filled(v, unique) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [filled(v, unique) for v in value]
    return value
