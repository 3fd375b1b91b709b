"""``observability.impossible``: no expression that can never, or always, be true.

What: folds what is known of values whatever is measured: ``up`` is 0 or 1, ``count()`` is at
least 1, a part of a whole at most 1; looks for matchers that contradict each other or that no
HTTP status meets, for sides of an operation that share no series, and for functions over the
wrong kind of metric. Why: such a rule loads, looks right and is silent for ever. Remedy: see the
finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.observability.looking import (
    distinct,
    finding,
    judged,
    recorded_of,
    rules_of,
    shown,
)
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.contradictions import contradictions
from golive_gates.observability.rules.counters import misuses
from golive_gates.observability.rules.mismatches import Mismatch, mismatches
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.necessary import optional
from golive_gates.observability.rules.output_labels import Recorded
from golive_gates.observability.rules.quantiles import wrong_quantiles
from golive_gates.observability.rules.ranges import Comparison, comparisons
from golive_gates.observability.rules.unguarded import unguarded
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.impossible", needs=EvidenceLevel.STATIC)
EXISTENCE = frozenset(
    {"count", "group", "absent", "absent_over_time", "present_over_time", "count_over_time"}
)
"""What says that there is something: to compare it with what it always is does no harm."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No expression may be decided before anything is measured."""
    del settings
    part = observation.require(Alerting)
    recorded = recorded_of(part)
    found: list[Finding] = []
    looked = refused = 0
    for rule in rules_of(part).rules:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused):
            refused += 1
            continue
        looked += 1
        found += distinct(_of(rule, tree, recorded))
    return judged(SPEC, observation, looked, found, refused=refused)


def _of(rule: Rule, tree: Any, recorded: Recorded) -> Iterator[Finding]:  # noqa: ANN401
    aside = optional(tree)
    yield from _values(rule, tree, aside)
    for mismatch in mismatches(tree, recorded):
        yield _mismatch(rule, mismatch, aside=id(mismatch.node) in aside)
    for selector in promql.selectors(tree):
        for contradiction in contradictions(selector):
            status = None if contradiction.sure else Status.WARN
            yield _about(rule, contradiction.code, status, **contradiction.params)
    for phi in wrong_quantiles(tree):
        yield _about(rule, "quantile", None, phi=phi)
    for misuse in misuses(tree, recorded.keys()):
        yield _about(rule, misuse.code, Status.WARN, **misuse.params)
    if rule.kind == "alert" and unguarded(tree):
        yield _about(rule, "nan-blind", Status.WARN)


def _about(rule: Rule, code: str, status: Status | None, **params: str | float) -> Finding:
    found = finding(rule.place, rule.name, code, below=("expr",), status=status)
    return replace(found, reason=Reason(code, params))


def _values(rule: Rule, tree: Any, aside: frozenset[int]) -> Iterator[Finding]:  # noqa: ANN401
    """Comparisons that are decided beforehand."""
    always: set[int] = set()
    first: Comparison | None = None
    for comparison in comparisons(tree):
        if comparison.holds is False:
            status = Status.WARN if id(comparison.node) in aside else None
            code = "count-zero" if _counts_zero(comparison) else "never"
            yield _about(rule, code, status, **_shown(comparison))
        elif comparison.holds and not _existence(comparison.node.lhs):
            always.add(id(comparison.node))
            first = first or comparison
    if rule.kind != "alert" or first is None or not promql.conditional(tree):
        return
    if not promql.conditional(tree, lambda node: id(node) in always):
        yield _about(rule, "always", None, **_shown(first))


def _shown(comparison: Comparison) -> dict[str, str]:
    return {
        "comparison": shown(str(comparison.node)),
        "left": str(comparison.left),
        "right": str(comparison.right),
    }


def _counts_zero(comparison: Comparison) -> bool:
    node = promql.bare(comparison.node.lhs)
    counts = promql.kind(node) == "AggregateExpr" and promql.operator(node) == "count"
    return counts and comparison.right.high <= 1 and promql.operator(comparison.node) in "==<="


def _existence(node: Any) -> bool:  # noqa: ANN401
    node = promql.bare(node)
    if promql.kind(node) == "AggregateExpr":
        return promql.operator(node) in EXISTENCE or _existence(node.expr)
    if promql.kind(node) == "Call":
        return node.func.name in EXISTENCE
    selector = promql.selector(node)
    return selector is not None and selector.metric == "ALERTS"


def _mismatch(rule: Rule, found: Mismatch, *, aside: bool) -> Finding:
    status = Status.WARN if aside or promql.operator(found.node) == "unless" else None
    params = {"operation": shown(str(found.node)), "label": found.label}
    if found.only:
        return _about(rule, f"only-{found.only}", status, **params)
    values = {"one": shown(found.left or "", 60), "other": shown(found.right or "", 60)}
    return _about(rule, "other-value", status, **params, **values)


CHECK = Check(SPEC, (Alerting,), judge)
