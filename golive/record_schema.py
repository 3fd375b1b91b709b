"""JSON Schemas (2020-12) of the run record and the lint record, and validation against them.

``build_run_schema`` and ``build_lint_schema`` derive them from the dataclasses;
``schemas/run_v1.schema.json`` and ``schemas/lint_v1.schema.json`` are the published results,
and tests keep them equal. Changing a published field means v2.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal, Union

from golive import lint_record, model, record
from golive.codec import field_types
from golive.lint_record import LintRecord
from golive.record import Run
from golive.sanitize import clean

JsonObject = dict[str, Any]

SCHEMA_ID = "urn:golive:run:v1"
SCHEMA_FILE = "run_v1.schema.json"
LINT_SCHEMA_ID = "urn:golive:lint:v1"
LINT_SCHEMA_FILE = "lint_v1.schema.json"
MAX_PROBLEMS = 20

# Types whose every field is written, always: consumers may rely on the keys. The configuration
# inside the record has defaults of its own and grows with the tool.
_WIRE_MODULES = frozenset({record.__name__, model.__name__, lint_record.__name__})

_SCALARS: Mapping[object, JsonObject] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"$ref": "#/$defs/Number"},
    type(None): {"type": "null"},
    datetime: {
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$",
    },
    date: {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
}
_NUMBER: JsonObject = {
    "description": "A finite number, or an infinity: a time-out, or a bound that nothing limits.",
    "anyOf": [{"type": "number"}, {"enum": ["+Inf", "-Inf"]}],
}
_COUNT = {"minimum": 0}
_DIGEST = {"pattern": "^[0-9a-f]{64}$"}

# What a type cannot say, by dataclass and field.
_CONSTRAINTS: Mapping[tuple[str, str], JsonObject] = {
    ("Run", "schema_version"): {"pattern": r"^1\.\d+$"},
    ("Run", "content_sha256"): _DIGEST,
    ("Run", "requests"): _COUNT,
    ("GateRecord", "requests"): _COUNT,
    ("EvidenceRef", "sha256"): _DIGEST,
    ("EvidenceRef", "size"): _COUNT,
    ("Measurement", "n"): _COUNT,
    ("Measurement", "failures"): _COUNT,
    ("Measurement", "n_needed"): _COUNT,
    ("CheckRecord", "id"): {"minLength": 1},
    ("GateRecord", "id"): {"minLength": 1},
    ("Run", "run_id"): {"minLength": 1},
    ("LintCheck", "id"): {"minLength": 1},
    ("LintCheck", "findings"): _COUNT,
    ("LintCheck", "suppressed"): _COUNT,
    ("LintFinding", "check"): {"minLength": 1},
    ("LintFinding", "line"): {"minimum": 1},
    ("LintFinding", "column"): {"minimum": 1},
    ("LintFile", "size"): _COUNT,
}


@cache
def run_schema() -> JsonObject:
    """The published schema of a run record, as shipped."""
    return _shipped(SCHEMA_FILE)


@cache
def lint_schema() -> JsonObject:
    """The published schema of a lint record, as shipped."""
    return _shipped(LINT_SCHEMA_FILE)


def _shipped(name: str) -> JsonObject:
    text = resources.files("golive").joinpath("schemas", name).read_text(encoding="utf-8")
    found: JsonObject = json.loads(text)
    return found


def validate_record(data: object) -> list[str]:
    """What is wrong with *data* as a run record, each with its place; empty: nothing."""
    # jsonschema is heavy, and most commands never read a record.
    from jsonschema import Draft202012Validator

    problems = []
    for error in Draft202012Validator(run_schema()).iter_errors(data):
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
        problems.append(f"{clean(where.lstrip('.')) or '(top)'}: {clean(error.message, 300)}")
        if len(problems) == MAX_PROBLEMS:
            break
    return problems


def build_run_schema() -> JsonObject:
    """Derive the schema from ``golive.record.Run``."""
    return _build(Run, SCHEMA_ID, "golive run record, version 1")


def build_lint_schema() -> JsonObject:
    """Derive the schema from ``golive.lint_record.LintRecord``."""
    return _build(LintRecord, LINT_SCHEMA_ID, "golive lint record, version 1")


def _build(kind: type, identity: str, title: str) -> JsonObject:
    definitions: JsonObject = {"Number": _NUMBER}
    root = _dataclass(kind, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identity,
        "title": title,
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(kind: Any, definitions: JsonObject) -> JsonObject:  # noqa: ANN401 - an annotation
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is Annotated:
        return _schema(args[0], definitions)
    if origin is Literal:
        return {"enum": list(args)}
    if origin is not None:
        return _composed(origin, args, definitions)
    if kind is Any:
        return {}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # taken, should the type refer to itself
            definitions[kind.__name__] = _dataclass(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    msg = f"no schema for {kind!r}"
    raise TypeError(msg)


def _composed(origin: object, args: tuple[Any, ...], definitions: JsonObject) -> JsonObject:
    if origin in (Union, types.UnionType):
        return _union([_schema(arg, definitions) for arg in args])
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _schema(args[0], definitions)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(args[1], definitions)}
    msg = f"no schema for {origin!r} of {args!r}"
    raise TypeError(msg)


def _union(options: list[JsonObject]) -> JsonObject:
    if all(set(option) == {"type"} for option in options):
        return {"type": [option["type"] for option in options]}
    return {"anyOf": options}


def _dataclass(kind: type, definitions: JsonObject) -> JsonObject:
    hints = field_types(kind)
    fields = dataclasses.fields(kind)
    always = kind.__module__ in _WIRE_MODULES
    doc = (inspect.getdoc(kind) or "").replace("``", "`")
    found: JsonObject = {"type": "object"}
    if doc and not doc.startswith(f"{kind.__name__}("):
        found["description"] = " ".join(doc.split())
    found["properties"] = {
        f.name: _constrained(kind, f.name, _schema(hints[f.name], definitions)) for f in fields
    }
    found["required"] = [
        f.name
        for f in fields
        if always or (f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING)
    ]
    found["additionalProperties"] = False
    return found


def _constrained(kind: type, field: str, schema: JsonObject) -> JsonObject:
    return {**schema, **_CONSTRAINTS.get((kind.__name__, field), {})}
