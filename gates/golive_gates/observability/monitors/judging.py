"""Findings about a whole object, such as a monitor."""

from __future__ import annotations

from dataclasses import replace

from golive.api import CheckResult, Finding, Status
from golive.model import Scalar
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.observability.looking import finding
from golive_gates.observability.rules.model import Place

SCHEMA_CHECK = "manifests.custom-resources"
"""Reports values of a monitor that are of the wrong type, or no duration."""


def about(
    item: KubernetesObject,
    below: KeyPath,
    code: str,
    /,
    status: Status | None = None,
    **params: Scalar,
) -> Finding:
    """A finding at *below* of *item*, which is its subject."""
    place = Place(item, ())
    return finding(place, str(item.ref), code, below=below, status=status, key=False, **params)


def blocked_by_schema(result: CheckResult) -> CheckResult:
    """*result*, undecided for values that the operator's schema refuses, with that as its cause."""
    undecided = result.status is Status.INCONCLUSIVE and result.blocked_by is None
    return replace(result, blocked_by=SCHEMA_CHECK) if undecided else result
