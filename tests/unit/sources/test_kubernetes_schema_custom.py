from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes import schema_custom as custom
from golive.sources.kubernetes.objects import json_path
from golive.sources.kubernetes.schema import schemas
from golive.sources.kubernetes.schema_custom import CustomKinds
from golive.sources.kubernetes.schema_formats import FORMATS

BUILTIN = schemas("1.34")
FILES = sorted(
    f.name.removesuffix(".toml")
    for f in resources.files("golive.sources.kubernetes").joinpath("schema_data").iterdir()
)

DEFINITION = yaml.safe_load(
    """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, minimum: 1, maximum: 9}
                mode: {type: string, enum: [fast, slow]}
                port: {x-kubernetes-int-or-string: true}
                free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                tags: {type: object, additionalProperties: {type: string}}
                list: {type: array, minItems: 1, items: {type: boolean}}
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object}}
"""
)


def said(data: Mapping[str, Any], kinds: CustomKinds | None = None) -> list[tuple[str, str]] | None:
    found = (kinds or CustomKinds(BUILTIN)).violations(data)
    return None if found is None else [(v.code, json_path(v.path)) for v in found]


def parts(schema: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping within *schema*."""
    for value in schema.values() if isinstance(schema, Mapping) else schema:
        if isinstance(value, Mapping | list):
            yield from parts(value)
    if isinstance(schema, Mapping):
        yield schema


@pytest.mark.parametrize("group", FILES)
def test_every_name_in_a_data_file_is_there(group: str) -> None:
    held = custom._file(group)
    shapes = held["shapes"]
    used = {kind["spec"] for kind in held["kinds"].values()}
    for name in shapes:
        schema = custom._schema(name, shapes)
        for part in parts(schema):
            target = str(part.get("$ref", "")).rpartition("/")[2]
            used.add(target)
            assert not target or target in shapes or BUILTIN.definition(target)
            assert "format" not in part or part["format"] in FORMATS
            for choice in part.get("x-exclusive", ()):
                assert set(choice["of"]) <= set(schema["properties"]), name
    taken = {shape["&"] for shape in shapes.values() if "&" in shape}
    assert set(shapes) <= used | taken


def test_a_kind_without_a_schema_is_not_validated() -> None:
    for api_version in ("example.com/v1", "../x/v1", "/v1", "cert-manager.io/v1alpha2"):
        assert said({"apiVersion": api_version, "kind": "Certificate"}) is None
    assert CustomKinds(BUILTIN).versions("cert-manager.io", "Certificate") == ("v1",)
    assert CustomKinds(BUILTIN).versions("example.com", "Thing") == ()


def thing(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "a"},
        "spec": {"size": 1, **spec},
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, []),
        ({"port": "http", "free": {"any": [1]}, "tags": {"a": "b"}, "list": [True]}, []),
        ({"size": 10}, [("too-large", "spec.size")]),
        ({"size": None}, [("missing", "spec.size")]),
        ({"mode": "fats"}, [("not-allowed", "spec.mode")]),
        ({"port": [1]}, [("wrong-type", "spec.port")]),
        ({"tags": {"a": 1}}, [("unquoted", "spec.tags.a")]),
        ({"list": []}, [("too-few", "spec.list")]),
        ({"siez": 1}, [("unknown-field", "spec.siez")]),
    ],
)
def test_a_definition_in_the_release_is_its_schema(
    spec: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    kinds = CustomKinds(BUILTIN, [DEFINITION])
    assert said(thing(**spec), kinds) == expected
    assert kinds.complete("example.com/v1", "Thing")
    assert kinds.versions("example.com", "Thing") == ("v1",)
    assert said({**thing(), "apiVersion": "example.com/v1alpha1"}, kinds) is None


def test_a_definition_that_is_wrong_is_no_schema() -> None:
    wrong = {**DEFINITION, "spec": {**DEFINITION["spec"], "versions": [{"name": 1}]}}
    kinds = CustomKinds(BUILTIN, [wrong, {}, {"kind": "CustomResourceDefinition"}])
    assert said(thing(), kinds) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "required",
                    "enum",
                    "additionalProperties",
                    "$ref",
                    "oneOf",
                    "format",
                    "minimum",
                    "minItems",
                    "x-kubernetes-preserve-unknown-fields",
                    "size",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(VALUES, VALUES)
def test_any_definition_and_any_object_get_an_answer(schema: Any, spec: Any) -> None:
    version = {**DEFINITION["spec"]["versions"][0], "schema": {"openAPIV3Schema": schema}}
    definition = {**DEFINITION, "spec": {**DEFINITION["spec"], "versions": [version]}}
    found = CustomKinds(BUILTIN, [definition]).violations({**thing(), "spec": spec})
    assert found is None or isinstance(found, tuple)
