"""GitHub's expressions, folded as far as the files tell.

Rules as of "Evaluate expressions in workflows and actions" in GitHub's documentation. What depends
on the run is unknown, and only what is certain whatever it may be is said: ``secrets.x && false``
is false. Nothing raises on text that is no expression; it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from golive_gates.pipeline.model.expression_syntax import (
    STATUS_FUNCTIONS,
    Call,
    Expression,
    Literally,
    SyntaxProblem,
    calls_in,
    contexts_in,
    parse,
)
from golive_gates.pipeline.model.expression_values import (
    UNKNOWN,
    Contexts,
    State,
    Unknown,
    Value,
    as_text,
    evaluate,
    truth_of,
)

__all__ = [
    "UNKNOWN",
    "Contexts",
    "State",
    "Unknown",
    "Value",
    "as_text",
    "filled",
    "has_status_function",
    "is_true",
    "mentions",
    "runs_after_failure",
    "truth",
    "value_of",
]

_PART = re.compile(r"\$\{\{((?:[^'}]|'[^']*'|\}(?!\}))*)\}\}")
_OPEN = "${{"
_WHOLE = re.compile(rf"(?:{_PART.pattern})\Z")
_INPUT = re.compile(r"\s*inputs\.([\w-]+)\s*")
_LONGEST = 20_000


def truth(
    condition: str, contexts: Contexts | None = None, state: State | None = None
) -> bool | None:
    """Whether a job or step with this ``if`` runs: ``None`` where that depends on the run.

    *condition*: as written, empty for none. *contexts*: what is known of the run as nested
    mappings (``{"github": {"event_name": "push"}}``); a name that is missing is unknown.
    *state*: how all that came before went; ``None`` where that is open.

    The usual ``success()`` is part of it unless the condition has a status function. Text around
    ``${{ }}``, be it the line end of a block scalar, makes a text of the whole, which is true.
    """
    if not condition.strip():
        return _all_well(state)
    parsed = _parsed(condition)
    if parsed is None:
        return None
    inner = truth_of(evaluate(parsed, contexts or {}, state))
    if has_status_function(condition):
        return inner
    before = _all_well(state)
    if inner is False or before is False:
        return False
    return True if inner and before else None


def _all_well(state: State | None) -> bool | None:
    return True if state is None else state == "success"


def has_status_function(condition: str) -> bool:
    """Whether *condition* replaces the usual ``success()``."""
    parsed = _parsed(condition)
    return parsed is not None and bool(calls_in(parsed) & STATUS_FUNCTIONS)


def mentions(condition: str, context: str) -> bool | None:
    """Whether *condition* reads *context* (``needs``, ``github``); ``None``: it cannot be read."""
    parsed = _parsed(condition)
    return None if parsed is None else context in contexts_in(parsed)


def runs_after_failure(condition: str, contexts: Contexts | None = None) -> bool | None:
    """Whether a job runs although one that it needs failed; for a step, one before it.

    ``None``: it depends on the run. *contexts* may hold ``{"needs": {"scan": {"result":
    "failure"}}}``, so that ``always() && needs.scan.result == 'success'`` is seen to hold it back.
    """
    return truth(condition, contexts, "failure")


def value_of(text: str, contexts: Contexts | None = None) -> Value | Unknown:
    """What *text* with its ``${{ }}`` is: the value of one that is all of it, else a text."""
    parsed = _template(text)
    return UNKNOWN if parsed is None else evaluate(parsed, contexts or {}, None)


def is_true(value: object, contexts: Contexts | None = None) -> bool | None:
    """Whether *value*, as ``continue-on-error`` has it, is true; ``None`` where unknown."""
    if isinstance(value, str):
        if _OPEN not in value:
            return {"true": True, "false": False}.get(value.strip().lower())
        return truth_of(value_of(value, contexts))
    return value if isinstance(value, bool) else False if value is None else None


def filled(text: str, given: Mapping[str, str]) -> str:
    """*text* with each ``${{ inputs.x }}`` replaced that *given* has the value of."""
    if _OPEN not in text or len(text) > _LONGEST:
        return text

    def known(found: re.Match[str]) -> str:
        name = _INPUT.fullmatch(found[1])
        return given.get(name[1], found[0]) if name else found[0]

    return _PART.sub(known, text)


@lru_cache(maxsize=2048)
def _parsed(condition: str) -> Expression | None:
    """The expression that ``if`` is: its text, unless there is a ``${{`` in it."""
    if _OPEN in condition:
        return _template(condition)
    return _expression(condition)


def _expression(text: str) -> Expression | None:
    try:
        return parse(text)
    except SyntaxProblem:
        return None


@lru_cache(maxsize=2048)
def _template(text: str) -> Expression | None:
    if _OPEN not in text:
        return Literally(text)
    if len(text) > _LONGEST:
        return None
    whole = _WHOLE.match(text)
    if whole:
        return _expression(whole[1])
    parts: list[Expression] = []
    at = 0
    for found in _PART.finditer(text):
        parts.append(Literally(text[at : found.start()]))
        inner = _expression(found[1])
        if inner is None:
            return None
        parts.append(inner)
        at = found.end()
    parts.append(Literally(text[at:]))
    return Call("concat", tuple(parts))
