"""One error of a schema's keyword to the mistake that it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from golive.sources.places import KeyPath
from golive_gates.pipeline.schemas.near import near

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_HARMLESS = re.compile(r"[\w./ @*-]{1,40}")
_NAMES = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "number": "number",
    "integer": "integer",
    "boolean": "true/false",
    "expression": "${{ }}",
    "null": "null",
}
_CLOSED = frozenset({"permissions", "type", "when"})
"""Keys whose words are all known; of others a new one may be newer than the schema."""
_DOCUMENTED = frozenset({"name", "description", "value"})
"""Keys that the schema of actions requires and that no runner asks for."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One mistake. ``path``: of the value; ``code``: the sentence; ``params``: what fills it.

    ``sure``: the forge refuses it beyond doubt; else it may be newer than the schema.
    ``key``: it is about the key.
    """

    path: KeyPath
    code: str
    params: Mapping[str, str]
    sure: bool = True
    key: bool = False


def typed(value: object, types: Sequence[str], path: KeyPath) -> Iterator[Violation]:
    """*value*, which is of none of *types*; nothing where the forge takes it all the same."""
    scalar = value is None or isinstance(value, int | float)
    if "string" in types and scalar:
        return
    if isinstance(value, str) and "${{" in value:
        return
    if "string" in types and isinstance(value, str):
        yield Violation(path, "form", {}, sure=False)
        return
    said = {"expected": " / ".join(_NAMES.get(t, t) for t in types if t != "null")}
    # Of nothing the forges make nothing, but for a job.
    if value is None and path[:-1] != ("jobs",):
        return
    # Quoted numbers and booleans: what the forges make of them is not written anywhere.
    quoted = isinstance(value, str) and re.fullmatch(r"\d+|true|false", value) is not None
    yield Violation(path, "type", {**said, "found": _kind(value)}, sure=not quoted)


def _kind(value: object) -> str:
    if value is None:
        return _NAMES["null"]
    if isinstance(value, bool):
        return _NAMES["boolean"]
    kinds = ((str, "string"), (int | float, "number"), (Mapping, "object"))
    return _NAMES[next((name for kind, name in kinds if isinstance(value, kind)), "array")]


def word(value: str, words: Sequence[str], path: KeyPath) -> Iterator[Violation]:
    """*value*, which is none of *words*."""
    if "${{" in value:
        return
    meant = near(value, words)
    if meant:
        yield Violation(path, "misspelt-word", {"value": _shown(value), "near": meant})
    else:
        closed = bool(_CLOSED & {p for p in path[-2:] if isinstance(p, str)})
        yield Violation(path, "unknown-word", {"value": _shown(value)}, sure=closed)


def _shown(text: str) -> str:
    """*text* where it can be no secret."""
    return text if _HARMLESS.fullmatch(text) else "..."


def _type(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    said = error.validator_value
    yield from typed(error.instance, said if isinstance(said, list) else [str(said)], path)


def _words(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    said = error.validator_value
    words = [w for w in (said if isinstance(said, list) else [said]) if isinstance(w, str)]
    if isinstance(error.instance, str):
        yield from word(error.instance, words, path)
    else:
        yield from typed(error.instance, ["string"], path)


def _unknown(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    known = [str(name) for name in schema.get("properties", {})]
    patterns = [re.compile(p) for p in schema.get("patternProperties", {})]
    for name in error.instance if isinstance(error.instance, Mapping) else ():
        if name in known or any(p.search(name) for p in patterns):
            continue
        here = (*path, name)
        meant = near(name, known)
        if patterns and not known:
            yield Violation(here, "name", {"field": _shown(name)}, key=True)
        elif meant:
            yield Violation(here, "misspelt-key", {"field": _shown(name), "near": meant}, key=True)
        else:
            yield Violation(here, "unknown-key", {"field": _shown(name)}, sure=False, key=True)


def _required(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    said = error.validator_value
    data = error.instance if isinstance(error.instance, Mapping) else {}
    for name in said if isinstance(said, list) else ():
        # One error for each name; its message begins with it.
        told = error.message.startswith(repr(name))
        # A strategy without a matrix only says how to fail.
        if name not in data and told and path[-1:] != ("strategy",):
            sure = name not in _DOCUMENTED
            yield Violation(path, "missing", {"field": str(name)}, sure, key=True)


def _dependencies(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    said = error.validator_value
    data = error.instance if isinstance(error.instance, Mapping) else {}
    for name, needed in said.items() if isinstance(said, Mapping) else ():
        for other in needed if name in data and isinstance(needed, list) else ():
            if other not in data:
                params = {"field": str(name), "needed": str(other)}
                yield Violation((*path, name), "only-with", params, key=True)


def _few(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    del error
    # Of nothing to wait for the forges make nothing.
    if path[-1:] != ("needs",):
        sure = path[-1:] in (("jobs",), ("steps",)) or "matrix" in path
        yield Violation(path, "too-few", {}, sure=sure)


def _form(error: ValidationError, path: KeyPath) -> Iterator[Violation]:
    if not isinstance(error.instance, str) or "${{" not in error.instance:
        yield Violation(path, "form", {}, sure=False)


TELLERS: Mapping[str, Callable[[ValidationError, KeyPath], Iterator[Violation]]] = {
    "type": _type,
    "additionalProperties": _unknown,
    "required": _required,
    "dependencies": _dependencies,
    "enum": _words,
    "const": _words,
    "minItems": _few,
    "minProperties": _few,
    "minLength": _few,
    "pattern": _form,
    "propertyNames": _form,
}
"""By keyword, what an error of it stands for."""
