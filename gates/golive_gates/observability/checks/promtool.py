"""``observability.promtool``: Prometheus' own tool loads the rules.

What: ``promtool check rules`` on every rule file and on the spec of every PrometheusRule, each
set as it would be loaded. Why: Prometheus refuses the whole of a file for one mistake, and it
alone knows all of them. What only a later version than the installed one knows is left open.
Remedy: correct what it names. Duplicates are ``observability.duplicates``.
"""

from __future__ import annotations

from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Location,
    Observation,
    Reason,
    Status,
)
from golive.model import Scalar
from golive_gates.observability.looking import finding, rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Group, Rule
from golive_gates.observability.scenarios.causes import REFUSED, Causes, causes
from golive_gates.observability.scenarios.concluding import Found, judged_behaviour
from golive_gates.observability.scenarios.parts import Behaviour, Refusal
from golive_gates.observability.scenarios.rulefiles import path_of
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.promtool", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Promtool has nothing against the rules."""
    part = observation.require(Behaviour)
    groups = rules_of(observation.require(Alerting)).groups
    known = causes(observation, settings, REFUSED)
    refusals = dict.fromkeys(r for one in part.sets for r in one.refusals)
    found = [_found(part, groups, known, refusal) for refusal in refusals]
    facts = [Fact("promtool_version", part.version)] if part.version else []
    files = sum(len(one.files) for one in part.sets)
    return judged_behaviour(SPEC, observation, files, found, facts)


def _found(part: Behaviour, groups: tuple[Group, ...], known: Causes, refusal: Refusal) -> Found:
    params: dict[str, Scalar] = {"detail": refusal.text[:300], "version": part.version}
    group, rule = _place(groups, refusal)
    location = None if group is None else group.place.at()
    if refusal.newer:
        params["field"] = refusal.field
        return Found(_finding(group, rule, refusal, Reason("newer-field", params), _OPEN))
    cause = known.at("" if location is None else location.path)
    if cause is not None:
        params["check"] = cause.check
        return Found(_finding(group, rule, refusal, Reason("reported", params), _OPEN), cause.check)
    if rule is not None and "could not parse expression" in refusal.text:
        tree = promql.parse(rule.expr)
        if not isinstance(tree, promql.Refused) or tree.ours:
            # golive's parser knows the syntax of later versions.
            return Found(_finding(group, rule, refusal, Reason("newer-syntax", params), _OPEN))
    return Found(_finding(group, rule, refusal, Reason("refused", params), None))


_OPEN = Status.INCONCLUSIVE


def _place(groups: tuple[Group, ...], refusal: Refusal) -> tuple[Group | None, Rule | None]:
    mine = [g for g in groups if path_of(g) == refusal.path]
    if refusal.field:
        group = next((g for g in mine if refusal.field in g.raw), None)
    else:
        group = next((g for g in mine if g.name == refusal.group), None)
    group = group or next(iter(mine), None)
    if group is None or not refusal.rule:
        return group, None
    rule = next((r for r in group.rules if r.place.path[-1] == refusal.rule - 1), None)
    return group, rule


def _finding(
    group: Group | None, rule: Rule | None, refusal: Refusal, reason: Reason, status: Status | None
) -> Finding:
    if rule is not None:
        made = finding(rule.place, rule.name, reason.code, status=status)
        return replace(made, reason=reason)
    if group is not None:
        made = finding(group.place, group.name, reason.code, status=status)
        return replace(made, reason=reason)
    return Finding(refusal.path, reason, Location(refusal.path), status)


CHECK = Check(SPEC, (Alerting, Behaviour), judge)
