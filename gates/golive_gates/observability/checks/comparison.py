"""``observability.comparison``: every alert's expression says when, not how much.

What: the expression of an alert compares, or uses a function that is empty when all is well.
Why: Prometheus fires for every series that an expression returns, whatever its value; without a
comparison an alert fires always. A plain ``vector(1)`` does so on purpose, as a dead man's
switch. Remedy: add the threshold.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive_gates.observability.looking import finding, judged, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.comparison", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No alert may return a series whatever its value."""
    del settings
    found: list[Finding] = []
    looked = refused = 0
    for rule in rules_of(observation.require(Alerting)).alerts:
        expression = promql.parse(rule.expr)
        if isinstance(expression, promql.Refused):
            refused += 1  # observability.expressions reports it
            continue
        if promql.value_type(expression) in ("range", "string"):
            continue  # that one reports this too
        looked += 1
        if not promql.conditional(expression) and not promql.always_on(expression):
            found.append(finding(rule.place, rule.name, "no-comparison", below=("expr",)))
    return judged(SPEC, observation, looked, found, refused=refused)


CHECK = Check(SPEC, (Alerting,), judge)
