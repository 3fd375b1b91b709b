"""Expressions that are an SLO's error share over a window, or a line of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from golive_gates.observability.burn.slis import Sli
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.promql import Selector

_DEEPEST = 8
"""Recording rules that build on one another."""
_NEGATED = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_NONE = Selector("", ())
Matcher = tuple[str, str, str]
Records = Mapping[str, Sequence[Rule]]


@dataclass(frozen=True, slots=True)
class Share:
    """``offset + factor *`` the share of failures over ``window_s`` seconds."""

    window_s: float
    offset: float = 0.0
    factor: float = 1.0

    def line(self, offset: float, factor: float) -> Share:
        """``offset + factor *`` this."""
        return Share(self.window_s, offset + factor * self.offset, factor * self.factor)


@dataclass(frozen=True, slots=True)
class Watched:
    """An SLI as it is looked for. ``extra``: matchers of ``side`` beside those of ``total``."""

    side: Selector
    total: Selector
    extra: frozenset[Matcher]
    good: bool
    query: str
    threshold: float | None

    @classmethod
    def of(cls, sli: Sli) -> Watched:
        """What *sli* is made of."""
        side, total = _selector(sli.side), _selector(sli.total)
        extra = frozenset(side.matchers) - frozenset(total.matchers)
        tree = promql.parse(sli.query) if sli.query else None
        query = "" if tree is None or isinstance(tree, promql.Refused) else str(tree)
        return cls(side, total, extra, sli.good, query, sli.threshold)


def _selector(text: str) -> Selector:
    tree = promql.parse(text) if text else promql.Refused("")
    if isinstance(tree, promql.Refused):
        return _NONE
    return next(promql.selectors(tree), _NONE)


def constant(node: Any) -> float | None:  # noqa: ANN401
    """The number that *node* always is; ``None`` where it depends on series."""

    def step(one: Any, below: tuple[float | None, ...]) -> float | None:  # noqa: ANN401
        match promql.kind(one):
            case "NumberLiteral":
                return float(one.val)
            case "ParenExpr":
                return below[0]
            case "UnaryExpr":
                return None if below[0] is None else -below[0]
            case "BinaryExpr":
                return _worked(promql.operator(one), *below)
            case "Call" if one.func.name in ("scalar", "vector"):
                return below[0]
            case _:
                return None

    return promql.fold(node, step)


def _worked(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right:
            return left / right
        case _:
            return None


def share(
    node: Any,  # noqa: ANN401
    watched: Watched,
    records: Records,
    *,
    high: bool,
    depth: int = 0,
) -> Share | None:
    """*node* as a line of the SLO's error share; ``None`` for anything else.

    *high*: whether it is compared with what it must not exceed: that decides where a label's
    value alone does not tell failures from successes.
    """
    node = promql.bare(node)
    match promql.kind(node):
        case "BinaryExpr":
            return _worked_share(node, watched, records, high=high, depth=depth)
        case "VectorSelector":
            return _recorded(node, watched, records, high=high, depth=depth)
        case "AggregateExpr" if promql.operator(node) in ("max", "avg", "min"):
            return share(node.expr, watched, records, high=high, depth=depth)
        case "Call" if node.func.name == "avg_over_time":
            return _mean(node.args[0], watched)
        case _:
            return None


def _worked_share(
    node: Any,  # noqa: ANN401
    watched: Watched,
    records: Records,
    *,
    high: bool,
    depth: int,
) -> Share | None:
    sign = promql.operator(node)
    left, right = constant(node.lhs), constant(node.rhs)
    if left is not None and sign in ("-", "*", "+"):
        inner = share(node.rhs, watched, records, high=high != (sign == "-"), depth=depth)
        if inner is None:
            return None
        line = {"-": (left, -1.0), "+": (left, 1.0), "*": (0.0, left)}[sign]
        return inner.line(*line)
    if right is not None and sign in ("*", "/", "-", "+"):
        inner = share(node.lhs, watched, records, high=high, depth=depth)
        if inner is None or (sign == "/" and not right):
            return None
        factor = right if sign == "*" else 1 / right if sign == "/" else 1.0
        offset = {"-": -right, "+": right}.get(sign, 0.0)
        return inner.line(offset, factor)
    return _divided(node, watched, high=high) if sign == "/" else None


def _divided(node: Any, watched: Watched, *, high: bool) -> Share | None:  # noqa: ANN401
    upper, lower = _counted(node.lhs), _counted(node.rhs)
    if upper is None or lower is None or upper.range_s != lower.range_s or not upper.range_s:
        return None
    if upper.metric != watched.side.metric or lower.metric != watched.total.metric:
        return None
    extra = frozenset(upper.matchers) - frozenset(lower.matchers)
    good = _counts_successes(extra, watched, high=high)
    if good is None:
        return None
    failures = Share(upper.range_s)
    return failures.line(1.0, -1.0) if good else failures


def _counts_successes(extra: frozenset[Matcher], watched: Watched, *, high: bool) -> bool | None:
    """Whether what *extra* picks out of all are successes; ``None`` if it is something else."""
    if extra == watched.extra:
        return watched.good
    if extra == {(name, _NEGATED[sign], value) for name, sign, value in watched.extra}:
        return not watched.good
    if not extra or {name for name, _, _ in extra} != {name for name, _, _ in watched.extra}:
        return None
    return not high


def _counted(node: Any) -> Selector | None:  # noqa: ANN401
    """The counter whose rate *node* is, summed or not; ``None`` for anything else."""
    node = promql.bare(node)
    match promql.kind(node):
        case "AggregateExpr" if promql.operator(node) == "sum":
            return _counted(node.expr)
        case "Call" if node.func.name in ("rate", "increase"):
            return promql.selector(node.args[0])
        case "Call" if node.func.name == "sum_over_time":
            return _summed(node.args[0])
        case "BinaryExpr" if promql.operator(node) == "or" and constant(node.rhs) == 0:
            return _counted(node.lhs)
        case _:
            return None


def _summed(node: Any) -> Selector | None:  # noqa: ANN401
    """A rate that is recorded already, over the time of a subquery."""
    node = promql.bare(node)
    if promql.kind(node) != "SubqueryExpr":
        return None
    found = promql.selector(promql.bare(node.expr))
    return None if found is None else replace(found, range_s=node.range.total_seconds())


def _recorded(
    node: Any,  # noqa: ANN401
    watched: Watched,
    records: Records,
    *,
    high: bool,
    depth: int,
) -> Share | None:
    found = promql.selector(node)
    if found is None or depth >= _DEEPEST:
        return None
    for rule in records.get(found.metric, ()):
        fits = all(
            rule.labels.get(name, value) == value
            for name, sign, value in found.matchers
            if sign == "="
        )
        tree = promql.parse(rule.expr)
        if fits and not isinstance(tree, promql.Refused):
            inner = share(tree, watched, records, high=high, depth=depth + 1)
            if inner is not None:
                return inner
    return None


def _mean(node: Any, watched: Watched) -> Share | None:  # noqa: ANN401
    """A mean over time of the SLO's own query, or of its being beyond the threshold."""
    node = promql.bare(node)
    if promql.kind(node) != "SubqueryExpr" or not watched.query:
        return None
    window = float(node.range.total_seconds())
    inner = promql.bare(node.expr)
    if watched.threshold is None:
        if str(inner) != watched.query:
            return None
        return Share(window, 1.0, -1.0) if watched.good else Share(window)
    if promql.kind(inner) != "BinaryExpr" or promql.operator(inner) not in promql.COMPARISONS:
        return None
    same = str(promql.bare(inner.lhs)) == watched.query
    return Share(window) if same and constant(inner.rhs) == watched.threshold else None
