"""The verdict of jsonschema over the strict schemas of kubernetes-validate, by path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from golive.sources.kubernetes.schema import Schemas

DIFFERENT = frozenset({"too-small", "too-large", "bad-quantity", "bad-byte", "bad-date-time"})
"""What golive says beyond the published types: ranges and formats that the API server has."""

SPEC = find_spec("kubernetes_validate")
assert SPEC is not None
assert SPEC.submodule_search_locations
DATA = Path(SPEC.submodule_search_locations[0]) / "kubernetes-json-schema"


@cache
def definitions(version: str) -> Mapping[str, Any]:
    text = (DATA / f"v{version}.0-local-strict" / "_definitions.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


@cache
def validator(version: str, api_version: str, kind: str) -> Draft202012Validator:
    group, _, api = api_version.rpartition("/")
    # Its files of one group go by another name, under which its own code does not find them.
    first = group.partition(".")[0].replace("internal", "apiserverinternal")
    stem = "-".join(part for part in (kind.lower(), first, api) if part)
    file = DATA / f"v{version}.0-local-strict" / f"{stem}.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    resources = [Resource.from_contents(s) for s in (schema, definitions(version))]
    registry: Registry[Any] = resources @ Registry()
    return Draft202012Validator(schema, registry=registry)


def oracle(version: str, data: Mapping[str, Any]) -> set[tuple[str | int, ...]]:
    """Paths that kubernetes-validate's schemas refuse."""
    found = validator(version, data["apiVersion"], data["kind"])
    return {path for error in found.iter_errors(data) for path in _paths(error)}


def _paths(error: ValidationError) -> Iterator[tuple[str | int, ...]]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "additionalProperties":
            known = schema.get("properties", {})
            yield from ((*path, key) for key in instance if key not in known)
        case "required":
            yield from ((*path, key) for key in schema["required"] if key not in instance)
        case _:
            yield path


@cache
def bare(version: str) -> Schemas:
    """The published definitions alone."""
    return Schemas(version, {})


def ours(version: str, data: Mapping[str, Any]) -> set[tuple[str | int, ...]]:
    found = bare(version).violations(data)
    assert found is not None
    return {v.path for v in found if v.code not in DIFFERENT}
