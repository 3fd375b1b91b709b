"""JSON Schema (2020-12) of ``golive.yaml``, derived from the dataclasses that it decodes to.

``form="published"`` is for editors and other tools. ``form="checked"`` is what the loader
validates with: written forms are one keyword (``x-golive``) there, read by the same code that
decodes them, so that the two cannot disagree and errors can say what to write instead.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union

from golive.codec import field_types
from golive.config.forms import FORMS, form_of
from golive.config.markers import AtLeast, Described
from golive.config.model import Config
from golive.vocabulary import STANDARD_GATES

JsonObject = dict[str, Any]
Purpose = Literal["published", "checked"]

SCHEMA_ID = "urn:golive:config:v1"
FORM_KEYWORD = "x-golive"
_SCALARS: Mapping[object, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
# A dataclass without a docstring gets a generated one, which would say nothing to a reader.
_GENERATED_DOC = "("


def config_schema(
    gate_settings: Mapping[str, type] | None = None, *, form: Purpose = "published"
) -> JsonObject:
    """Schema of a configuration file.

    *gate_settings* maps gate ids to their settings dataclasses; ``gates.<id>`` is then held to
    them. A standard gate that is not among them may have any settings, an unknown one none.
    Without *gate_settings* every gate section is accepted.
    """
    builder = _Builder(form)
    root = builder.dataclass_schema(Config)
    known = dict(gate_settings or {})
    sections: JsonObject = {"type": "object", "additionalProperties": True}
    if known:
        properties: JsonObject = {gate: {"type": "object"} for gate in STANDARD_GATES}
        properties.update({gate: builder.schema(kind) for gate, kind in known.items()})
        sections = {"type": "object", "properties": properties, "additionalProperties": False}
    sections["description"] = "Settings of each gate, by its id."
    root["properties"]["gates"] = sections
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "golive.yaml",
        **root,
        "$defs": builder.definitions,
    }


def yaml_key(kind: type, field: str) -> str:
    """Key that *field* of *kind* has in YAML."""
    return "apiVersion" if kind is Config and field == "api_version" else field


class _Builder:
    """Collects a definition for each dataclass it meets."""

    def __init__(self, purpose: Purpose) -> None:
        self.definitions: JsonObject = {}
        self._names: dict[type, str] = {}
        self._purpose = purpose

    def schema(self, kind: object, markers: tuple[object, ...] = ()) -> JsonObject:
        """Schema of one annotation."""
        origin, args = typing.get_origin(kind), typing.get_args(kind)
        if origin is Annotated:
            return self.schema(args[0], (*markers, *args[1:]))
        form = form_of(kind, markers)
        found = self._written(form) if form else self._plain(kind, origin, args)
        for marker in markers:
            if isinstance(marker, Described):
                found = {**found, "description": marker.text}
            elif isinstance(marker, AtLeast):
                found = {**found, "minItems" if origin is tuple else "minimum": marker.minimum}
        return found

    def _written(self, form: str) -> JsonObject:
        if self._purpose == "checked":
            return {FORM_KEYWORD: form}
        return dict(FORMS[form].schema)

    def _plain(self, kind: object, origin: object, args: tuple[Any, ...]) -> JsonObject:
        if origin in (Union, types.UnionType):
            return self._union(args)
        if origin is Literal:
            return {"const": args[0]} if len(args) == 1 else {"enum": list(args)}
        if origin in (tuple, frozenset):
            return self._list(args)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(args)
        if kind in _SCALARS:
            return {"type": _SCALARS[kind]}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [member.value for member in kind]}
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            return {"$ref": f"#/$defs/{self._define(kind)}"}
        if kind is Any or kind is object:
            return {}
        msg = f"no schema for {kind!r}"
        raise TypeError(msg)

    def _union(self, args: tuple[Any, ...]) -> JsonObject:
        if all(arg in _SCALARS for arg in args):
            return {"type": [_SCALARS[arg] for arg in args]}
        return {"anyOf": [self.schema(arg) for arg in args]}

    def _mapping(self, args: tuple[Any, ...]) -> JsonObject:
        key, value = args
        if typing.get_origin(key) is not Literal:
            return {"type": "object", "additionalProperties": self.schema(value)}
        properties = {name: self.schema(value) for name in typing.get_args(key)}
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def _list(self, args: tuple[Any, ...]) -> JsonObject:
        if (len(args) == 2 and args[1] is not Ellipsis) or len(args) > 2:
            parts = [self.schema(arg) for arg in args]
            size = len(parts)
            return {"type": "array", "prefixItems": parts, "minItems": size, "maxItems": size}
        return {"type": "array", "items": self.schema(args[0])}

    def _define(self, kind: type) -> str:
        if kind not in self._names:
            name = kind.__name__
            if name in self._names.values():
                name = f"{kind.__module__}.{name}"
            self._names[kind] = name
            self.definitions[name] = self.dataclass_schema(kind)
        return self._names[kind]

    def dataclass_schema(self, kind: type) -> JsonObject:
        """Object schema of a dataclass: its fields and no others."""
        hints = field_types(kind)
        properties: JsonObject = {}
        required: list[str] = []
        for spec in dataclasses.fields(kind):
            key = yaml_key(kind, spec.name)
            properties[key] = self.schema(hints[spec.name])
            if spec.default is not dataclasses.MISSING:
                self._add_default(properties, key, hints[spec.name], spec.default)
            elif spec.default_factory is dataclasses.MISSING:
                required.append(key)
        found: JsonObject = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        doc = inspect.getdoc(kind) or ""
        if doc and not doc.startswith(kind.__name__ + _GENERATED_DOC):
            found["description"] = " ".join(doc.split()).replace("``", "")
        if required:
            found["required"] = required
        return found

    def _add_default(self, properties: JsonObject, key: str, hint: object, default: object) -> None:
        """Publish a default that is written as it is held; a duration would lose its unit."""
        if self._purpose == "checked" or not isinstance(default, str | int | float):
            return
        inner, markers = hint, ()
        while typing.get_origin(inner) is Annotated:
            args = typing.get_args(inner)
            inner, markers = args[0], (*markers, *args[1:])
        if form_of(inner, markers) is None or isinstance(default, str):
            value = default.value if isinstance(default, Enum) else default
            properties[key] = {**properties[key], "default": value}
