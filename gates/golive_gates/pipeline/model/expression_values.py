"""What an expression comes to, with three truths: true, false and unknown."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from golive_gates.pipeline.model.expression_syntax import Expression, Literally, Path

Value = str | float | bool | None | list[Any] | Mapping[str, Any]
Contexts = Mapping[str, Any]
State = Literal["success", "failure", "cancelled", "skipped"]
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Unknown:
    """What depends on the run. ``truth``: whether it counts as true, where that much is known."""

    truth: bool | None = None


UNKNOWN = Unknown()
_STATUS: Mapping[str, State] = {
    "success": "success",
    "failure": "failure",
    "cancelled": "cancelled",
}


def truth_of(value: Value | Unknown) -> bool | None:
    """Whether *value* counts as true."""
    if isinstance(value, Unknown):
        return value.truth
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return value is not None and value is not False and value != ""


def evaluate(expression: Expression, contexts: Contexts, state: State | None) -> Value | Unknown:
    """What *expression* is. Never raises; its depth is bounded by the parser."""
    if isinstance(expression, Literally):
        return expression.value
    if isinstance(expression, Path):
        return _followed(expression, contexts, state)
    if expression.name in _STATUS:
        return UNKNOWN if state is None else state == _STATUS[expression.name]
    return _called(expression.name, [evaluate(a, contexts, state) for a in expression.args])


def _called(name: str, args: list[Value | Unknown]) -> Value | Unknown:
    if name == "always":
        return True
    if name in ("&&", "||"):
        return _joined(args, stop=name == "||")
    if name == "!":
        known = truth_of(args[0])
        return UNKNOWN if known is None else not known
    if name == "concat":
        return _concatenated(args)
    function = _FUNCTIONS.get(name)
    # Of a part that is unknown only the operators above can tell something.
    if function is None or any(_open(a) for a in args):
        return UNKNOWN
    try:
        return function(*args)
    except (TypeError, ValueError, IndexError, RecursionError):
        return UNKNOWN


def _open(value: object) -> bool:
    if isinstance(value, list):
        return any(_open(v) for v in value)
    return isinstance(value, Unknown)


def _joined(args: list[Value | Unknown], *, stop: bool) -> Value | Unknown:
    """``&&`` and ``||``: the first that counts as *stop*, else the last."""
    unsure = False
    for position, arg in enumerate(args):
        known = truth_of(arg)
        if known is None:
            unsure = True
        elif known is stop:
            return Unknown(stop) if unsure or isinstance(arg, Unknown) else arg
        elif position == len(args) - 1 and not unsure:
            return arg
    return UNKNOWN


def _concatenated(args: list[Value | Unknown]) -> Value | Unknown:
    if not any(_open(a) for a in args):
        return "".join(as_text(a) for a in args)
    return Unknown(truth=True if any(isinstance(a, str) and a for a in args) else None)


def as_text(value: Value | Unknown) -> str:
    """*value* as GitHub writes it into a text."""
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        whole = math.isfinite(value) and value == int(value)
        return str(int(value)) if whole else f"{value:.15g}"
    return value if isinstance(value, str) else "Object" if isinstance(value, Mapping) else "Array"


def _followed(path: Path, contexts: Contexts, state: State | None) -> Value | Unknown:
    parts = list(path.parts)
    here: Any = contexts
    if path.base is not None:
        here = evaluate(path.base, contexts, state)
    starred = False
    for part in parts:
        name = part if isinstance(part, str) else evaluate(part, contexts, state)
        if isinstance(name, Unknown) or isinstance(here, Unknown):
            return UNKNOWN
        if name == "*":
            here, starred = _all(here), True
        elif starred:
            here = [_part(item, name) for item in here]
        else:
            here = _part(here, name)
    if isinstance(here, int) and not isinstance(here, bool):
        return float(here)
    known: Value | Unknown = here
    return known


def _all(here: object) -> list[Any] | Unknown:
    if isinstance(here, Mapping):
        return list(here.values())
    return list(here) if isinstance(here, list | tuple) else UNKNOWN


def _part(here: object, name: object) -> Any:  # noqa: ANN401 - YAML or JSON
    if isinstance(here, list | tuple) and isinstance(name, float):
        return here[int(name)] if 0 <= name < len(here) else None
    if not isinstance(here, Mapping):
        return UNKNOWN
    wanted = as_text(name if isinstance(name, str | float) else None).lower()
    return next((v for k, v in here.items() if str(k).lower() == wanted), UNKNOWN)


def _number(value: Value) -> float:
    """As GitHub coerces it for a comparison."""
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    if not isinstance(value, str):
        return math.nan
    try:
        return float(value) if value.strip() else 0.0
    except ValueError:
        return math.nan


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right) and not isinstance(left, list | Mapping):
        return left == right
    return _number(left) == _number(right)


def _compared(sign: Callable[[Any, Any], bool]) -> Callable[[Value, Value], Value]:
    def both(left: Value, right: Value) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return sign(left.lower(), right.lower())
        return sign(_number(left), _number(right))

    return both


def _contains(where: Value, what: Value) -> bool:
    if isinstance(where, list):
        return any(_equal(item, what) for item in where)
    return as_text(what).lower() in as_text(where).lower()


def _format(text: Value, *args: Value) -> str:
    def part(found: re.Match[str]) -> str:
        return found[0][0] if found[1] is None else as_text(args[int(found[1])])

    said = as_text(text)[:_LONGEST]
    return re.sub(r"\{\{|\}\}|\{(\d{1,3})\}", part, said)[:_LONGEST]


def _join(items: Value, separator: Value = ",") -> str:
    listed = items if isinstance(items, list) else [items]
    return as_text(separator).join(as_text(item) for item in listed)


_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _compared(lambda a, b: bool(a < b)),
    "<=": _compared(lambda a, b: bool(a <= b)),
    ">": _compared(lambda a, b: bool(a > b)),
    ">=": _compared(lambda a, b: bool(a >= b)),
    "contains": _contains,
    "startswith": lambda text, part: as_text(text).lower().startswith(as_text(part).lower()),
    "endswith": lambda text, part: as_text(text).lower().endswith(as_text(part).lower()),
    "format": _format,
    "join": _join,
    "fromjson": lambda text: json.loads(as_text(text)[:_LONGEST]),
}
