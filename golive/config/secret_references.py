"""The secrets that settings of a gate refer to, found by how their fields are marked."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Union

from golive.codec import field_types
from golive.config.markers import Form


def secret_references(kind: object, value: object) -> Iterator[str]:
    """Every ``SecretRef`` in *value*, which is of type *kind*, in the order of its fields."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated and isinstance(value, str):
        if any(marker == Form("secret") for marker in args[1:]):
            yield value
    elif origin is Annotated:
        yield from secret_references(args[0], value)
    else:
        for inner, item in _inside(kind, origin, args, value):
            yield from secret_references(inner, item)


def _inside(
    kind: object, origin: object, args: tuple[object, ...], value: object
) -> Iterator[tuple[object, object]]:
    """What *value* consists of, each with its type."""
    if origin in (Union, types.UnionType):
        yield from ((option, value) for option in args)
    elif isinstance(value, Mapping) and len(args) == 2:
        yield from ((args[1], item) for item in value.values())
    elif isinstance(value, tuple | frozenset) and args:
        yield from ((args[0], item) for item in value)
    elif isinstance(kind, type) and dataclasses.is_dataclass(kind) and isinstance(value, kind):
        hints = field_types(kind)
        yield from ((hints[f.name], getattr(value, f.name)) for f in dataclasses.fields(kind))
