"""Data against the schema: every error at once, each in words that say what to write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from golive.config.errors import Problem
from golive.config.forms import FORMS
from golive.config.places import Fault, Places, dotted
from golive.config.quantities import QuantityError
from golive.config.schema import FORM_KEYWORD, JsonObject
from golive.config.suggestion import closest, hint_for
from golive.sources.yaml import KeyPath

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_NOUNS = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


@dataclass(frozen=True, slots=True)
class _Error:
    """What is used of a validation error, typed. ``expected``: value of the schema keyword."""

    rule: str
    expected: Any
    path: KeyPath
    instance: Any
    known: tuple[str, ...]
    hint: str | None
    message: str
    branches: tuple[tuple[_Error, ...], ...]

    @property
    def where(self) -> str:
        """The path as a reader writes it."""
        return dotted(self.path) or "the file"


def _typed(error: ValidationError) -> _Error:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    branches: dict[object, list[_Error]] = {}
    for inner in error.context or ():
        number = inner.schema_path[0]
        if isinstance(number, int) and schema["anyOf"][number] != {"type": "null"}:
            branches.setdefault(number, []).append(_typed(inner))
    return _Error(
        rule=str(error.validator),
        expected=error.validator_value,
        path=tuple(error.absolute_path),
        instance=error.instance,
        known=tuple(schema.get("properties", ())),
        hint=error.cause.hint if isinstance(error.cause, QuantityError) else None,
        message=error.message,
        branches=tuple(tuple(errors) for errors in branches.values()),
    )


def problems(faults: Iterator[Fault], places: Places) -> tuple[Problem, ...]:
    """Faults with the places where they were written."""
    return tuple(
        Problem(places.at(fault.path, fault.key), fault.message, fault.hint) for fault in faults
    )


def validate(data: object, schema: JsonObject, places: Places) -> Iterator[Fault]:
    """Everything in *data* that *schema* (``form="checked"``) does not allow."""
    # jsonschema takes a tenth of a second to import; only loading a configuration needs it.
    import jsonschema
    from jsonschema.validators import extend

    def written_form(
        _validator: object, form: str, instance: object, _schema: object
    ) -> Iterator[ValidationError]:
        try:
            FORMS[form].read(instance)
        except QuantityError as error:
            found = jsonschema.ValidationError(error.message)
            found.cause = error
            yield found

    base = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    strict: Any = extend(base, {FORM_KEYWORD: written_form}, type_checker=checker)  # type: ignore[no-untyped-call]
    for error in strict(schema).iter_errors(data):
        yield from _faults(_typed(error), places)


def _faults(error: _Error, places: Places) -> Iterator[Fault]:
    if error.rule == "anyOf":
        # The branch that was meant is the one that got furthest.
        depth = {id(b): max(len(e.path) for e in b) for b in error.branches}
        for inner in max(error.branches, key=lambda b: depth[id(b)], default=()):
            yield from _faults(inner, places)
    elif error.rule == "additionalProperties":
        yield from _unknown_keys(error)
    elif error.rule == "required":
        yield from _missing_keys(error)
    elif error.rule == FORM_KEYWORD:
        yield _form(error, places)
    elif error.rule == "type":
        yield _type(error, places)
    elif error.rule in ("enum", "const"):
        yield _choice(error)
    elif error.rule in ("minItems", "minimum"):
        unit = " entries" if error.rule == "minItems" and error.expected != 1 else ""
        unit = " entry" if error.rule == "minItems" and error.expected == 1 else unit
        yield Fault(error.path, f"{error.where}: needs at least {error.expected}{unit}")
    else:
        yield Fault(error.path, f"{error.where}: {error.message[:200]}")


def _unknown_keys(error: _Error) -> Iterator[Fault]:
    unset = [key for key in error.known if key not in error.instance]
    for key in error.instance:
        if key not in error.known:
            hint = hint_for(key, unset if closest(key, unset) else error.known)
            message = f"unknown key {key!r:.60} in {error.where}"
            yield Fault((*error.path, key), message, hint, key=True)


def _missing_keys(error: _Error) -> Iterator[Fault]:
    meant = {closest(key, error.known) for key in error.instance if key not in error.known}
    for key in error.expected:
        # A misspelt key is one problem, not two.
        if key not in error.instance and key not in meant:
            yield Fault(error.path, f"{error.where}: required key {key!r} is missing")


def _form(error: _Error, places: Places) -> Fault:
    noun = FORMS[error.expected].noun
    if isinstance(error.instance, bool | int | float) and noun in ("text", "a host"):
        return _should_be_text(error, places)
    return Fault(error.path, f"{error.where}: {error.message}", error.hint)


def _type(error: _Error, places: Places) -> Fault:
    kinds = [error.expected] if isinstance(error.expected, str) else list(error.expected)
    value = error.instance
    if "string" in kinds and isinstance(value, bool | int | float):
        return _should_be_text(error, places)
    nouns = " or ".join(_NOUNS[kind] for kind in kinds if kind != "null")
    hint = None
    if value is None:
        hint = "write a value or remove the key"
    elif "boolean" in kinds and isinstance(value, str):
        hint = "write true or false"
    elif kinds[0] == "array":
        hint = "write a list: [a, b], or one '- ' line for each"
    elif isinstance(value, str) and kinds[0] in ("integer", "number"):
        hint = "write the number without quotes or unit"
    return Fault(error.path, f"{error.where}: expected {nouns}, found {_found(value)}", hint)


def _should_be_text(error: _Error, places: Places) -> Fault:
    text = (places.source_text(error.path) or _found(error.instance))[:60]
    message = f"{error.where}: expected text, found the unquoted {text}"
    return Fault(error.path, message, f'quote it: "{text}"')


def _choice(error: _Error) -> Fault:
    names = [str(o) for o in (error.expected if error.rule == "enum" else [error.expected])]
    value = error.instance
    if isinstance(value, str):
        message = f"{error.where}: {value!r:.60} is not known here"
        return Fault(error.path, message, hint_for(value, names))
    return Fault(error.path, f"{error.where}: found {_found(value)}", f"known: {', '.join(names)}")


def _found(value: object) -> str:
    """What a value is, without repeating text that may be secret."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value!r:.40}"
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"
