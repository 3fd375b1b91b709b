"""Written forms to what the decoder takes: ``2s`` to 2.0, ``>= 99%`` to its two parts."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Union

from golive.codec import field_types
from golive.config.forms import FORMS, form_of
from golive.config.quantities import QuantityError
from golive.config.schema import yaml_key


def normalise(kind: object, data: object, markers: tuple[object, ...] = ()) -> object:
    """*data*, valid against the schema of *kind*, ready for ``codec.decode(kind, ...)``.

    Raises ``QuantityError`` where a form does not hold. *data* is not modified.
    """
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return normalise(args[0], data, (*markers, *args[1:]))
    form = form_of(kind, markers)
    if form is not None:
        return FORMS[form].read(data)
    if origin in (Union, types.UnionType):
        return _union(args, data)
    if origin in (tuple, frozenset) and isinstance(data, list):
        return _list(args, data)
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(data, Mapping):
        return {key: normalise(args[1], value) for key, value in data.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind) and isinstance(data, Mapping):
        return _fields(kind, data)
    return data


def _union(args: tuple[Any, ...], data: object) -> object:
    if data is None and type(None) in args:
        return None
    options = [arg for arg in args if arg is not type(None)]
    for option in options[:-1]:
        try:
            return normalise(option, data)
        except QuantityError:
            continue
    return normalise(options[-1], data)


def _list(args: tuple[Any, ...], data: list[object]) -> list[object]:
    if len(args) > 1 and args[1] is not Ellipsis:
        return [normalise(kind, item) for kind, item in zip(args, data, strict=True)]
    return [normalise(args[0], item) for item in data]


def _fields(kind: type, data: Mapping[str, object]) -> dict[str, object]:
    hints = field_types(kind)
    names = {yaml_key(kind, spec.name): spec.name for spec in dataclasses.fields(kind)}
    return {
        names.get(key, key): normalise(hints[names[key]], value) if key in names else value
        for key, value in data.items()
    }
