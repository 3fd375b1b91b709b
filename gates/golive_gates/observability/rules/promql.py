"""PromQL through promql-parser: what an expression selects, how it aggregates, what it compares.

Trees are walked without recursion: an expression may be nested as deeply as the parser bears.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from golive_gates.observability.rules.positions import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
EMPTY_WHEN_WELL = frozenset({"absent", "absent_over_time"})
MOST_NESTED = 800
"""The parser takes a stack frame for each level, and time that grows with their square."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Refused:
    """An expression that is none, and the parser's words.

    ``at``: ``(line, column)`` in the expression, both from 1, where it can be told. ``ours``:
    golive does not read it; Prometheus may.
    """

    problem: str
    at: tuple[int, int] | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Selector:
    """A vector or matrix selector.

    ``matchers``: ``(label, operator, value)``, that of the name left out. ``range_s``: seconds
    of a range, ``None`` for an instant one.
    """

    metric: str
    matchers: tuple[tuple[str, str, str], ...]
    range_s: float | None = None


@lru_cache(maxsize=16_384)
def parse(text: str) -> Any | Refused:  # noqa: ANN401 - the parser's nodes have no common type
    """The tree of *text*, or why there is none. Remembered, as many checks ask for the same."""
    import promql_parser  # 1 ms that only rules need

    if len(text) > MOST_NESTED and nesting(text) > MOST_NESTED:
        return Refused(f"nested more than {MOST_NESTED} levels deep", ours=True)
    # The name that double_exponential_smoothing had before Prometheus 3.
    known = _OLD_NAME.sub("double_exponential_smoothing", text)
    if "`" in text and "\\" in text:
        known = _STRING.sub(_plain, known)
    try:
        return promql_parser.parse(known)
    except ValueError as error:
        return Refused(str(error)[:300], place_of(str(error)[:300], text))
    except BaseException as error:  # a panic of the parser is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return Refused(str(error)[:300], ours=True)


def _plain(found: re.Match[str]) -> str:
    """A raw string, in which the parser reads escapes where PromQL has none, as a plain one."""
    text = found[0]
    return json.dumps(text[1:-1], ensure_ascii=False) if text.startswith("`") else text


