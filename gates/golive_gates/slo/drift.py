"""A configured request body against an OpenAPI 3 document, field by field. Pure.

The document comes from a stranger: references may be missing or go in circles, and nothing in
it is fetched. Schemas are judged by ``jsonschema`` (draft 2020-12, OpenAPI 3.1's dialect) after
local references were resolved; formats are not enforced. A stranger's ``pattern`` may run for
years, so a document off the wire is compared in a process that can be killed (``comparing``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from golive_gates.slo.parts import Drift
from golive_gates.slo.templates import fits

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

MAX_DRIFTS = 20
MAX_NODES = 20_000
MAX_TEXT = 200
CLOSE = 0.6
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class Unusable(ValueError):
    """The document cannot be compared with: not OpenAPI 3, a broken reference, too large."""


def compare(document: object, method: str, path: str, body: object) -> tuple[Drift, ...]:
    """How *body* sent to *method path* departs from *document*; empty: it fits.

    *path* is literal; path templates of the document match it. Raises ``Unusable``, and nothing
    else whatever the document holds; how long it takes is up to the document's patterns.
    """
    try:
        found = _compared(document, method, path, body)
    except RecursionError:
        raise Unusable("the document is nested too deeply") from None
    return tuple(_short(drift) for drift in found[:MAX_DRIFTS])


def _compared(document: object, method: str, path: str, body: object) -> list[Drift]:
    if not isinstance(document, Mapping) or not isinstance(document.get("paths"), Mapping):
        raise Unusable("no OpenAPI document: it has no paths")
    if not str(document.get("openapi", "")).startswith("3"):
        raise Unusable("only OpenAPI 3 documents are read")
    found = _path_item(document, path)
    if found is None:
        known = [str(p) for p in document["paths"]]
        return [Drift("missing-path", "", path, _close(path, known))]
    item = _resolved(document, found, "path")
    operation = item.get(method.lower())
    if not isinstance(operation, Mapping):
        there = sorted(k.upper() for k in item if k in METHODS)
        return [Drift("missing-method", "", ", ".join(there))]
    return list(_body_drifts(document, operation, body))


def _short(drift: Drift) -> Drift:
    texts = (drift.field, drift.detail, drift.suggestion)
    return Drift(drift.kind, *(text[:MAX_TEXT] for text in texts))


def _path_item(document: Mapping[str, Any], path: str) -> object | None:
    bare = path.partition("?")[0]
    paths = document["paths"]
    for prefix in _prefixes(document):
        rest = bare.removeprefix(prefix) if bare.startswith(prefix) else None
        if rest is None:
            continue
        if rest in paths:
            return paths[rest]  # type: ignore[no-any-return]
        for template, item in paths.items():
            if "{" in str(template) and fits(str(template), rest):
                return item  # type: ignore[no-any-return]
    return None


def _prefixes(document: Mapping[str, Any]) -> list[str]:
    """The base paths of ``servers``; a document without any serves from the root."""
    servers = document.get("servers")
    prefixes = [""]
    for server in servers if isinstance(servers, list) else []:
        url = server.get("url") if isinstance(server, Mapping) else None
        if isinstance(url, str):
            scheme, found, rest = url.partition("://")
            absolute = bool(found) and scheme.isalpha()
            prefix = ("".join(rest.partition("/")[1:]) if absolute else url).rstrip("/")
            if prefix and prefix not in prefixes:
                prefixes.append(prefix)
    return prefixes


def _body_drifts(
    document: Mapping[str, Any], operation: Mapping[str, Any], body: object
) -> Iterator[Drift]:
    declared = operation.get("requestBody")
    if declared is None:
        if body:
            yield Drift("no-body-expected")
        return
    content = _resolved(document, declared, "requestBody").get("content")
    media = _json_media(content if isinstance(content, Mapping) else {})
    if media is None:
        raise Unusable("the request body has no JSON media type")
    schema = media.get("schema")
    if schema is None or schema is True:
        raise Unusable("the request body has no schema")
    yield from _schema_drifts(document, schema, body)


def _json_media(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for name, media in content.items():
        kind = str(name).partition(";")[0].strip().lower()
        if kind in ("application/json", "*/*", "application/*") or kind.endswith("+json"):
            return media if isinstance(media, Mapping) else None
    return None


def _schema_drifts(document: Mapping[str, Any], schema: object, body: object) -> list[Drift]:
    # 60 ms of import that `golive --help` need not pay.
    from jsonschema import Draft202012Validator
    from referencing import Registry

    expanded = _Expander(document).expand(schema)
    if not isinstance(expanded, Mapping):
        raise Unusable("the request body's schema is not an object")
    try:
        Draft202012Validator.check_schema(expanded)
        # Without a registry of its own, the validator would fetch what `$dynamicRef` names.
        validator = Draft202012Validator(expanded, registry=Registry())
        errors = sorted(validator.iter_errors(body), key=_where)
        drifts = [d for e in errors for d in _of_error(e)]
        drifts += _ignored(expanded, body)
    except RecursionError:
        raise
    except Exception as trouble:
        # A third party's validator on a stranger's schema: unresolvable references, unknown
        # types, patterns that are none and more, in exceptions that are not all public.
        why = str(getattr(trouble, "message", trouble))[:MAX_TEXT]
        msg = f"unusable schema: {type(trouble).__name__.lstrip('_')}: {why}"
        raise Unusable(msg) from trouble
    found: dict[tuple[str, str], Drift] = {}
    for drift in drifts:
        if drift.kind != "ignored-field" or ("unknown-field", drift.field) not in found:
            found.setdefault((drift.kind, drift.field), drift)
    return list(found.values())


def _of_error(error: ValidationError) -> Iterator[Drift]:
    """One validation error in the words of this gate; alternatives by their nearest branch."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        branches: dict[object, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        nearest = min(branches.values(), key=len)
        for inner in nearest:
            yield from _of_error(inner)
        return
    rule = _RULES.get(str(error.validator), _other)
    yield from rule(error, error.schema if isinstance(error.schema, Mapping) else {})


