"""Closures for scalar values: strings, numbers, booleans, quantities, and anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from golive.sources.credentials import MARK
from golive.sources.kubernetes.schema_formats import FORMATS
from golive.sources.kubernetes.schema_near import near

Trail: TypeAlias = "tuple[Trail, str | int] | None"
"""Path of a value, innermost step first: made at every step, and seldom read."""

Raw = tuple[str, Trail, str, str, str]
Report = Callable[[Raw], None]
Scalar = Callable[[Any, Trail, Report], None]

_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_SECRET = frozenset({"byte"})
_SHOWN = 60
_REMEMBERED = 4096


def scalar(kind: str, schema: Mapping[str, Any]) -> Scalar:
    """The closure for a schema without fields or items; *kind* is its type, empty for none."""
    if schema.get("x-kubernetes-int-or-string") or _types(schema) == {"string", "integer"}:
        return _int_or_string(schema)
    if _types(schema) == {"string", "number"}:
        return _quantity(schema)
    match kind:
        case "string":
            return _string(schema)
        case "integer":
            return _number(schema, whole=True)
        case "number":
            return _number(schema, whole=False)
        case "boolean":
            return _boolean
        case "object":
            return _object
    return _anything


def type_of(value: object) -> str:
    """The JSON type of *value*."""
    if isinstance(value, Mapping):
        return "object"
    return _TYPES.get(type(value), "string")


_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    tuple: "array",
}


def _types(schema: Mapping[str, Any]) -> set[str]:
    """Types of the alternatives of *schema*, null aside."""
    found = set()
    for choice in schema.get("oneOf", schema.get("anyOf", ())):
        kinds = choice.get("type", ())
        found |= {kinds} if isinstance(kinds, str) else set(kinds)
    return found - {"null"}


def _string(schema: Mapping[str, Any]) -> Scalar:
    """The empty string is what Go has for absent, so enumerations and formats let it pass."""
    looks = _looks(schema)
    least = schema.get("minLength", 0)

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if not isinstance(value, str):
            found = type_of(value)
            code = "wrong-type" if found in ("object", "array") else "unquoted"
            report((code, trail, "string", found, ""))
        elif value:
            if looks is not None:
                looks(value, trail, report)
        elif least:
            report(("missing", trail, _last(trail), "", ""))

    return check


def _looks(schema: Mapping[str, Any]) -> Scalar | None:
    """What a string that is not empty has to look like, if anything."""
    allowed = schema.get("enum")
    if allowed is not None:
        return _one_of(tuple(str(a) for a in allowed))
    name = schema.get("format", "")
    return formatted(name) if name in FORMATS else None


def _one_of(allowed: tuple[str, ...]) -> Scalar:
    there = frozenset(allowed)

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if value not in there:
            choices = ", ".join(a for a in allowed if a)
            report(("not-allowed", trail, choices, value[:_SHOWN], near(value, allowed)))

    return check


def formatted(name: str) -> Scalar:
    """The closure for strings of the format called *name*; the empty one may be none."""
    known = FORMATS[name]
    right: set[str] = set()

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if value in right:
            return
        if known(value):
            if len(value) < _SHOWN and len(right) < _REMEMBERED:
                right.add(value)
        elif name in _SECRET or MARK not in value:
            shown = "" if name in _SECRET else value[:_SHOWN]
            report((f"bad-{name}", trail, "", shown, ""))

    return check


def _number(schema: Mapping[str, Any], *, whole: bool) -> Scalar:
    least, most = _range(schema)

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if isinstance(value, bool) or not isinstance(value, int | float):
            _not_a_number(value, trail, report, "integer" if whole else "number")
        elif whole and value != value // 1:
            report(("not-integer", trail, "integer", str(value), ""))
        elif value < least:
            report(("too-small", trail, str(least), str(value)[:_SHOWN], ""))
        elif value > most:
            report(("too-large", trail, str(most), str(value)[:_SHOWN], ""))

    return check


def _range(schema: Mapping[str, Any]) -> tuple[float, float]:
    low, high = _RANGES.get(schema.get("format", ""), (float("-inf"), float("inf")))
    return schema.get("minimum", low), schema.get("maximum", high)


def _not_a_number(value: object, trail: Trail, report: Report, wanted: str) -> None:
    text = value if isinstance(value, str) else ""
    digits = text.lstrip("+-")
    code = "quoted" if digits.isascii() and digits.isdigit() else "wrong-type"
    report((code, trail, wanted, type_of(value), ""))


def _int_or_string(schema: Mapping[str, Any]) -> Scalar:
    least, most = _range({"format": "int32", **schema})
    looks = _looks(schema)

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if isinstance(value, str):
            if looks is not None and value:
                looks(value, trail, report)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            report(("wrong-type", trail, "integer or string", type_of(value), ""))
        elif value != value // 1:
            report(("not-integer", trail, "integer or string", str(value), ""))
        elif value < least:
            report(("too-small", trail, str(least), str(value)[:_SHOWN], ""))
        elif value > most:
            report(("too-large", trail, str(most), str(value)[:_SHOWN], ""))

    return check


def _quantity(schema: Mapping[str, Any]) -> Scalar:
    del schema
    looks = formatted("quantity")

    def check(value: Any, trail: Trail, report: Report) -> None:  # noqa: ANN401 - YAML
        if isinstance(value, str):
            looks(value, trail, report)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            report(("wrong-type", trail, "quantity", type_of(value), ""))

    return check


def _boolean(value: object, trail: Trail, report: Report) -> None:
    if not isinstance(value, bool):
        code = "quoted" if value in ("true", "false") else "wrong-type"
        report((code, trail, "boolean", type_of(value), ""))


def _object(value: object, trail: Trail, report: Report) -> None:
    if not isinstance(value, Mapping):
        report(("wrong-type", trail, "object", type_of(value), ""))


def _anything(value: object, trail: Trail, report: Report) -> None:
    """Whatever it is."""


def _last(trail: Trail) -> str:
    return "" if trail is None else str(trail[1])
