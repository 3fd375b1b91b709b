"""Kubernetes objects held against the API definitions of one Kubernetes version, strictly.

``schemas("1.34")`` gives that version's definitions, loaded once; ``violations`` of an object
cost tens of microseconds after the first of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from golive.sources.kubernetes.schema_beyond import beyond
from golive.sources.kubernetes.schema_compile import Check, Compiler, violations
from golive.sources.kubernetes.schema_files import (
    Definitions,
    SchemasMissing,
    definition_name,
    minor,
    shipped_versions,
)
from golive.sources.kubernetes.schema_names import name_format
from golive.sources.kubernetes.schema_rules import RULES
from golive.sources.kubernetes.schema_violations import Violation

__all__ = [
    "Schemas",
    "SchemasMissing",
    "Violation",
    "minor",
    "schemas",
    "shipped_versions",
]

_PREFIXES = ("io.k8s.api.", "io.k8s.apimachinery.pkg.apis.")


class Schemas:
    """The kinds that a Kubernetes *version* serves. Raises ``SchemasMissing`` if none are there.

    *rules* are what is demanded beyond the published definitions; none for these alone.
    """

    def __init__(self, version: str, rules: Mapping[str, Mapping[str, Any]] = RULES) -> None:
        self.version = version
        self._definitions = Definitions(version)
        self._rules = rules
        self._compiler = Compiler(self.definition)
        self._kinds: dict[tuple[str, str], Check | None] = {}

    def serves(self, api_version: str, kind: str) -> bool:
        """Whether this version has a definition of the kind."""
        return self._kind(api_version, kind) is not None

    def violations(self, data: Mapping[str, Any]) -> tuple[Violation, ...] | None:
        """What is wrong with an object; ``None`` for a kind that this version does not serve."""
        api_version, kind = str(data.get("apiVersion")), str(data.get("kind"))
        check = self._kind(api_version, kind)
        if check is None:
            return None
        found = violations(check, data)
        if self._rules:
            group = api_version.rpartition("/")[0]
            found += tuple(beyond(f"{kind}.{group}" if group else kind, data))
        return found

    def kinds(self) -> frozenset[tuple[str, str]]:
        """Every ``(apiVersion, kind)`` that is served. Decodes all definitions: 10 ms."""
        return frozenset(
            (f"{found['group']}/{found['version']}".lstrip("/"), found["kind"])
            for name in self._definitions.names()
            if ".apimachinery." not in name and not name.endswith("List")
            for found in (self._definitions.get(name) or {}).get(_SERVED_AS, ())
        )

    def definition(self, name: str) -> Mapping[str, Any]:
        """One definition by its full name, with what the rules add to it.

        Raises ``SchemasMissing`` for a name that is not there.
        """
        found = self._definitions.get(name)
        if found is None:
            msg = f"Kubernetes {self.version} has no definition {name}"
            raise SchemasMissing(msg)
        rule = self._rules.get(_short(name))
        return found if rule is None else _with(found, rule)

    def metadata(self, name: str) -> Mapping[str, Any]:
        """The schema of ``metadata`` of an object that stands alone, named in format *name*."""
        meta = self.definition(_META)
        fields = meta["properties"]
        return {
            **meta,
            "properties": {**fields, "name": {**fields["name"], "format": name}},
            "x-exclusive": [{"of": ["name", "generateName"], "least": 1, "most": 2}],
        }

    def _kind(self, api_version: str, kind: str) -> Check | None:
        wanted = (api_version, kind)
        if wanted not in self._kinds:
            self._kinds[wanted] = self._found(api_version, kind)
        return self._kinds[wanted]

    def _found(self, api_version: str, kind: str) -> Check | None:
        name = definition_name(api_version, kind)
        group, _, version = api_version.rpartition("/")
        served = (self._definitions.get(name) or {}).get(_SERVED_AS, ())
        # Groups share the first part of their name with those of strangers.
        if {"group": group, "version": version, "kind": kind} not in served:
            return None
        return self._compiler.compiled(self._named(self.definition(name), api_version, kind))

    def _named(self, schema: Mapping[str, Any], api_version: str, kind: str) -> Mapping[str, Any]:
        """*schema* of an object that stands alone."""
        fields = schema.get("properties", {})
        if "metadata" not in fields or not self._rules:
            return schema
        top = self.metadata(name_format(api_version, kind, self.version))
        required = [*schema.get("required", ()), "metadata"]
        # What is applied says nothing of the status; an exported one may hold anything.
        status: Mapping[str, Any] = {"status": {}} if "status" in fields else {}
        every = {**fields, "metadata": top, **status}
        return {**schema, "required": required, "properties": every}


_SERVED_AS = "x-kubernetes-group-version-kind"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def _short(name: str) -> str:
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _with(schema: Mapping[str, Any], rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """*schema* with *rule* laid over it; fields that this version lacks stay away."""
    fields = schema.get("properties", {})
    added = rule["properties"]
    laid = {key: {**fields[key], **added[key]} for key in added if key in fields}
    optional = rule.get("optional", ())
    required = [key for key in schema.get("required", ()) if key not in optional]
    required += [key for key in rule["required"] if key not in required]
    return {
        **schema,
        "properties": {**fields, **laid},
        "required": required,
        "x-exclusive": rule["x-exclusive"],
    }


@cache
def schemas(version: str) -> Schemas:
    """The definitions of *version*, loaded once."""
    return Schemas(version)
