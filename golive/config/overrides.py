"""Values given beside the file: ``--set target.services.0.url=...`` and ``GOLIVE_SET__...``.

The order is flag, environment, file, default: give the environment's overrides first.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any, Union

from golive.codec import field_types
from golive.config.errors import ConfigError, Problem
from golive.config.forms import form_of
from golive.config.model import Config
from golive.config.schema import yaml_key
from golive.config.suggestion import hint_for
from golive.model import Location
from golive.sources.yaml import KeyPath, YamlError, load

ENVIRONMENT_PREFIX = "GOLIVE_SET__"


@dataclass(frozen=True, slots=True)
class Override:
    """*text* for the value at *path*; list entries by number. ``origin`` is shown in errors."""

    path: tuple[str, ...]
    text: str
    origin: str


def override_from_flag(argument: str) -> Override:
    """``a.b.0.c=text`` as given to ``--set``. Raises ``ConfigError``."""
    dotted, equals, text = argument.partition("=")
    path = tuple(dotted.strip().split("."))
    if not equals or not all(path):
        problem = Problem(Location("--set"), "expected KEY=VALUE", "--set prometheus.timeout=10s")
        raise ConfigError([problem])
    return Override(path, text, f"--set {dotted.strip()}")


def overrides_from_environment(environ: Mapping[str, str]) -> tuple[Override, ...]:
    """``GOLIVE_SET__prometheus__timeout=10s`` and the like, in order of name."""
    return tuple(
        Override(tuple(name.removeprefix(ENVIRONMENT_PREFIX).split("__")), text, name)
        for name, text in sorted(environ.items())
        if name.startswith(ENVIRONMENT_PREFIX)
    )


def apply_overrides(
    data: Mapping[str, object],
    overrides: Iterable[Override],
    gate_settings: Mapping[str, type] | None = None,
) -> tuple[dict[str, object], dict[KeyPath, Location]]:
    """A copy of *data* with the overrides in it, later ones winning, and where they came from.

    Raises ``ConfigError`` with every override whose path the configuration does not have. A
    list can be extended by the number after its last one.
    """
    result = {key: _copied(value) for key, value in data.items()}
    origins: dict[KeyPath, Location] = {}
    problems: list[Problem] = []
    for override in overrides:
        place = Location(override.origin)
        try:
            path, kind = _resolve(override.path, gate_settings or {})
            _store(result, path, _value(override.text, kind))
        except _Unknown as unknown:
            problems.append(Problem(place, str(unknown), unknown.hint))
        except YamlError as error:
            problems.extend(Problem(place, p.message, p.hint) for p in error.problems)
        else:
            origins[path] = place
    if problems:
        raise ConfigError(problems)
    return result, origins


def _copied(value: object) -> object:
    """A copy in which nothing is shared; deepcopy would keep aliases of the file as one object."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


class _Unknown(Exception):
    def __init__(self, message: str, hint: str | None = None) -> None:
        self.hint = hint
        super().__init__(message)


def _resolve(parts: tuple[str, ...], gates: Mapping[str, type]) -> tuple[KeyPath, object]:
    """The path with its numbers, and the annotation of the value there."""
    if parts[:1] == ("gates",) and len(parts) > 1 and gates:
        if parts[1] not in gates:
            msg = f"there is no gate {parts[1]!r:.60}"
            raise _Unknown(msg, hint_for(parts[1], gates))
        path, kind = _walk(parts[2:], gates[parts[1]])
        return (*parts[:2], *path), kind
    return _walk(parts, Config)


def _walk(parts: tuple[str, ...], kind: object) -> tuple[KeyPath, object]:
    path: list[str | int] = []
    for part in parts:
        inner = _bare(kind)
        origin, args = typing.get_origin(inner), typing.get_args(inner)
        if isinstance(inner, type) and dataclasses.is_dataclass(inner) and form_of(inner) is None:
            fields = {yaml_key(inner, spec.name): spec.name for spec in dataclasses.fields(inner)}
            if part not in fields:
                msg = f"there is no key {part!r:.60}"
                raise _Unknown(msg, hint_for(part, fields))
            kind = field_types(inner)[fields[part]]
            path.append(part)
        elif origin in (tuple, frozenset):
            if not part.isdecimal():
                msg = f"{part!r:.60} is no number of a list entry"
                raise _Unknown(msg, "count from 0")
            kind = args[0]
            path.append(int(part))
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            kind = args[1]
            path.append(part)
        elif inner is Any:
            path.append(part)
        else:
            msg = f"there is nothing below it that {part!r:.60} could name"
            raise _Unknown(msg)
    return tuple(path), kind


def _bare(kind: object) -> object:
    """The annotation without ``Annotated`` and without ``| None``."""
    while True:
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin is Annotated:
            kind = args[0]
        elif origin in (Union, types.UnionType):
            options = [arg for arg in args if arg is not type(None)]
            if len(options) != 1:
                return kind
            kind = options[0]
        else:
            return kind


def _value(text: str, kind: object) -> object:
    """Text stays text where text is wanted, so that a version ``3.10`` survives."""
    inner = _bare(kind)
    plain = inner is str or form_of(inner, _markers(kind)) is not None
    if plain or (isinstance(inner, type) and issubclass(inner, Enum)):
        return text
    return load(text, "").data


def _markers(kind: object) -> tuple[object, ...]:
    found: tuple[object, ...] = ()
    for option in (kind, *typing.get_args(kind)):
        if typing.get_origin(option) is Annotated:
            found += typing.get_args(option)[1:]
    return found


def _store(data: dict[str, object], path: KeyPath, value: object) -> None:
    current: object = data
    for part, following in pairwise(path):
        fresh: object = [] if isinstance(following, int) else {}
        current = _descend(current, part, fresh)
    _descend(current, path[-1], value, replace=True)


def _descend(holder: object, part: str | int, fresh: object, *, replace: bool = False) -> object:
    """Value at *part*, set to *fresh* where there is none, or always with *replace*."""
    if isinstance(holder, dict):
        if replace or holder.get(str(part)) is None:
            holder[str(part)] = fresh
        return holder[str(part)]
    if isinstance(holder, list) and isinstance(part, int):
        if part > len(holder):
            msg = f"the list has {len(holder)} entries, {part} is not the next"
            raise _Unknown(msg, "count from 0")
        if part == len(holder):
            holder.append(fresh)
        elif replace:
            holder[part] = fresh
        return holder[part]
    msg = f"{part!r} cannot be set, the file has no mapping or list there"
    raise _Unknown(msg)