_OLD_NAME = re.compile(r"\bholt_winters(?=\s*\()")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*")
_BRACES = re.compile(r"\{[^{}]*\}")
_TOKEN = re.compile(r"[()]|[-+*/%^]|[<>=!]=?|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)


def nesting(text: str) -> int:
    """At least as many levels as the tree of *text* has, counted without parsing it."""
    # For each open parenthesis: how deep what it holds may be, and how deep its deepest child is.
    operators, deepest = [0], [0]
    for sign in _TOKEN.findall(_BRACES.sub("", _STRING.sub('""', text))):
        if sign == "(":
            operators.append(0)
            deepest.append(0)
        elif sign == ")" and len(operators) > 1:
            depth = operators.pop() + deepest.pop() + 2
            deepest[-1] = max(deepest[-1], depth)
        elif sign != ")":
            operators[-1] += 1
    return sum(operators) + sum(deepest) + 2 * len(operators)


def children(node: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """The expressions that *node* is made of, in their order."""
    match type(node).__name__:
        case "BinaryExpr":
            return (node.lhs, node.rhs)
        case "AggregateExpr":
            return (node.expr,) if node.param is None else (node.expr, node.param)
        case "Call":
            return tuple(node.args)
        case "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            return (node.expr,)
        case _:
            return ()


def nodes(tree: Any) -> Iterator[Any]:  # noqa: ANN401
    """*tree* and every expression below it, from the outside inwards."""
    for node, _ in reversed(_flat(tree)):
        yield node


def fold(tree: Any, step: Callable[[Any, tuple[_T, ...]], _T]) -> _T:  # noqa: ANN401
    """What *step* makes of *tree*: of each node and what it made of the node's children."""
    made: list[_T] = []
    for node, count in _flat(tree):
        if count:
            taken = tuple(made[-count:])
            del made[-count:]
            made.append(step(node, taken))
        else:
            made.append(step(node, ()))
    return made[0]


_Flat = tuple[tuple[Any, int], ...]
_FLAT: dict[int, tuple[Any, _Flat]] = {}
_MOST_FLAT = 16_384


def _flat(tree: Any) -> _Flat:  # noqa: ANN401
    """The nodes of *tree*, each after its children, with the number of those.

    Remembered by identity, which is sure as the tree is kept beside it: a dozen checks walk each.
    """
    known = _FLAT.get(id(tree))
    if known is not None:
        return known[1]
    found: list[tuple[Any, int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        below = children(node)
        found.append((node, len(below)))
        waiting.extend(below)
    found.reverse()
    if len(_FLAT) >= _MOST_FLAT:
        _FLAT.clear()
    flat = tuple(found)
    _FLAT[id(tree)] = (tree, flat)
    return flat


def kind(node: Any) -> str:  # noqa: ANN401
    """Name of the node's type, such as ``BinaryExpr``."""
    return type(node).__name__


def bare(node: Any) -> Any:  # noqa: ANN401
    """*node* without the parentheses around it."""
    while kind(node) == "ParenExpr":
        node = node.expr
    return node


def operator(node: Any) -> str:  # noqa: ANN401
    """The operator of a BinaryExpr or AggregateExpr, in lower case."""
    return str(node.op).lower()


def compares(node: Any) -> bool:  # noqa: ANN401
    """Whether *node* leaves out what does not hold: a comparison without ``bool``."""
    if kind(node) != "BinaryExpr" or operator(node) not in COMPARISONS:
        return False
    return not (node.modifier is not None and node.modifier.return_bool)


def selectors(tree: Any) -> Iterator[Selector]:  # noqa: ANN401
    """Every selector of *tree*."""
    for node in nodes(tree):
        found = selector(node)
        if found is not None:
            yield found


def selector(node: Any) -> Selector | None:  # noqa: ANN401
    """What *node* selects; ``None`` for what is no selector."""
    if kind(node) == "VectorSelector":
        return _selector(node, None)
    if kind(node) == "MatrixSelector":
        return _selector(node.vector_selector, node.range.total_seconds())
    return None


def _selector(node: Any, range_s: float | None) -> Selector:  # noqa: ANN401
    found: list[tuple[str, str, str]] = []
    metric = node.name or ""
    for matcher in node.matchers.matchers:
        sign = _OPERATORS[str(matcher.op).rpartition(".")[2]]
        if matcher.name == "__name__" and sign == "=":
            metric = matcher.value
        else:
            found.append((matcher.name, sign, matcher.value))
    return Selector(metric, tuple(found), range_s)


_IN_NAME = re.compile(r"(?:rate|increase|_|^)(\d+)([smhdwy])$")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000}


def range_in_name(operations: str) -> float:
    """Seconds of the range that the last part of a recorded name says, as ``ratio_rate1h``; or 0.

    Source of the naming: Prometheus, recording rules, ``level:metric:operations``.
    """
    found = _IN_NAME.search(operations)
    return 0.0 if found is None else float(int(found[1]) * _UNITS[found[2]])


_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
ValueType = Literal["scalar", "vector", "range", "string"]


def value_type(tree: Any) -> ValueType:  # noqa: ANN401
    """What an evaluation of *tree* gives."""
    return fold(tree, _value_type)


def _value_type(node: Any, below: tuple[ValueType, ...]) -> ValueType:  # noqa: ANN401
    match kind(node):
        case "NumberLiteral":
            return "scalar"
        case "StringLiteral":
            return "string"
        case "MatrixSelector" | "SubqueryExpr":
            return "range"
        case "ParenExpr" | "UnaryExpr":
            return below[0]
        case "BinaryExpr":
            return "scalar" if below == ("scalar", "scalar") else "vector"
        case "Call":
            scalar = str(node.func.return_type).rpartition(".")[2] == "Scalar"
            return "scalar" if scalar else "vector"
        case _:
            return "vector"


def always_on(tree: Any) -> bool:  # noqa: ANN401
    """Whether *tree* is a plain ``vector(1)``, as of an alert whose silence is the signal."""
    node = bare(tree)
    if kind(node) != "Call" or node.func.name != "vector":
        return False
    return kind(bare(node.args[0])) == "NumberLiteral"


def conditional(tree: Any, always: Callable[[Any], bool] | None = None) -> bool:  # noqa: ANN401
    """Whether *tree* leaves series out by value, or returns some only when all is not well.

    *always*: tells comparisons that hold whatever the values, and so leave nothing out.
    """

    def step(node: Any, below: tuple[bool, ...]) -> bool:  # noqa: ANN401
        match kind(node):
            case "ParenExpr" | "AggregateExpr":
                return below[0]
            case "Call":
                return node.func.name in EMPTY_WHEN_WELL or any(below)
            case "BinaryExpr":
                return _conditional(node, below, always)
            case _:
                return False

    return fold(tree, step)


def _conditional(
    node: Any,  # noqa: ANN401
    below: tuple[bool, ...],
    always: Callable[[Any], bool] | None,
) -> bool:
    left, right = below
    sign = operator(node)
    if sign in COMPARISONS:
        holds = compares(node) and not (always is not None and always(node))
        # What is left out further in stays out, but for ``bool``, which has a value for it.
        return holds or (compares(node) and (left or right))
    if sign == "or":
        return left and right
    return left or sign in SET_OPERATORS or right
