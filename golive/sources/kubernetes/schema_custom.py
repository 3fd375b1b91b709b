"""Small schemas of custom kinds that releases often hold, and those that a release brings along.

The files in ``schema_data``, one for each API group, say in short notation what each field is:

=====================  ========================================================================
``string``             also ``integer``, ``number``, ``boolean``, ``quantity``, ``object`` (any
                       fields), ``int-or-string``; ``text`` is a string that is not empty
``integer 1..65535``   a range; either end may be left out
``~cron``              a string of a format of ``schema_formats``
``a|b``                one of these strings
``[X]``, ``{X}``       a list of X (``[X] 1..``: with at least one), a map of strings to X
``core.v1.Container``  a definition of Kubernetes itself
``Name``               a shape of the same file
=====================  ========================================================================

A field whose name ends in ``!`` is required; ``"#one"`` and ``"#most"`` list fields of which
exactly or at most one may be there; ``"&"`` takes over the fields of another shape.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from golive.sources.kubernetes.schema import Schemas
from golive.sources.kubernetes.schema_compile import Check, Compiler, Schema, violations
from golive.sources.kubernetes.schema_violations import Violation

_FOLDER = "schema_data"
_SIMPLE = frozenset({"string", "integer", "number", "boolean", "object"})


class CustomKinds:
    """Schemas of custom kinds: those of *definitions* (CustomResourceDefinitions), and ours.

    *builtin* gives the parts that Kubernetes itself defines.
    """

    def __init__(self, builtin: Schemas, definitions: Iterable[Mapping[str, Any]] = ()) -> None:
        self._builtin = builtin
        self._brought = dict(_brought(definitions))
        self._checks: dict[tuple[str, str], Check | None] = {}
        self._compilers: dict[str, Compiler] = {}

    def violations(self, data: Mapping[str, Any]) -> tuple[Violation, ...] | None:
        """What is wrong with an object; ``None`` for a kind without a schema."""
        wanted = str(data.get("apiVersion")), str(data.get("kind"))
        if wanted not in self._checks:
            self._checks[wanted] = self._check(*wanted)
        check = self._checks[wanted]
        return None if check is None else violations(check, data)

    def complete(self, api_version: str, kind: str) -> bool:
        """Whether the kind's schema is the cluster's own, so that no field of it is missing."""
        return (api_version, kind) in self._brought

    def versions(self, group: str, kind: str) -> tuple[str, ...]:
        """API versions of a kind that there are schemas for, newest first."""
        found = tuple(a.rpartition("/")[2] for a, k in self._brought if k == kind and _of(a, group))
        return found or tuple(_file(group).get("kinds", {}).get(kind, {}).get("versions", ()))

    def _check(self, api_version: str, kind: str) -> Check | None:
        brought = self._brought.get((api_version, kind))
        if brought is not None:
            return self._compiler("").compiled(self._whole(brought))
        group, _, version = api_version.rpartition("/")
        known = _file(group).get("kinds", {}).get(kind)
        if known is None or version not in known["versions"]:
            return None
        spec = {"$ref": f"#/{known['spec']}"}
        return self._compiler(group).compiled(
            self._whole({"properties": {"spec": spec, "status": {}}, "required": ["spec"]})
        )

    def _whole(self, schema: Schema) -> Schema:
        """*schema* of an object that stands alone, with the fields that every object has."""
        every: Mapping[str, Schema] = {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": self._builtin.metadata("dns-subdomain"),
        }
        fields = {**schema.get("properties", {}), **every}
        required = [*schema.get("required", ()), "metadata"]
        return {**schema, "properties": fields, "required": required}

    def _compiler(self, group: str) -> Compiler:
        if group not in self._compilers:
            shapes = _file(group).get("shapes", {}) if group else {}

            def load(name: str) -> Schema:
                if name.startswith("io.k8s."):
                    return self._builtin.definition(name)
                return _schema(name, shapes)

            self._compilers[group] = Compiler(load)
        return self._compilers[group]


def _of(api_version: str, group: str) -> bool:
    return api_version.rpartition("/")[0] == group


@cache
def _file(group: str) -> Mapping[str, Any]:
    """The data file of *group*, empty when there is none."""
    file = resources.files(__package__).joinpath(_FOLDER, f"{group}.toml")
    # A group comes from a manifest and becomes a part of a file name.
    if "/" in group or not file.is_file():
        return {}
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _brought(definitions: Iterable[Mapping[str, Any]]) -> Iterable[tuple[tuple[str, str], Schema]]:
    """Schemas in CustomResourceDefinitions, by ``(apiVersion, kind)``."""
    for data in definitions:
        spec = data.get("spec")
        if not isinstance(spec, Mapping) or not isinstance(spec.get("names"), Mapping):
            continue
        versions = spec.get("versions")
        for version in versions if isinstance(versions, list) else ():
            schema = version.get("schema") if isinstance(version, Mapping) else None
            found = schema.get("openAPIV3Schema") if isinstance(schema, Mapping) else None
            if isinstance(found, Mapping) and version.get("served") is True:
                api = f"{spec.get('group')}/{version.get('name')}"
                yield (api, str(spec["names"].get("kind"))), _cleaned(found)


# Inner schemas are not part of the published definition, so nothing has looked at these yet.
_KEPT: Mapping[str, type | tuple[type, ...]] = {
    "type": str,
    "required": list,
    "enum": list,
    "minimum": (int, float),
    "maximum": (int, float),
    "minLength": int,
    "minItems": int,
    "x-kubernetes-int-or-string": bool,
    "x-kubernetes-preserve-unknown-fields": bool,
    "x-kubernetes-embedded-resource": bool,
}
_CHECKED = ("int32", "int64", "date-time", "byte")


def _cleaned(schema: object) -> Schema:
    """Of an ``openAPIV3Schema`` what the compiled dialect has; nothing of it is null."""
    if not isinstance(schema, Mapping):
        return {}
    found = {k: schema[k] for k, kind in _KEPT.items() if isinstance(schema.get(k), kind)}
    found["required"] = [k for k in found.get("required", ()) if isinstance(k, str)]
    if schema.get("format") in _CHECKED:
        found["format"] = schema["format"]
    fields = schema.get("properties")
    if isinstance(fields, Mapping):
        found["properties"] = {k: _cleaned(v) for k, v in fields.items()}
    others = schema.get("additionalProperties")
    if others is not None:
        found["additionalProperties"] = others if others is True else _cleaned(others)
    found["items"] = _cleaned(schema.get("items"))
    return found


def _schema(name: str, shapes: Mapping[str, Mapping[str, Any]]) -> Schema:
    """The shape called *name* in the dialect of ``schema_compile``."""
    fields: dict[str, Schema] = {}
    required: list[str] = []
    exclusive: list[Mapping[str, Any]] = []
    for key, value in shapes[name].items():
        if key == "&":
            taken = _schema(value, shapes)
            fields.update(taken["properties"])
            required += taken["required"]
        elif key.startswith("#"):
            least = 1 if key == "#one" else 0
            exclusive += [{"of": group.split(), "least": least} for group in value]
        else:
            fields[key.rstrip("!")] = _type(value)
            required += [key.rstrip("!")] if key.endswith("!") else []
    return {"properties": fields, "required": required, "x-exclusive": exclusive}


def _type(text: str) -> Schema:
    kind, _, span = text.partition(" ")
    if text.startswith("["):
        inner, _, least = text[1:].rpartition("]")
        return {"type": "array", "items": _type(inner), "minItems": int(least.strip(" .") or 0)}
    if text.startswith("{"):
        return {"type": "object", "additionalProperties": _type(text[1:-1])}
    if text.startswith("~"):
        return {"type": "string", "format": text[1:]}
    if "|" in text:
        return {"type": "string", "enum": text.split("|")}
    if kind in _SIMPLE:
        return {"type": kind, **_range(span)}
    full = _FULL.get(kind.partition(".")[0], "")
    return _NAMED.get(kind) or {"$ref": f"#/{full}{kind}"}


_NAMED: Mapping[str, Schema] = {
    "text": {"type": "string", "minLength": 1},
    "int-or-string": {"x-kubernetes-int-or-string": True},
    "quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
}
_FULL = {"core": "io.k8s.api.", "meta": "io.k8s.apimachinery.pkg.apis."}


def _range(span: str) -> Mapping[str, int]:
    low, _, high = span.partition("..")
    bounds = {"minimum": low, "maximum": high}
    return {key: int(text) for key, text in bounds.items() if text}