def _required(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Drift]:
    given = error.instance if isinstance(error.instance, Mapping) else {}
    unknown = [str(k) for k in given if k not in _properties(schema)]
    for name in _names(error.validator_value):
        if name not in given:
            yield Drift("missing-field", _join(_where(error), name), "", _close(name, unknown))


def _additional(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[Drift]:
    given = error.instance if isinstance(error.instance, Mapping) else {}
    declared = _properties(schema)
    absent = [name for name in declared if name not in given]
    for name in given:
        if name not in declared:
            yield Drift("unknown-field", _join(_where(error), name), "", _close(name, absent))


def _typed(error: ValidationError, _: Mapping[str, Any]) -> Iterator[Drift]:
    detail = f"{_type(error.instance)} → {error.validator_value}"
    yield Drift("wrong-type", _where(error) or "(body)", detail)


def _other(error: ValidationError, _: Mapping[str, Any]) -> Iterator[Drift]:
    yield Drift("wrong-value", _where(error) or "(body)", str(error.validator))


_RULES = {"required": _required, "additionalProperties": _additional, "type": _typed}


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _ignored(schema: Mapping[str, Any], body: object) -> Iterator[Drift]:
    """Fields that an open schema tolerates and does not know: sent for nothing."""
    declared = _properties(schema)
    if not isinstance(body, Mapping) or not declared:
        return
    absent = [name for name in declared if name not in body]
    for name in body:
        if name not in declared:
            yield Drift("ignored-field", str(name), "", _close(str(name), absent))


def _properties(schema: Mapping[str, Any]) -> list[str]:
    names = list(schema.get("properties") or {})
    for part in schema.get("allOf") or schema.get("anyOf") or schema.get("oneOf") or ():
        if isinstance(part, Mapping):
            names += _properties(part)
    return names


def _where(error: ValidationError) -> str:
    where = ""
    for step in error.absolute_path:
        where = f"{where}[{step}]" if isinstance(step, int) else _join(where, step)
    return where


def _join(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)


def _type(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


def _close(name: str, known: list[str]) -> str:
    """The near miss; the only candidate there is counts, for a renaming need not look alike."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=CLOSE)
    if found:
        return found[0]
    return known[0] if len(known) == 1 and "/" not in name else ""


def _resolved(document: Mapping[str, Any], node: object, what: str) -> Mapping[str, Any]:
    for _ in range(20):
        if not isinstance(node, Mapping):
            msg = f"{what} is not an object"
            raise Unusable(msg)
        if "$ref" not in node:
            return node
        node = _follow(document, node["$ref"])
    msg = f"references of {what} go in circles"
    raise Unusable(msg)


def _follow(document: Mapping[str, Any], ref: object) -> object:
    if not isinstance(ref, str) or not ref.startswith("#/"):
        raise Unusable("a reference leaves the document")
    node: object = document
    for step in ref[2:].split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            msg = f"a reference leads nowhere: {ref[:80]}"
            raise Unusable(msg)
        node = node[key]
    return node


class _Expander:
    """Schemas with their local references written out; a cycle is cut to "anything"."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._nodes = 0

    def expand(self, node: object, trail: tuple[str, ...] = ()) -> object:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(trail) > 50:
            raise Unusable("the schema is too large")
        if isinstance(node, list):
            return [self.expand(item, trail) for item in node]
        if not isinstance(node, Mapping):
            return node
        ref = node.get("$ref")
        if isinstance(ref, str):
            if ref in trail:
                return {}
            target = self.expand(_follow(self._document, ref), (*trail, ref))
            beside = {k: v for k, v in node.items() if k != "$ref"}
            if not beside:
                return target
            return {"allOf": [target, self.expand(beside, trail)]}
        plain = {str(k): self.expand(v, trail) for k, v in node.items()}
        # OpenAPI 3.0 has `nullable`, and exclusive bounds that are flags.
        if plain.pop("nullable", False) is True and isinstance(plain.get("type"), str):
            plain["type"] = [plain["type"], "null"]
        for name in ("exclusiveMinimum", "exclusiveMaximum"):
            if isinstance(plain.get(name), bool):
                del plain[name]
        return plain
