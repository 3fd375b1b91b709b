"""Frozen dataclasses to JSON-able values and back.

One codec serves the configuration, the journal, the observations and the run record, so a
recorded run reads back as the types that made it. JSON has no infinities: ``inf`` travels as
``"+Inf"`` and ``"-Inf"``; NaN is refused on both sides because it compares as nothing.
Times travel as RFC 3339 in UTC.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast

T = TypeVar("T")

_INFINITIES = {"+Inf": math.inf, "-Inf": -math.inf}


class CodecError(ValueError):
    """A value does not fit its type; ``path`` names where, as keys and indices."""

    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        self.path = path
        self.message = message
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        super().__init__(f"{where or '(top)'}: {message}")


def encode(value: object) -> Any:
    """Encode *value* (dataclass, mapping, sequence, scalar) as JSON-able data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        wholes = _float_fields(type(value))
        return {
            f.name: _number(found) if f.name in wholes else encode(found)
            for f in dataclasses.fields(value)
            for found in (getattr(value, f.name),)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        if math.isnan(value):
            raise CodecError((), "NaN cannot be recorded")
        if math.isinf(value):
            return "+Inf" if value > 0 else "-Inf"
        return value
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise CodecError((), f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_encode_key(k): encode(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [encode(v) for v in value]
    if isinstance(value, frozenset):
        # Sorted, so that the same value always gives the same bytes.
        return sorted((encode(v) for v in value), key=repr)
    raise CodecError((), f"no encoding for {type(value).__name__}")


def _number(value: object) -> Any:
    """A whole number where a float is meant, as it reads back: the same value, the same bytes."""
    return encode(float(value) if type(value) is int else value)


@cache
def _float_fields(kind: type) -> frozenset[str]:
    """Fields of a dataclass that hold a float, or nothing, and no whole number."""
    return frozenset(name for name, told in field_types(kind).items() if _is_float(told))


def _is_float(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _is_float(typing.get_args(kind)[0])
    if origin in (Union, types.UnionType):
        return float in typing.get_args(kind) and int not in typing.get_args(kind)
    return kind is float


def _encode_key(key: object) -> str:
    plain = key.value if isinstance(key, Enum) else key
    if isinstance(plain, str):
        return plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        return str(plain)
    raise CodecError((), f"a mapping key is {type(key).__name__}, not text or a whole number")


def decode(kind: type[T], data: object, path: tuple[str | int, ...] = ()) -> T:
    """Decode JSON-able *data* as *kind*. Raises ``CodecError`` naming the place."""
    return cast("T", _decode(kind, data, path))


@cache
def field_types(kind: type) -> Mapping[str, Any]:
    """Resolved annotations of a dataclass, ``Annotated`` kept."""
    return typing.get_type_hints(kind, include_extras=True)


def _decode(kind: Any, data: object, path: tuple[str | int, ...]) -> object:
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _decode(typing.get_args(kind)[0], data, path)
    if origin in (Union, types.UnionType):
        return _decode_union(typing.get_args(kind), data, path)
    if origin is typing.Literal:
        return _decode_literal(typing.get_args(kind), data, path)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind), data, path)
    if origin is frozenset:
        return frozenset(_decode_items(typing.get_args(kind)[0], data, path))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _decode_mapping(typing.get_args(kind), data, path)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(cast("type", kind), data, path)
    return _decode_scalar(kind, data, path)


def _decode_union(options: tuple[Any, ...], data: object, path: tuple[str | int, ...]) -> object:
    if data is None and type(None) in options:
        return None
    errors: list[CodecError] = []
    # An int stays an int where float stands first, and an infinity is one where str does.
    for option in sorted(options, key=lambda o: not _fits_exactly(o, data)):
        if option is type(None):
            continue
        try:
            return _decode(option, data, path)
        except CodecError as error:
            errors.append(error)
    if errors:
        raise max(errors, key=lambda e: len(e.path))
    raise CodecError(path, f"unexpected {data!r}")


def _fits_exactly(option: Any, data: object) -> bool:
    if option is float and isinstance(data, str):
        return data in _INFINITIES
    if option is str and isinstance(data, str):
        return data not in _INFINITIES
    return option is type(data)


def _decode_literal(options: tuple[Any, ...], data: object, path: tuple[str | int, ...]) -> object:
    for option in options:
        # 1 == True, and a literal means the one that is written.
        if option == data and type(option) is type(data):
            return option
    raise CodecError(path, f"{data!r:.60} is none of {', '.join(map(str, options))}")


def _decode_tuple(args: tuple[Any, ...], data: object, path: tuple[str | int, ...]) -> object:
    if not isinstance(data, list | tuple):
        raise CodecError(path, f"expected a list, found {type(data).__name__}")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_decode_items(args[0], data, path))
    if len(args) != len(data):
        raise CodecError(path, f"expected {len(args)} items, found {len(data)}")
    return tuple(_decode(a, d, (*path, i)) for i, (a, d) in enumerate(zip(args, data, strict=True)))


def _decode_items(kind: Any, data: object, path: tuple[str | int, ...]) -> list[object]:
    if not isinstance(data, list | tuple):
        raise CodecError(path, f"expected a list, found {type(data).__name__}")
    return [_decode(kind, item, (*path, i)) for i, item in enumerate(data)]


def _decode_mapping(args: tuple[Any, ...], data: object, path: tuple[str | int, ...]) -> object:
    if not isinstance(data, Mapping):
        raise CodecError(path, f"expected a mapping, found {type(data).__name__}")
    key, value = args
    return {
        _decode_key(key, k, (*path, str(k))): _decode(value, v, (*path, str(k)))
        for k, v in data.items()
    }


def _decode_key(kind: Any, key: object, path: tuple[str | int, ...]) -> object:
    if kind is int and isinstance(key, str):
        try:
            return int(key)
        except ValueError as error:
            raise CodecError(path, f"key {key!r:.60} is no whole number") from error
    return _decode(kind, key, path)


def _decode_dataclass(kind: type, data: object, path: tuple[str | int, ...]) -> object:
    if not isinstance(data, Mapping):
        raise CodecError(path, f"expected a mapping, found {type(data).__name__}")
    hints = field_types(kind)
    known = {f.name: f for f in dataclasses.fields(kind)}
    unknown = [str(k) for k in data if k not in known]
    if unknown:
        raise CodecError((*path, unknown[0]), "unknown key")
    values = {
        name: _decode(hints[name], data[name], (*path, name)) for name in known if name in data
    }
    for name, spec in known.items():
        if (
            name not in values
            and spec.default is dataclasses.MISSING
            and spec.default_factory is dataclasses.MISSING
        ):
            raise CodecError((*path, name), "required key is missing")
    try:
        return kind(**values)
    except CodecError:
        raise
    except ValueError as error:
        raise CodecError(path, str(error)) from error


def _decode_scalar(kind: Any, data: object, path: tuple[str | int, ...]) -> object:
    if kind is Any or kind is object:
        return data
    if kind is float:
        return _decode_float(data, path)
    if kind is bool or kind is int:
        if isinstance(data, int) and isinstance(data, bool) is (kind is bool):
            return data
    elif kind is str:
        if isinstance(data, str):
            return data
    elif kind is datetime and isinstance(data, str | datetime):
        return _decode_time(data, path)
    elif kind is date and isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError as error:
            raise CodecError(path, f"{data!r} is no date (YYYY-MM-DD)") from error
    elif isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(data)
        except ValueError as error:
            names = ", ".join(str(m.value) for m in kind)
            raise CodecError(path, f"{data!r} is none of {names}") from error
    raise CodecError(path, f"expected {getattr(kind, '__name__', kind)}, found {data!r:.60}")


def _decode_float(data: object, path: tuple[str | int, ...]) -> float:
    if isinstance(data, str) and data in _INFINITIES:
        return _INFINITIES[data]
    if isinstance(data, int | float) and not isinstance(data, bool) and not math.isnan(data):
        return float(data)
    raise CodecError(path, f"expected a number, found {data!r:.60}")


def _decode_time(data: str | datetime, path: tuple[str | int, ...]) -> datetime:
    try:
        moment = data if isinstance(data, datetime) else datetime.fromisoformat(data)
    except ValueError as error:
        raise CodecError(path, f"{data!r} is no RFC 3339 time") from error
    if moment.tzinfo is None:
        raise CodecError(path, f"{data!r} has no time zone")
    return moment
