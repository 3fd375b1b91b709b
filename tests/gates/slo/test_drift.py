"""Request bodies against OpenAPI documents of every shape."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.config.model import RateLimit
from golive.pacing import allowed_rate, join
from golive.placeholders import filled
from golive_gates.slo.drift import MAX_TEXT, Unusable, compare

STRING, NUMBER = {"type": "string"}, {"type": "number"}


def document(schema: object, path: str = "/generate", **more: object) -> dict[str, object]:
    body = {"content": {"application/json": {"schema": schema}}}
    return {"openapi": "3.1.0", "paths": {path: {"post": {"requestBody": body}}}, **more}


def drifts(schema: object, body: object, **more: object) -> list[tuple[str, str]]:
    return [(d.kind, d.field) for d in compare(document(schema, **more), "POST", "/generate", body)]


CLOSED = {
    "type": "object",
    "required": ["projectId"],
    "additionalProperties": False,
    "properties": {"projectId": STRING, "count": {"type": "integer"}, "kind": {"enum": ["a", "b"]}},
}
NESTED = {"type": "object", "properties": {"items": {"type": "array", "items": CLOSED}}}


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        (CLOSED, {"projectId": "x"}, []),
        (CLOSED, {}, [("missing-field", "projectId")]),
        (CLOSED, {"projectId": 5}, [("wrong-type", "projectId")]),
        (CLOSED, {"projectId": "x", "count": "1"}, [("wrong-type", "count")]),
        (CLOSED, {"projectId": "x", "kind": "c"}, [("wrong-value", "kind")]),
        (CLOSED, {"projectId": "x", "extra": 1}, [("unknown-field", "extra")]),
        (CLOSED, ["x"], [("wrong-type", "(body)")]),
        (NESTED, {"items": [{"projectId": "x"}, {}]}, [("missing-field", "items[1].projectId")]),
        ({"properties": {"a": STRING}}, {"a": "x", "b": 1}, [("ignored-field", "b")]),
        ({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"a": 1}, [("missing-field", "b")]),
        ({"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]}, {"b": 1},
         [("missing-field", "a")]),
        ({"oneOf": [STRING, NUMBER]}, 5, []),
        ({"type": "object", "properties": {"a": {"type": "string", "nullable": True}}},
         {"a": None}, []),
        ({"type": "object", "properties": {"n": {"type": "number", "minimum": 1,
          "exclusiveMinimum": True}}}, {"n": 2}, []),
    ],
)  # fmt: skip
def test_fields(schema: object, body: object, expected: list[tuple[str, str]]) -> None:
    assert drifts(schema, body) == expected


def test_references_are_followed_and_cycles_are_cut() -> None:
    node = {"type": "object", "required": ["id"], "properties": {
        "id": STRING, "child": {"$ref": "#/components/schemas/Node"}}}  # fmt: skip
    parts = {"components": {"schemas": {"Node": node}}}
    ref = {"$ref": "#/components/schemas/Node"}
    assert drifts(ref, {"id": "x", "child": {"id": "y"}}, **parts) == []
    assert drifts(ref, {"child": {}}, **parts) == [("missing-field", "id")]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/Gone"},
        {"$ref": "http://127.0.0.1:1/other.json#/X"},
        {"$ref": 5, "type": 7},
        {"type": "no such type"},
        {"properties": []},
        None,
        True,
        "text",
    ],
)
def test_a_document_that_cannot_be_used_says_so(schema: object) -> None:
    with pytest.raises(Unusable):
        drifts(schema, {"a": 1})


def test_a_schema_that_grows_without_bound_is_refused() -> None:
    levels = {
        f"L{i}": {"allOf": [{"$ref": f"#/components/schemas/L{i + 1}"}] * 10} for i in range(9)
    }
    levels["L9"] = {"type": "object"}  # type: ignore[dict-item]
    with pytest.raises(Unusable):
        drifts({"$ref": "#/components/schemas/L0"}, {}, components={"schemas": levels})


def test_paths_and_methods() -> None:
    templated = document(CLOSED, "/a/{name}/b")
    assert compare(templated, "POST", "/a/x/b", {"projectId": "x"}) == ()
    assert compare(templated, "PUT", "/a/x/b", {})[0].kind == "missing-method"
    (missing,) = compare(document(CLOSED, "/api/v1/generate"), "POST", "/api/v1/generat", {})
    assert (missing.kind, missing.suggestion) == ("missing-path", "/api/v1/generate")
    served = document(CLOSED, servers=[{"url": "https://host.example/base"}])
    assert compare(served, "POST", "/base/generate", {"projectId": "x"}) == ()
    bare = {"openapi": "3.0.3", "paths": {"/generate": {"post": {}}}}
    assert compare(bare, "POST", "/generate", {"a": 1})[0].kind == "no-body-expected"


def test_placeholders_are_filled_at_every_depth() -> None:
    body = {"a": "x-{unique}", "b": [{"c": "{unique}"}], "n": 1}
    assert filled(body, "u") == {"a": "x-u", "b": [{"c": "u"}], "n": 1}


def test_the_rate_stays_below_the_declared_limit() -> None:
    limit = RateLimit(200, 60.0, ("/api",))
    assert allowed_rate(20.0, limit, "/api/v1/projects", 0.9) == pytest.approx(3.0)
    assert allowed_rate(20.0, limit, "/api/v1/projects", 0.9, series=2) == pytest.approx(1.5)
    assert allowed_rate(20.0, limit, "/readyz", 0.9) == 20.0
    assert allowed_rate(20.0, None, "/api", 0.9) == 20.0
    assert join("http://h:1/base/", "/x") == "http://h:1/base/x"


@pytest.mark.parametrize(
    ("template", "path", "fits"),
    [
        ("/a/{id}", "/a/x", True),
        ("/a/{id}", "/a/", False),
        ("/a/{id}", "/a/x/y", False),
        ("/a/{id}.json", "/a/x.json", True),
        ("/a/{id}.json", "/a/.json", False),
        ("/a/v{x}-{y}", "/a/v1-2", True),
        ("/a/v{x}-{y}", "/a/v1-", False),
        ("/a/v{x}-{y}", "/a/v-2", False),
        ("/a/{x}{y}", "/a/12", True),
        ("/a/{x}{y}", "/a/1", False),
        ("/a/{x}a{y}a", "/a/baca", True),
        ("/a/{x}a{y}a", "/a/aaaa", True),
        ("/a/{x}a{y}a", "/a/aaa", False),
        ("/a/{open", "/a/{open", True),
        ("/a/{open", "/a/x", False),
    ],
)
def test_templates_match_segment_by_segment(template: str, path: str, fits: bool) -> None:
    found = compare(document({"type": "object"}, template), "POST", path, {})
    assert [d.kind for d in found] == ([] if fits else ["missing-path"])


def test_a_template_of_many_parameters_is_decided_at_once() -> None:
    evil = document({"type": "object"}, "/" + "{a}" * 200 + "z")
    assert compare(evil, "POST", "/" + "x" * 5000, {})[0].kind == "missing-path"


@pytest.mark.parametrize(
    ("schema", "named"),
    [
        ({"$dynamicRef": "#nope"}, "nope"),
        ({"$id": "http://127.0.0.1:1/x", "$dynamicRef": "other.json"}, "other.json"),
        ({"$dynamicRef": "#"}, "nested"),
        ({"$schema": "urn:unknown", "type": "strange"}, "strange"),
        ({"$schema": []}, "unusable schema"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "("),
        ({"properties": {"a": {"minimum": "1"}}}, "'1'"),
    ],
)
def test_what_is_wrong_with_a_schema_is_said(schema: object, named: str) -> None:
    with pytest.raises(Unusable, match=re.escape(named)):
        drifts(schema, {"a": 1})


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", asked.append)
    with pytest.raises(Unusable):
        drifts({"$dynamicRef": "http://127.0.0.1:1/other.json"}, {})
    assert asked == []


def test_a_schema_nested_without_end_is_refused() -> None:
    schema: dict[str, object] = {"type": "object"}
    for _ in range(5000):
        schema = {"properties": {"a": schema}}
    with pytest.raises(Unusable, match="nested too deeply"):
        drifts(schema, {"a": {}})


def test_texts_of_the_document_are_kept_short() -> None:
    (found,) = compare(document({"required": ["x" * 100_000]}), "POST", "/generate", {})
    assert len(found.field) == MAX_TEXT


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text("a/#", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
WORDS = st.sampled_from(
    [
        *("$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id", "$anchor", "$dynamicAnchor"),
        *("type", "properties", "required", "additionalProperties", "patternProperties"),
        *("propertyNames", "allOf", "anyOf", "oneOf", "not", "if", "then", "enum", "const"),
        *("items", "prefixItems", "contains", "pattern", "format", "nullable", "$defs"),
        *("minimum", "exclusiveMinimum", "multipleOf", "dependentSchemas", "unevaluatedProperties"),
    ]
)
VALUES = JSON | st.sampled_from(
    ["#", "#/", "#/paths", "#a", "object", "string", "urn:x", "http://"]
)
SCHEMAS = st.recursive(
    st.dictionaries(WORDS, VALUES, max_size=3) | JSON,
    lambda inner: st.dictionaries(
        WORDS | st.sampled_from("ab"), inner | st.lists(inner), max_size=4
    ),
    max_leaves=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, JSON)
def test_no_schema_breaks_the_comparison(schema: object, body: object) -> None:
    with contextlib.suppress(Unusable):
        assert isinstance(drifts(schema, body), list)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_document_breaks_the_comparison(data: st.DataObject) -> None:
    whole = document({"type": "object"}, servers=[{"url": "http://h/x"}], components={})
    anything = data.draw(JSON)
    place = data.draw(
        st.sampled_from(
            [
                (),
                ("openapi",),
                ("servers",),
                ("paths",),
                ("paths", "/generate"),
                ("paths", "/generate", "post"),
                ("paths", "/generate", "post", "requestBody"),
                ("paths", "/generate", "post", "requestBody", "content"),
                ("paths", "/generate", "post", "requestBody", "content", "application/json"),
            ]
        )
    )
    node: Any = whole
    for step in place[:-1]:
        node = node[step]
    if place:
        node[place[-1]] = anything
    else:
        whole = anything
    with contextlib.suppress(Unusable):
        assert isinstance(compare(whole, "POST", "/generate", {"a": 1}), tuple)
