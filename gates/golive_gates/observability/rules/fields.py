"""The fields of rule files and PrometheusRule objects, as Prometheus 2.42 and later know them.

Source: Prometheus, pkg/rulefmt, by trial against promtool; the CRD of the operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from golive.model import Scalar, Status
from golive.sources.kubernetes.schema_near import near
from golive_gates.observability.rules.durations import seconds
from golive_gates.observability.rules.versions import knows

GROUP_FIELDS = frozenset({"name", "interval", "limit", "rules"})
RULE_FIELDS = frozenset({"alert", "record", "expr", "for", "keep_firing_for", "labels"})
NEWER = {"query_offset": "2.53", "labels": "3.0"}
"""Fields of a group by the first version that knows them."""
OTHERS = {
    "partial_response_strategy": "Thanos",
    "source_tenants": "Mimir",
    "evaluation_delay": "Mimir",
    "align_evaluation_time_on_interval": "Mimir",
    "remote_write": "Loki",
    "concurrency": "vmalert",
    "params": "vmalert",
    "headers": "vmalert",
    "tenant": "vmalert",
    "type": "vmalert",
    "eval_offset": "vmalert",
    "eval_delay": "vmalert",
}
"""Fields of a group that only the named ruler knows; Prometheus refuses them."""
ALERT_ONLY = ("for", "keep_firing_for", "annotations")
_ANNOTATIONS = ("summary", "description", "message", "runbook_url", "runbook", "dashboard")
_LABELS = ("severity", "team", "service", "priority")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something at ``below`` of a rule or group. ``key``: the key stands for it, not its value."""

    code: str
    below: tuple[str | int, ...] = ()
    params: Mapping[str, Scalar] = field(default_factory=dict)
    status: Status | None = None
    key: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What the rules are for: an API server has looked at what is the ``operator``'s."""

    operator: bool
    version: str | None = None

    def newer(self, name: str, since: str, code: str = "newer-field") -> Iterator[Problem]:
        """That *name* needs the version *since*, unless that is there."""
        known = knows(self.version, since)
        if known is None:
            params = {"field": name, "version": since}
            yield Problem(code, (name,), params, Status.INCONCLUSIVE, key=True)
        elif not known:
            params = {"field": name, "version": since, "yours": self.version or ""}
            yield Problem("too-new", (name,), params, key=True)


BY_SCHEMA = frozenset(
    {
        *("unknown-field", "near-field", "not-mapping", "not-text", "value-text", "duration"),
        *("limit", "rules-list", "empty-rule", "rule-mapping", "both", "neither", "no-expr"),
    }
)
"""What the schema of PrometheusRule refuses as well, so that it is said of the object there."""


def left_to_schema(problem: Problem, target: Target) -> bool:
    """Whether the check of custom resources reports *problem*. Its schema allows empty texts."""
    if not target.operator or problem.code not in BY_SCHEMA:
        return False
    empty = problem.params.get("value") == "" or (problem.code == "no-expr" and problem.below)
    return not empty


def group_problems(group: Mapping[Any, Any], target: Target) -> Iterator[Problem]:
    """What is wrong with *group* itself; its rules are for :func:`rule_problems`."""
    name = group.get("name")
    if name is None or name == "":
        yield Problem("group-name", ("name",))
    elif isinstance(name, Mapping | list):
        yield Problem("not-text", ("name",), {"field": "name"})
    for key in group:
        yield from _group_field(key, target)
    for key in ("interval", "query_offset"):
        yield from _duration(group, key)
    limit = group.get("limit")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float)):
        yield Problem("limit", ("limit",), {"value": _shown(limit)})
    yield from _pairs(group, "labels", target)
    rules = group.get("rules")
    if rules is not None and not isinstance(rules, list):
        yield Problem("rules-list", ("rules",))
    elif not rules:
        yield Problem("no-rules", (), {}, Status.WARN)


def _group_field(key: object, target: Target) -> Iterator[Problem]:
    if key in GROUP_FIELDS or (key == "partial_response_strategy" and target.operator):
        return
    name = str(key)
    if name in NEWER:
        yield from target.newer(name, NEWER[name])
    elif name in OTHERS:
        params = {"field": name, "ruler": OTHERS[name]}
        yield Problem("other-ruler", (name,), params, Status.INCONCLUSIVE, key=True)
    else:
        yield _unknown(key, (*GROUP_FIELDS, *NEWER))


