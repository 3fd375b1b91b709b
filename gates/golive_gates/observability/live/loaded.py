"""The rules of the files held against those that Prometheus has loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from golive.api import Finding, Status
from golive_gates.observability.live.judging import latest
from golive_gates.observability.live.parts import LivePrometheus, LiveRule
from golive_gates.observability.looking import finding
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule, RuleSet

RULE_FILES = "-rulefiles-"
"""In the path of every rule file that the operator writes from PrometheusRule objects."""
MOST_TEXT = 160


def expected(rules: RuleSet, live: LivePrometheus) -> tuple[Rule, ...]:
    """The rules that this Prometheus should have loaded.

    Files may carry the same rules twice, for a plain Prometheus and for the operator: where both
    are there, those count that are made for what is running.
    """
    sets = {g.set for g in rules.groups if g.rules}
    wanted = None
    if len(sets) > 1:
        operated = any(RULE_FILES in r.file for r in live.rules)
        wanted = "operator" if operated else "files"
    return tuple(r for g in rules.groups if wanted in (None, g.set) for r in g.rules)


def compared(rules: Sequence[Rule], live: LivePrometheus) -> list[Finding]:
    """What is missing, different, failing or late; each loaded rule stands for one of *rules*."""
    found: list[Finding] = []
    by_name: dict[tuple[str, str], list[LiveRule]] = {}
    for loaded in live.rules:
        by_name.setdefault((loaded.kind, loaded.name), []).append(loaded)
    for rule in rules:
        named = by_name.get((rule.kind, rule.name), [])
        same = [r for r in named if not list(_differences(rule, r))]
        if same:
            found += _working(rule, same, live)
        elif not named:
            found.append(finding(rule.place, rule.name, "rule-not-loaded", loaded=live.loaded))
        else:
            near = min(
                named, key=lambda r: (r.group != rule.group, len(list(_differences(rule, r))))
            )
            what = "; ".join(_differences(rule, near))
            found.append(finding(rule.place, rule.name, "rule-differs", detail=what))
    return found


def _working(rule: Rule, same: Sequence[LiveRule], live: LivePrometheus) -> Iterator[Finding]:
    """Trouble of the loaded rule; of several equal ones, of the best."""
    best = min(same, key=lambda r: (r.health != "ok", -(r.evaluated or 0.0)))
    if best.health == "err":
        yield finding(rule.place, rule.name, "rule-failing", detail=best.error or "-")
    elif best.health != "ok" or best.evaluated is None:
        yield finding(rule.place, rule.name, "rule-unevaluated", status=Status.INCONCLUSIVE)
    else:
        age, most = live.at - best.evaluated, latest(best.interval or live.asked)
        if age > most:
            yield finding(rule.place, rule.name, "rule-late", age=age, limit=most)


def _differences(rule: Rule, loaded: LiveRule) -> Iterator[str]:
    """In what *loaded* is not *rule*, as ``what: file -> Prometheus``."""
    if _normal(rule.expr) != _normal(loaded.expr):
        yield f"expr: {_short(rule.expr)} → {_short(loaded.expr)}"
    if rule.for_s != loaded.for_s:
        yield f"for: {rule.for_s:g}s → {loaded.for_s:g}s"
    # Prometheus before 2.42 loads no such field, and reports none.
    if rule.keep_firing_s != loaded.keep_firing_s:
        yield f"keep_firing_for: {rule.keep_firing_s:g}s → {loaded.keep_firing_s:g}s"
    for name in sorted(rule.labels.keys() | loaded.labels.keys()):
        mine, theirs = rule.labels.get(name), loaded.labels.get(name)
        # The operator can be told to add the namespace to every rule that it loads.
        if mine != theirs and not (name == "namespace" and mine is None):
            yield f"{name}: {_or_none(mine)} → {_or_none(theirs)}"


@lru_cache(maxsize=16_384)
def _normal(expr: str) -> str:
    """One form for whatever means the same: spaces, durations, quotes, the order of matchers."""
    tree = promql.parse(expr)
    if isinstance(tree, promql.Refused):
        return " ".join(expr.split())
    import promql_parser  # 1 ms that only rules need

    text = str(tree)
    for node in promql.nodes(tree):
        selector = node.vector_selector if promql.kind(node) == "MatrixSelector" else node
        if promql.kind(selector) == "VectorSelector" and len(selector.matchers.matchers) > 1:
            # By label, as Prometheus writes them. In the text, as the parser writes values
            # without their escapes and cannot read those again.
            listed = sorted(selector.matchers.matchers, key=lambda m: (m.name, str(m.op), m.value))
            text = text.replace(str(selector.matchers), str(promql_parser.Matchers(listed)))
    return text


def _short(expr: str) -> str:
    line = " ".join(expr.split())
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"


def _or_none(value: str | None) -> str:
    return "-" if value is None else repr(value)
