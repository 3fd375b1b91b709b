"""The walk says what jsonschema says over kubernetes-validate's strict schemas, paths included.

It differs on purpose in ``schema_oracle.DIFFERENT`` and in ``null``: the API server takes it for
an absent field, jsonschema for a value of the wrong type wherever a field is required, in lists,
and, as both alternatives of a quantity allow it, there too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.sources.kubernetes.schema import shipped_versions
from golive.sources.reading import read_tree
from tests.unit.sources.schema_oracle import bare, definitions, oracle, ours

RELEASE = Path(__file__).parents[3] / "examples" / "golive_demo" / "release"
OBJECTS = list(read_tree(sorted(RELEASE.glob("k8s/*.yaml")), RELEASE).objects)
BUILTIN = [o.data for o in OBJECTS if bare("1.34").serves(o.api_version, o.kind)]
REFERENCE = "#/$defs/"


def test_the_release_gets_the_same_verdict_in_every_version() -> None:
    assert len(BUILTIN) > 30
    for data in BUILTIN:
        for version in (shipped_versions()[0], "1.34", shipped_versions()[-1]):
            assert ours(version, data) == oracle(version, data)
        assert ours("1.34", data) == set()


VALUES = st.sampled_from(
    ["text", "", "12", 7, -1, 1.5, 3.0, True, False, [], ["a"], [1], {}, {"a": "b"}, [{}]]
)


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of all values below the top."""
    items: Any = ()
    if isinstance(data, Mapping):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        if path or key not in ("apiVersion", "kind"):
            yield (*path, key)
            yield from places(value, (*path, key))


PLACES = [list(places(data)) for data in BUILTIN]


@settings(max_examples=300)
@given(st.data())
def test_mutated_objects_get_the_same_verdict(draw: st.DataObject) -> None:
    number = draw.draw(st.integers(0, len(BUILTIN) - 1))
    data = deepcopy(dict(BUILTIN[number]))
    for path in draw.draw(st.lists(st.sampled_from(PLACES[number]), min_size=1, max_size=3)):
        holder: Any = data
        for part in path[:-1]:
            items = dict(enumerate(holder)) if isinstance(holder, list) else holder
            holder = items.get(part)
            if not isinstance(holder, dict | list):
                break
        else:
            change(holder, path[-1], draw)
    assert ours("1.34", data) == oracle("1.34", data)


def change(holder: Any, key: str | int, draw: st.DataObject) -> None:
    kind = draw.draw(st.sampled_from(["replace", "drop", "rename"]))
    if isinstance(holder, dict) and key in holder:
        if kind == "replace":
            holder[key] = deepcopy(draw.draw(VALUES))
        else:
            value = holder.pop(key)
            if kind == "rename":
                holder[f"{key}s"] = value
    elif isinstance(holder, list) and isinstance(key, int) and key < len(holder):
        holder[key] = deepcopy(draw.draw(VALUES))


def sample(schema: Mapping[str, Any], version: str, depth: int) -> Any:
    """A value that has every field of *schema* down to *depth*."""
    if "$ref" in schema:
        name = schema["$ref"].partition(REFERENCE)[2]
        return sample(definitions(version)["$defs"][name], version, depth)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "string" if "oneOf" in schema else "object")
    match kinds if isinstance(kinds, str) else kinds[0]:
        case "object":
            fields = schema.get("properties", {})
            deep = {k for k, s in fields.items() if depth > 0 or k in schema.get("required", ())}
            found = {k: sample(fields[k], version, depth - 1) for k in fields if k in deep}
            others = schema.get("additionalProperties")
            if isinstance(others, Mapping) and depth > 0:
                found["any-key"] = sample(others, version, depth - 1)
            return found
        case "array":
            return [sample(schema["items"], version, depth - 1)] if depth > 0 else []
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return "1"


@pytest.mark.parametrize("version", [shipped_versions()[0], shipped_versions()[-1]])
def test_every_field_of_every_kind_is_known_and_typed(version: str) -> None:
    kinds = sorted(bare(version).kinds())
    assert len(kinds) > 60
    for api_version, kind in kinds:
        right = {**whole(version, api_version, kind), "apiVersion": api_version, "kind": kind}
        assert ours(version, right) == set(), (api_version, kind)
        # Every field at the third step is given a list of lists, which none may be.
        wrong = deepcopy(right)
        for fields in [v for v in wrong.values() if isinstance(v, dict)]:
            for key in fields:
                fields[key] = [[]]
        assert ours(version, wrong) == oracle(version, wrong), (api_version, kind)


def whole(version: str, api_version: str, kind: str) -> Any:
    group, _, api = api_version.rpartition("/")
    named = next(
        s
        for s in definitions(version)["$defs"].values()
        if {"group": group, "version": api, "kind": kind}
        in s.get("x-kubernetes-group-version-kind", ())
    )
    return sample(named, version, 5)
