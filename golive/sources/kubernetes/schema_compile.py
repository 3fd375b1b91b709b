"""Schemas compiled to closures that walk an object once.

The dialect is that of Kubernetes' published definitions and of ``openAPIV3Schema``, strict:
an object with ``properties`` has no others. ``null`` is what the API server takes it for: an
absent field, and in a list an empty item. Further keywords, for what schemas leave to the
server's code: ``x-exclusive`` (a list of ``{"of": fields, "least": 0, "most": 1}``: how many of
them there may be), ``x-names`` (format of a map's keys), ``x-bytes`` (of a map's keys and values
together) and the formats of :mod:`golive.sources.kubernetes.schema_formats`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.schema_near import near
from golive.sources.kubernetes.schema_scalars import Report, Trail, formatted, scalar, type_of
from golive.sources.kubernetes.schema_violations import Violation

Check = Callable[[Any, Trail, Report], None]
Schema = Mapping[str, Any]


def violations(check: Check, value: object) -> tuple[Violation, ...]:
    """What *check* has to say about *value*."""
    found: list[tuple[str, Trail, str, str, str]] = []
    check(value, None, found.append)
    return tuple(Violation(code, _path(trail), *rest) for code, trail, *rest in found)


def _path(trail: Trail) -> KeyPath:
    parts: list[str | int] = []
    while trail is not None:
        trail, part = trail
        parts.append(part)
    return tuple(reversed(parts))


class Compiler:
    """Closures for schemas; *load* gives the definition that a ``$ref`` names.

    A definition is loaded, and a field's schema compiled, when an object first has it.
    """

    def __init__(self, load: Callable[[str], Schema]) -> None:
        self._load = load
        self._named: dict[str, Check] = {}

    def named(self, name: str) -> Check:
        """The closure of the definition called *name*."""
        found = self._named.get(name)
        if found is None:
            found = self._named[name] = self.compiled(self._load(name))
        return found

    def compiled(self, schema: Schema) -> Check:
        """The closure of *schema*."""
        if "$ref" in schema:
            return self._reference(schema)
        if schema.get("x-kubernetes-preserve-unknown-fields") and not schema.get("properties"):
            return _anything
        kinds = schema.get("type", ())
        kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "")
        if "properties" in schema or (kind == "object" and not _free(schema)):
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        return scalar(kind, schema)

    def _reference(self, schema: Schema) -> Check:
        name = _target(schema)
        beside = {k: v for k, v in schema.items() if k in _BESIDE}
        if beside:
            return self.compiled({**self._load(name), **beside})
        # Fields are compiled when met, so a definition that has itself in a field comes to an end.
        return self.named(name)

    def _object(self, schema: Schema) -> Check:
        required = tuple(schema.get("required", ()))
        further = tuple(_further(schema))
        fields = _Fields(self.compiled, schema)

        def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
            # The abstract class alone costs as much as all the rest.
            if value.__class__ is not dict and not isinstance(value, Mapping):
                report(("wrong-type", trail, "object", type_of(value), ""))
                return
            for key, item in value.items():
                known = fields[key]
                if known is None:
                    report(("unknown-field", (trail, key), "", str(key), near(key, fields.known)))
                elif item is not None:
                    known(item, (trail, key), report)
            for key in required:
                if value.get(key) is None:
                    report(("missing", (trail, key), key, "", ""))
            for rule in further:
                rule(value, trail, report)

        return check

    def _array(self, schema: Schema) -> Check:
        items = schema.get("items") or {}
        item_check = self.compiled(items)
        least = schema.get("minItems", 0)
        composed = self._composed(items)

        def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
            if not isinstance(value, list | tuple):
                report(("wrong-type", trail, "array", type_of(value), ""))
                return
            for index, item in enumerate(value):
                if item is not None:
                    item_check(item, (trail, index), report)
                elif composed:
                    item_check({}, (trail, index), report)
            if len(value) < least:
                report(("too-few", trail, str(least), str(len(value)), ""))

        return check

    def _composed(self, schema: Schema) -> bool:
        """Whether *schema* describes objects with fields."""
        if "$ref" in schema:
            schema = self._load(_target(schema))
        return "properties" in schema


class _Fields(dict[str, "Check | None"]):
    """The closures of an object's fields, compiled as they are met; ``None``: no such field."""

    def __init__(self, compiled: Callable[[Schema], Check], schema: Schema) -> None:
        self._compiled = compiled
        self.known: Mapping[str, Schema] = schema.get("properties", {})
        others = schema.get("additionalProperties")
        closed = "properties" in schema and others is not True and not any(map(schema.get, _OPEN))
        self._other = compiled(others) if isinstance(others, Mapping) else _anything
        self._closed = closed and not isinstance(others, Mapping)

    def __missing__(self, key: str) -> Check | None:
        schema = self.known.get(key)
        if schema is None:
            return None if self._closed else self._other
        found = self[key] = self._compiled(schema)
        return found


_OPEN = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")
_BESIDE = frozenset(
    {"enum", "minimum", "maximum", "format", "minLength", "minItems", "x-names", "required"}
)


def _target(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _free(schema: Schema) -> bool:
    """Whether any object will do."""
    others = schema.get("additionalProperties")
    return not others and not _RULES.keys() & schema.keys() and not schema.get("required")


def _anything(value: object, trail: Trail, report: Report) -> None:
    """Whatever it is."""


def _further(schema: Schema) -> Iterator[Check]:
    for keyword, rule in _RULES.items():
        if keyword in schema:
            yield rule(schema[keyword])


def _exclusive(groups: Sequence[Mapping[str, Any]]) -> Check:
    of = [(tuple(g["of"]), g.get("least", 0), g.get("most", 1)) for g in groups]

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        for fields, least, most in of:
            there = [key for key in fields if value.get(key) not in (None, "")]
            if len(there) > most:
                report(("conflict", (trail, there[1]), ", ".join(fields), ", ".join(there), ""))
            elif len(there) < least:
                report(("missing-one", trail, ", ".join(fields), "", ""))

    return check


def _names(name_format: str) -> Check:
    look = formatted(name_format)

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        for key in value:
            look(str(key), (trail, key), report)

    return check


def _bytes(most: int) -> Check:
    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        size = sum(
            len(str(k)) + (len(v.encode(errors="replace")) if isinstance(v, str) else 0)
            for k, v in value.items()
        )
        if size > most:
            report(("too-long", trail, str(most), str(size), ""))

    return check


_RULES: Mapping[str, Callable[[Any], Check]] = {
    "x-exclusive": _exclusive,
    "x-names": _names,
    "x-bytes": _bytes,
}
