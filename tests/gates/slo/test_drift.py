"""Request bodies against OpenAPI documents of every shape."""

from __future__ import annotations

import pytest

from golive.config.model import RateLimit
from golive_gates.slo.drift import Unusable, compare
from golive_gates.slo.pacing import allowed_rate, join
from golive_gates.slo.placeholders import filled

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
