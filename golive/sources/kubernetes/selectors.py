"""Label selectors, as the Kubernetes API defines them (labels and selectors, set-based)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: object, labels: Mapping[str, Any]) -> bool:
    """Whether a LabelSelector selects *labels*. An empty one selects all, ``None`` nothing."""
    if not isinstance(selector, Mapping):
        return False
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    if not isinstance(wanted, Mapping) or not isinstance(expressions, list):
        return False
    return matches(wanted, labels) and all(_holds(e, labels) for e in expressions)


def matches(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether *labels* carry every pair of *wanted*: a Service's or a controller's selector."""
    return all(labels.get(key) == value for key, value in wanted.items())


def _holds(expression: object, labels: Mapping[str, Any]) -> bool:
    if not isinstance(expression, Mapping):
        return False
    key = expression.get("key")
    values = expression.get("values")
    if not isinstance(key, str):
        return False
    listed = values if isinstance(values, list | tuple) else ()
    there = key in labels
    match expression.get("operator"):
        case "In":
            return there and labels[key] in listed
        case "NotIn":
            return not there or labels[key] not in listed
        case "Exists":
            return there
        case "DoesNotExist":
            return not there
    return False
