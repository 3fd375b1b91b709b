"""Between which numbers the values of an expression lie, whatever is measured.

Only what holds for every input: a rate is not negative, a count of series is at least 1 (of none
there is no count), a part of a whole is at most all of it. NaN meets no comparison but ``!=``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.rules import promql
from golive_gates.observability.rules.parts_of_whole import share

INF = math.inf


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it."""

    low: float = -INF
    high: float = INF

    def __str__(self) -> str:
        """``0 .. 1``, ``>= 0``, or the number that it is."""
        if self.low == self.high:
            return f"{self.low + 0.0:g}"  # never -0
        if self.high == INF:
            return f">= {self.low:g}"
        return f"<= {self.high:g}" if self.low == -INF else f"{self.low:g} .. {self.high:g}"

    @property
    def known(self) -> bool:
        """Whether it excludes anything."""
        return self.low > -INF or self.high < INF


ANY, NOT_NEGATIVE, UNIT, ONE = Range(), Range(0.0), Range(0.0, 1.0), Range(1.0, 1.0)
_CALLS: dict[str, Range] = {
    **dict.fromkeys(("absent", "absent_over_time", "present_over_time"), ONE),
    **dict.fromkeys(
        (
            *("rate", "increase", "irate", "changes", "resets", "abs", "sqrt", "exp", "time"),
            *("timestamp", "stddev_over_time", "stdvar_over_time", "mad_over_time"),
        ),
        NOT_NEGATIVE,
    ),
    "count_over_time": Range(1.0),
    "histogram_count": NOT_NEGATIVE,
    "histogram_fraction": UNIT,
    "sgn": Range(-1.0, 1.0),
    "minute": Range(0.0, 59.0),
    "hour": Range(0.0, 23.0),
    "day_of_week": Range(0.0, 6.0),
    "day_of_month": Range(1.0, 31.0),
    "day_of_year": Range(1.0, 366.0),
    "days_in_month": Range(28.0, 31.0),
    "month": Range(1.0, 12.0),
    "sin": Range(-1.0, 1.0),
    "cos": Range(-1.0, 1.0),
}
_SAME = frozenset({"avg_over_time", "min_over_time", "max_over_time", "last_over_time", "vector"})
_SAME_LABELS = frozenset({"label_replace", "label_join", "sort", "sort_desc", "scalar"})
_METRICS = {"up": UNIT, "probe_success": UNIT, "ALERTS": ONE}
_COUNTERS = ("_total", "_bucket", "_count")


def range_of(node: Any, below: tuple[Range, ...]) -> Range:  # noqa: ANN401
    """The range of *node*, by those of its children; a step for :func:`promql.fold`."""
    match promql.kind(node):
        case "NumberLiteral":
            return ANY if math.isnan(node.val) else Range(node.val, node.val)
        case "VectorSelector" | "MatrixSelector":
            return _selected(node)
        case "ParenExpr" | "SubqueryExpr":
            return below[0]
        case "UnaryExpr":
            return Range(-below[0].high, -below[0].low)
        case "AggregateExpr":
            return _aggregated(node, below[0])
        case "Call":
            return _called(node, below)
        case "BinaryExpr":
            return _combined(node, *below)
        case _:
            return ANY


def _selected(node: Any) -> Range:  # noqa: ANN401
    selector = promql.selector(node)
    name = "" if selector is None else selector.metric
    if name.endswith(_COUNTERS) and ":" not in name:
        return NOT_NEGATIVE
    return _METRICS.get(name, ANY)


def _aggregated(node: Any, inner: Range) -> Range:  # noqa: ANN401
    match promql.operator(node):
        case "sum":
            low = inner.low if inner.low >= 0 else -INF
            return Range(low, inner.high if inner.high <= 0 else INF)
        case "count":
            return Range(1.0)
        case "group":
            return ONE
        case "stddev" | "stdvar":
            return NOT_NEGATIVE
        case "count_values":
            return Range(1.0)
        case "quantile":
            phi = promql.bare(node.param)
            inside = promql.kind(phi) == "NumberLiteral" and 0 <= phi.val <= 1
            return inner if inside else ANY
        case _:
            return inner


