"""Which conditions on an SLO's error share an alert's expression makes. Pure.

Followed are shares of the SLO's own counters (``failures / all``, ``1 - successes / all``), plain
or recorded, quantiles of its histogram at its own threshold, means of its query, and comparisons
of those with constants, joined by ``and`` and ``or``. All else is a guard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golive_gates.observability.burn.conditions import Above, Condition, Guard, Joined
from golive_gates.observability.burn.shares import Share, Watched, constant
from golive_gates.observability.burn.shares import share as share_of
from golive_gates.observability.burn.slis import Sli
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule

_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Book:
    """Recording rules by the name that they record."""

    records: Mapping[str, Sequence[Rule]]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Book:
        """The recording rules among *rules*."""
        found: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.kind == "record":
                found.setdefault(rule.name, []).append(rule)
        return cls(found)


def condition_of(rule: Rule, sli: Sli, book: Book) -> Condition:
    """What *rule* asks of the error share of *sli*; a bare ``Guard`` if nothing."""
    tree = promql.parse(rule.expr)
    if isinstance(tree, promql.Refused):
        return Guard()
    watched = Watched.of(sli)

    def step(node: Any, below: tuple[Condition, ...]) -> Condition:  # noqa: ANN401
        match promql.kind(node):
            case "ParenExpr":
                return below[0]
            case "AggregateExpr":
                return below[0]
            case "BinaryExpr" if promql.compares(node):
                return _comparison(node, watched, book)
            case "BinaryExpr" if promql.operator(node) in ("and", "or"):
                how = "and" if promql.operator(node) == "and" else "or"
                return Joined("and" if how == "and" else "or", below)
            case "BinaryExpr" if promql.operator(node) == "unless":
                return below[0]
            case _:
                return Guard()

    return promql.fold(tree, step)


def _comparison(node: Any, watched: Watched, book: Book) -> Condition:  # noqa: ANN401
    sign = promql.operator(node)
    left, right = node.lhs, node.rhs
    limit = constant(right)
    if limit is None:
        left, limit, sign = right, constant(left), _TURNED.get(sign, sign)
    if limit is None or sign not in _TURNED:
        return Guard()
    high = sign.startswith(">")
    quantile = _quantile(left, watched, limit)
    if quantile is not None:
        return quantile if high else Guard()
    found = share_of(left, watched, book.records, high=high)
    return Guard() if found is None else _above(found, limit, high=high)


def _above(found: Share, limit: float, *, high: bool) -> Condition:
    """``offset + factor * share`` above or below *limit*, as a share that is exceeded."""
    if found.factor == 0:
        return Guard()
    share = (limit - found.offset) / found.factor
    rising = found.factor > 0
    return Above(found.window_s, share) if rising == high else Guard()


def _quantile(node: Any, watched: Watched, limit: float) -> Above | None:  # noqa: ANN401
    """A quantile above the SLO's threshold: more than the rest is slower than that."""
    node = promql.bare(node)
    if promql.kind(node) != "Call" or node.func.name != "histogram_quantile":
        return None
    phi = constant(node.args[0])
    ranged = [s for s in promql.selectors(node.args[1]) if s.range_s]
    if phi is None or len(ranged) != 1 or watched.threshold is None:
        return None
    if ranged[0].metric != watched.side.metric or abs(limit - watched.threshold) > 1e-9:
        return None
    return Above(ranged[0].range_s or 0.0, 1 - phi)
