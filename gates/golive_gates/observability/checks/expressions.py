"""``observability.expressions``: every expression is PromQL that Prometheus can evaluate.

What: each expression parses, and gives a vector or a number. Why: Prometheus refuses the file of
an expression that does not parse; one that gives a range or a text is loaded and fails at every
evaluation, so that its alert never fires. Remedy: mend what the finding names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding, judged, rules_of, shown
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing import regexes
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.versions import knows
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.expressions", needs=EvidenceLevel.STATIC)
_LOGS = re.compile(r"\|[=~]|\|\s*(?:json|logfmt|regexp|pattern|unwrap|line_format)\b")
_REPEATED = re.compile(r"[*+?}][*+{]")
_OLD = re.compile(r"\bholt_winters\s*\(")
_ACTION = re.compile(r"\{\{.*?\}\}|\$\{[A-Za-z_][^{}]*\}", re.DOTALL)
"""What Helm, Jinja and envsubst replace; no value of a label looks so."""
_VARIABLE = re.compile(r"(?:\.[*+])?\$[A-Za-z_]\w*(?:\.[*+])?")
"""A variable of Grafana or of a shell, which a label's value may look like."""
_PLAIN = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
NEW_FUNCTIONS = {"info": "3.0", "double_exponential_smoothing": "3.0"}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No expression may be refused, or give what no rule can use."""
    found: list[Finding] = []
    rules = rules_of(observation.require(Alerting)).rules
    for rule in rules:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused):
            found.append(_refused(rule, tree))
        else:
            found += _read(rule, tree, settings.prometheus_version)
    return judged(SPEC, observation, len(rules), found)


def _refused(rule: Rule, refused: promql.Refused) -> Finding:
    undecided = Status.INCONCLUSIVE
    problem = shown(refused.problem, 200)
    if "{{" in rule.expr:
        return finding(rule.place, rule.name, "template", below=("expr",))
    if refused.ours or _may_be_regex(refused.problem):
        return finding(
            rule.place, rule.name, "unread", below=("expr",), status=undecided, problem=problem
        )
    if _LOGS.search(rule.expr):
        return finding(rule.place, rule.name, "logs", below=("expr",), status=undecided)
    if refused.at is None:
        return finding(rule.place, rule.name, "refused", below=("expr",), problem=problem)
    line, column = refused.at
    return finding(
        rule.place,
        rule.name,
        "refused-at",
        below=("expr",),
        problem=problem,
        line=line,
        column=column,
    )


def _may_be_regex(problem: str) -> bool:
    """Whether the parser refuses a regular expression that Prometheus takes."""
    _, found, pattern = problem.partition("illegal regex for ")
    return bool(found) and not isinstance(regexes.compiled(pattern), regexes.Refused)


def _read(rule: Rule, tree: Any, version: str | None) -> Iterator[Finding]:  # noqa: ANN401
    given = promql.value_type(tree)
    if given in ("range", "string"):
        code = "gives-range" if given == "range" else "gives-text"
        yield finding(rule.place, rule.name, code, below=("expr",))
    if _OLD.search(rule.expr) and knows(version, "3.0") is not False:
        status = Status.INCONCLUSIVE if version is None else None
        yield finding(rule.place, rule.name, "renamed", below=("expr",), status=status)
    for node in promql.nodes(tree):
        match promql.kind(node):
            case "Call" if node.func.experimental and not _OLD.search(rule.expr):
                yield _experimental(rule, node.func.name)
            case "AggregateExpr" if promql.operator(node) in ("limitk", "limit_ratio"):
                yield _experimental(rule, promql.operator(node))
            case "VectorSelector":
                yield from _selected(rule, node, version)
            case "MatrixSelector":
                yield from _selected(rule, node.vector_selector, version)


def _experimental(rule: Rule, name: str) -> Finding:
    status = Status.INCONCLUSIVE
    return finding(
        rule.place, rule.name, "experimental", below=("expr",), status=status, function=name
    )


def _selected(rule: Rule, node: Any, version: str | None) -> Iterator[Finding]:  # noqa: ANN401
    if node.matchers.or_matchers:
        yield finding(rule.place, rule.name, "or-matchers", below=("expr",))
    selector = promql.selector(node)
    if selector is None:
        return
    names = [selector.metric or "x", *(label for label, _, _ in selector.matchers)]
    for name in names:
        if not _PLAIN.fullmatch(name) and knows(version, "3.0") is not True:
            status = Status.INCONCLUSIVE if version is None else None
            yield finding(
                rule.place,
                rule.name,
                "quoted-name",
                below=("expr",),
                status=status,
                name=shown(name, 80),
            )
    for label, sign, value in selector.matchers:
        matcher = shown(f'{label}{sign}"{value}"')
        if _ACTION.search(value):
            yield finding(
                rule.place, rule.name, "template-matcher", below=("expr",), matcher=matcher
            )
        elif _VARIABLE.fullmatch(value):
            # After the end of a text, which $ is in a pattern, comes nothing more.
            status = None if sign in ("=~", "!~") else Status.WARN
            yield finding(
                rule.place, rule.name, "variable", below=("expr",), status=status, matcher=matcher
            )
        if sign in ("=~", "!~") and _REPEATED.search(value):
            pattern = regexes.compiled(value)
            if isinstance(pattern, regexes.Refused):
                yield finding(
                    rule.place,
                    rule.name,
                    "regex",
                    below=("expr",),
                    matcher=shown(f"{label}{sign}{value}"),
                    problem=pattern.problem,
                )


CHECK = Check(SPEC, (Alerting,), judge)