def _called(node: Any, below: tuple[Range, ...]) -> Range:  # noqa: ANN401
    name = node.func.name
    if name in _CALLS:
        return _CALLS[name]
    if not below:
        return ANY
    inner = below[0]
    match name:
        case _ if name in _SAME or name in _SAME_LABELS:
            return inner
        case "sum_over_time":
            return NOT_NEGATIVE if inner.low >= 0 else ANY
        case "ceil" | "floor":
            turn: Callable[[float], float] = math.ceil if name == "ceil" else math.floor
            return Range(*(x if math.isinf(x) else float(turn(x)) for x in (inner.low, inner.high)))
        case "clamp_min" | "clamp_max" | "clamp":
            return _clamped(name, below)
        case _:
            return ANY


def _clamped(name: str, below: tuple[Range, ...]) -> Range:
    inner, first = below[0], below[1]
    low = first.low if name != "clamp_max" else -INF
    last = first if name == "clamp_max" else below[-1]
    high = last.high if name != "clamp_min" else INF
    if low > high:
        return ANY
    return Range(max(min(inner.low, high), low), min(max(inner.high, low), high))


def _combined(node: Any, left: Range, right: Range) -> Range:  # noqa: ANN401
    sign = promql.operator(node)
    if sign in promql.COMPARISONS:
        return _filtered(node, sign, left, right)
    match sign:
        case "and" | "unless":
            return left
        case "or":
            return Range(min(left.low, right.low), max(left.high, right.high))
        case "+":
            return _ordered(left.low + right.low, left.high + right.high)
        case "-":
            return _ordered(left.low - right.high, left.high - right.low)
        case "*":
            return _hull(left, right, _times)
        case "/":
            return _divided(node, left, right)
        case _:
            return ANY


def _filtered(node: Any, sign: str, left: Range, right: Range) -> Range:  # noqa: ANN401
    if not promql.compares(node):
        return UNIT
    if promql.value_type(node.lhs) == "scalar":  # The values are those of the vector.
        turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        left, right, sign = right, left, turned.get(sign, sign)
    low, high = left.low, left.high
    if sign in ("==", ">", ">="):
        low = max(low, right.low)
    if sign in ("==", "<", "<="):
        high = min(high, right.high)
    return Range(low, high) if low <= high else left


def _divided(node: Any, left: Range, right: Range) -> Range:  # noqa: ANN401
    part = share(node)
    if part is not None:
        return UNIT if part == "part" else ONE
    if right.low > 0 or right.high < 0:
        return _hull(left, right, lambda a, b: 0.0 if math.isinf(b) else a / b)
    # Division by 0 gives +Inf, -Inf or NaN by the signs.
    return NOT_NEGATIVE if left.low >= 0 and right.low >= 0 else ANY


def _times(a: float, b: float) -> float:
    return 0.0 if 0.0 in (a, b) else a * b


def _hull(left: Range, right: Range, of: Callable[[float, float], float]) -> Range:
    ends = [of(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return ANY if any(map(math.isnan, ends)) else Range(min(ends), max(ends))


def _ordered(low: float, high: float) -> Range:
    return ANY if math.isnan(low) or math.isnan(high) else Range(low, high)


def truth(sign: str, left: Range, right: Range) -> bool | None:
    """Whether the comparison *sign* always or never holds; ``None`` where it depends."""
    match sign:
        case "==":
            if left.high < right.low or left.low > right.high:
                return False
            return True if left.low == left.high == right.low == right.high else None
        case "!=":
            equal = truth("==", left, right)
            return None if equal is None else not equal
        case "<" | "<=":
            return truth(">" if sign == "<" else ">=", right, left)
        case ">":
            return True if left.low > right.high else False if left.high <= right.low else None
        case ">=":
            return True if left.low >= right.high else False if left.high < right.low else None
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison that filters, and between which numbers its sides lie."""

    node: Any
    left: Range
    right: Range

    @property
    def holds(self) -> bool | None:
        """Always, never, or ``None``: it depends."""
        return truth(promql.operator(self.node), self.left, self.right)


def comparisons(tree: Any) -> Iterator[Comparison]:  # noqa: ANN401
    """Every comparison of *tree* that filters."""
    found: list[Comparison] = []

    def step(node: Any, below: tuple[Range, ...]) -> Range:  # noqa: ANN401
        if promql.compares(node):
            found.append(Comparison(node, *below))
        return range_of(node, below)

    promql.fold(tree, step)
    yield from found