def rule_problems(rule: object, target: Target) -> Iterator[Problem]:
    """What is wrong with the fields of *rule*."""
    if rule is None:
        yield Problem("empty-rule")
        return
    if not isinstance(rule, Mapping):
        yield Problem("rule-mapping")
        return
    for key in rule:
        if key not in RULE_FIELDS and key != "annotations":
            yield _unknown(key, (*RULE_FIELDS, "annotations"))
    yield from _names(rule, target)
    expr = rule.get("expr")
    if expr is None or expr == "":
        yield Problem("no-expr", ("expr",) if "expr" in rule else ())
    elif isinstance(expr, Mapping | list):
        yield Problem("not-text", ("expr",), {"field": "expr"})
    for key in ("for", "keep_firing_for"):
        yield from _duration(rule, key)
    yield from _pairs(rule, "labels", target)
    yield from _pairs(rule, "annotations", target)


def _names(rule: Mapping[Any, Any], target: Target) -> Iterator[Problem]:
    alert, record = rule.get("alert"), rule.get("record")
    for key, value in (("alert", alert), ("record", record)):
        if isinstance(value, Mapping | list):
            yield Problem("not-text", (key,), {"field": key})
            return
    if isinstance(alert, str) and "{{" in alert:
        # Prometheus loads it: only labels and annotations are expanded.
        yield Problem("template", ("alert",), {"field": "alert", "value": _shown(alert)})
    if _given(alert) and _given(record):
        yield Problem("both", ("record",), key=True)
    elif not _given(alert) and not _given(record):
        yield Problem("neither")
    elif _given(record):
        later = knows(target.version, "3.0")
        if not _METRIC.fullmatch(str(record)) and later is not True:
            # Prometheus 3 takes any text.
            status = Status.INCONCLUSIVE if later is None else None
            yield Problem("record-name", ("record",), {"name": _shown(record)}, status)
        for key in ALERT_ONLY:
            if rule.get(key):
                yield Problem("alert-only", (key,), {"field": key}, key=True)


def _given(value: object) -> bool:
    return value is not None and value != ""


def _unknown(key: object, known: tuple[str, ...]) -> Problem:
    name = str(key)
    params: dict[str, Scalar] = {"field": _shown(key)}
    below = (key,) if isinstance(key, str) else ()
    meant = near(name, known)
    if name in _LABELS or name in _ANNOTATIONS:
        table = "labels" if name in _LABELS else "annotations"
        return Problem("misplaced-field", below, {**params, "table": table}, key=True)
    if meant:
        return Problem("near-field", below, {**params, "near": meant}, key=True)
    return Problem("unknown-field", below, params, key=True)


def _duration(data: Mapping[Any, Any], key: str) -> Iterator[Problem]:
    value = data.get(key)
    if value is None or seconds(value) is not None:
        return
    code = "template" if "{{" in str(value) else "duration"
    yield Problem(code, (key,), {"field": key, "value": _shown(value)})


def _pairs(data: Mapping[Any, Any], table: str, target: Target) -> Iterator[Problem]:
    pairs = data.get(table)
    if pairs is None:
        return
    if not isinstance(pairs, Mapping):
        yield Problem("not-mapping", (table,), {"field": table})
        return
    for name, value in pairs.items():
        yield from _pair(table, name, value, target)


def _pair(table: str, name: object, value: object, target: Target) -> Iterator[Problem]:
    below = (table, name) if isinstance(name, str) else (table,)
    params: dict[str, Scalar] = {"table": table, "name": _shown(name)}
    word = str(name).lower() if isinstance(name, bool) else str(name)
    if table == "labels" and word == "__name__":
        yield Problem("label-reserved", below, params, key=True)
    elif not _NAME.fullmatch(word):
        known = knows(target.version, "3.0")
        if not word or known is False:
            yield Problem("bad-name", below, params, key=True)
        else:
            status = Status.WARN if known else Status.INCONCLUSIVE
            yield Problem("utf8-name", below, params, status, key=True)
    if isinstance(value, Mapping | list):
        yield Problem("value-text", below, params)
    elif table == "labels" and (value is None or value == ""):
        yield Problem("empty-label", below, params, Status.WARN)
    elif table == "labels" and word == "alertname":
        yield Problem("alertname", below, params, Status.WARN, key=True)


def _shown(value: object) -> str:
    return " ".join(str(value).split())[:80]
