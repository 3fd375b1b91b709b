"""What is wrong with a document by its schema: the mistake itself, not the alternatives it misses.

A schema of alternatives (``oneOf``) says of one wrong value that none fits. Of each such error the
alternative that was meant is looked for, and what is wrong by that one is told. Left out is what
the schemas refuse and the forges take: a number, a boolean or nothing where a text is asked for,
and an expression where the schema does not expect one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from golive.sources.places import KeyPath
from golive_gates.pipeline.schemas.telling import TELLERS, Violation, typed, word

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

__all__ = ["MOST", "Violation", "violations"]

MOST = 20
"""Violations of one document that are told."""
_LONGEST = 1_000
"""Characters of a text that its pattern is held against: the patterns are quadratic."""
_DEEPEST = 12
_WHOLE = ("type", "pattern", "enum", "const", "minLength")


def violations(validator: Validator, data: Mapping[str, Any]) -> tuple[Violation, ...]:
    """What is wrong with *data*, in its order; at most :data:`MOST`."""
    found: dict[tuple[KeyPath, str, str], Violation] = {}
    for error in validator.iter_errors(_shortened(data)):
        for violation in _told(error, (), 0):
            name = violation.params.get("field", "")
            found.setdefault((violation.path, violation.code, name), violation)
        if len(found) >= MOST:
            break
    return tuple(v for v in found.values() if not _follows(v, found.values()))[:MOST]


def _follows(violation: Violation, others: Iterable[Violation]) -> bool:
    """Whether a key is only missing because it is misspelt."""
    return violation.code == "missing" and any(
        v.code == "misspelt-key"
        and v.path[:-1] == violation.path
        and v.params["near"] == violation.params["field"]
        for v in others
    )


def _shortened(value: Any) -> Any:  # noqa: ANN401 - YAML
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST]
    if isinstance(value, Mapping):
        return {str(name): _shortened(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened(item) for item in value]
    return value


def _told(error: ValidationError, above: KeyPath, depth: int) -> Iterator[Violation]:
    """*error*, which is relative to *above*, as what it comes from. Nothing: it is tolerated."""
    path = (*above, *error.relative_path)
    keyword = str(error.validator)
    if keyword in ("oneOf", "anyOf", "allOf", "if"):
        crossed = _crossed(error.instance, path)
        if crossed:
            yield Violation(path, crossed, {})
        elif path[:2] == ("runs", "steps") and _no_shell(error.instance):
            yield Violation(path, "missing", {"field": "shell"}, key=True)
        elif error.context and depth < _DEEPEST:
            yield from _meant(error, path, depth)
        return
    tell = TELLERS.get(keyword)
    if tell is None:
        yield Violation(path, "otherwise", {}, sure=False)
    else:
        yield from tell(error, path)


def _crossed(data: object, path: KeyPath) -> str:
    """The code of keys that shut each other out; of those every alternative says something else."""
    if not isinstance(data, Mapping) or len(path) < 2:
        return ""
    if path[-2] == "steps" and "uses" in data and "run" in data:
        return "uses-and-run"
    job = path[:-1] == ("jobs",)
    return "uses-and-steps" if job and "uses" in data and {"steps", "runs-on"} & set(data) else ""


def _no_shell(data: object) -> bool:
    """Whether a composite action's step has a command and does not say for which shell."""
    return isinstance(data, Mapping) and "run" in data and "shell" not in data


def _meant(error: ValidationError, path: KeyPath, depth: int) -> Sequence[Violation]:
    """What is wrong by the alternative of *error* that was meant."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    ranked: list[tuple[tuple[bool, int, int, int], list[Violation]]] = []
    for number, errors in enumerate(branches.values()):
        told = [v for e in errors for v in _told(e, path, depth + 1)]
        if not told:
            return ()
        mistyped = any(str(e.validator) in _WHOLE and not e.relative_path for e in errors)
        # An alternative of alternatives, none of which takes a value of this type.
        mistyped = mistyped or any(v.code == "type" and v.path == path for v in told)
        ranked.append(((mistyped, sum(map(_lacks, errors)), len(told), number), told))
    if len(branches) > 1 and all(len(e) == 1 and _lacks(e[0]) for e in branches.values()):
        keys = [v.params["field"] for _, told in ranked for v in told if "field" in v.params]
        return (
            Violation(path, "missing-all", {"field": ", ".join(dict.fromkeys(keys))}, key=True),
        )
    (mistyped, *_), best = min(ranked, key=lambda r: r[0])
    if mistyped and len(branches) > 1:
        every = [e for errors in branches.values() for e in errors if not e.relative_path]
        return tuple(_expected(every, error, path))
    return best


def _lacks(error: ValidationError) -> bool:
    return error.validator in ("required", "dependencies") and not error.relative_path


def _expected(
    errors: Sequence[ValidationError], error: ValidationError, path: KeyPath
) -> Iterator[Violation]:
    """A value that fits none of several types or words."""
    words: list[str] = []
    types: list[str] = []
    for inner in errors:
        said = inner.validator_value
        if inner.validator in ("enum", "const"):
            words += [w for w in (said if isinstance(said, list) else [said]) if isinstance(w, str)]
            types.append("string")
        elif inner.validator == "type":
            types += said if isinstance(said, list) else [str(said)]
        elif inner.validator in ("pattern", "minLength"):
            types.append("expression" if "{" in str(said) else "string")
    if words and isinstance(error.instance, str):
        yield from word(error.instance, words, path)
    else:
        yield from typed(error.instance, tuple(dict.fromkeys(types)), path)
