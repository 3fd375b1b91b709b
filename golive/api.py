"""The one module a third-party gate or renderer imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive import __version__
from golive.authorisation import Grant, permit
from golive.config.model import (
    Budgeting,
    Config,
    Duration,
    DurationOrZero,
    GenerateApi,
    Indicator,
    Objective,
    Permission,
    ProjectApi,
    Prometheus,
    RateLimit,
    Ratio,
    ServiceEndpoint,
    Slo,
    Target,
    Url,
    UrlPath,
)
from golive.context import BudgetExhausted, RunContext, Scope
from golive.gate import Check, Gate, Lane, Need, Observer, PlannedWork
from golive.model import (
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    EvidenceRef,
    Fact,
    Finding,
    Location,
    Measurement,
    Reason,
    ResourceRef,
    Severity,
    Status,
)
from golive.observation import Observation, Unavailable
from golive.probe.exchange import Exchange, Failure, FailureKind
from golive.stats import (
    Outcome,
    judge_ratio,
    lower_bound,
    n_still_needed,
    percentile,
    percentile_upper_bound,
    plan_for,
    upper_bound,
)

if TYPE_CHECKING:
    from golive.probe.http import HttpProbe

VERSION = __version__
"""golive's own version, as requests and records name it."""

__all__ = [
    "VERSION",
    "BudgetExhausted",
    "Budgeting",
    "Check",
    "CheckResult",
    "CheckSpec",
    "Comparator",
    "Config",
    "Duration",
    "DurationOrZero",
    "EvidenceLevel",
    "EvidenceRef",
    "Exchange",
    "Fact",
    "Failure",
    "FailureKind",
    "Finding",
    "Gate",
    "GenerateApi",
    "Grant",
    "HttpProbe",
    "Indicator",
    "Lane",
    "Location",
    "Measurement",
    "Need",
    "Objective",
    "Observation",
    "Observer",
    "Outcome",
    "Permission",
    "PlannedWork",
    "ProjectApi",
    "Prometheus",
    "RateLimit",
    "Ratio",
    "Reason",
    "ResourceRef",
    "RunContext",
    "Scope",
    "ServiceEndpoint",
    "Severity",
    "Slo",
    "Status",
    "Target",
    "Unavailable",
    "Url",
    "UrlPath",
    "judge_ratio",
    "lower_bound",
    "n_still_needed",
    "percentile",
    "percentile_upper_bound",
    "permit",
    "plan_for",
    "upper_bound",
]


def __getattr__(name: str) -> object:
    # httpx takes longer to import than the rest of golive; only observers that send need it.
    if name == "HttpProbe":
        from golive.probe.http import HttpProbe

        return HttpProbe
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
