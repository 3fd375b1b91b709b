"""The words of a verdict: status, strength of evidence, severity, strictness, reason, fact."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

STANDARD_GATES = ("slo", "streaming", "manifests", "observability", "pipeline", "recovery", "load")
"""Ids of the seven go-live gates, in report order. A gate's number is its place here."""


class Status(StrEnum):
    """What a judge says of one check."""

    PASS = "pass"  # noqa: S105 - a status
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_APPLICABLE = "not-applicable"


class EvidenceLevel(StrEnum):
    """How strong the evidence behind a result is. ``NONE``: nothing was had."""

    NONE = "none"
    ATTESTED = "attested"
    STATIC = "static"
    MEASURED = "measured"

    def reaches(self, needed: EvidenceLevel) -> bool:
        """Whether this level is at least as strong as *needed*; nothing reaches anything."""
        order = list(EvidenceLevel)
        return self is not EvidenceLevel.NONE and order.index(self) >= order.index(needed)


class Severity(StrEnum):
    """How much a failing check matters to a reader; it never changes the decision."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Comparator(StrEnum):
    """Strictness of an objective, kept apart from its number."""

    GE = ">="
    GT = ">"
    LE = "<="
    LT = "<"

    def holds(self, value: float, threshold: float) -> bool:
        """Whether ``value <comparator> threshold``; NaN never holds."""
        return _COMPARE[self](value, threshold)

    @property
    def wants_high(self) -> bool:
        """Whether larger values are better."""
        return self in (Comparator.GE, Comparator.GT)


_COMPARE: Mapping[Comparator, Callable[[float, float], bool]] = {
    Comparator.GE: operator.ge,
    Comparator.GT: operator.gt,
    Comparator.LE: operator.le,
    Comparator.LT: operator.lt,
}

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result is what it is: a code of the gate's catalogue and its parameters.

    The sentence itself lives in ``messages.<lang>.toml``, so judges stay free of prose.
    """

    code: str
    params: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fact:
    """A further figure a reader should see; it decides nothing. ``None``: not observed."""

    name: str
    value: float | int | str | None
    unit: str = ""
