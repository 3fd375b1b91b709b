"""Which check already reports why an alert does what it does: one cause is one failure. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from golive.api import Check, Finding, Observation, Status
from golive_gates.observability.checks import annotations as alert_annotations
from golive_gates.observability.checks import (
    bucket_ceiling,
    comparison,
    duplicates,
    expressions,
    impossible,
    label_matchers,
    metrics_exist,
    pending_period,
    rate_window,
    rule_fields,
    severity,
)
from golive_gates.observability.settings import Settings

QUIET = (
    expressions.CHECK,
    impossible.CHECK,
    label_matchers.CHECK,
    bucket_ceiling.CHECK,
    rate_window.CHECK,
    metrics_exist.CHECK,
    pending_period.CHECK,
)
"""Checks whose findings keep an alert from firing, or from firing in time."""
LOUD = (comparison.CHECK, impossible.CHECK, label_matchers.CHECK, metrics_exist.CHECK)
"""Checks whose findings make an alert fire when nothing is wrong."""
UNLABELLED = (severity.CHECK,)
REFUSED = (
    rule_fields.CHECK,
    expressions.CHECK,
    alert_annotations.CHECK,
    duplicates.CHECK,
)
"""Checks whose findings keep Prometheus from loading a file."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding of another check."""

    check: str
    finding: Finding

    @property
    def certain(self) -> bool:
        """Whether that check fails for it, rather than leaving it open."""
        return self.finding.status is None


@dataclass(frozen=True, slots=True)
class Causes:
    """Findings of some checks."""

    found: tuple[Cause, ...]

    def of(self, names: Collection[str]) -> Cause | None:
        """The first about a rule among *names*; one that fails before one that is open."""
        fitting = [c for c in self.found if c.finding.subject in names]
        return next((c for c in fitting if c.certain), next(iter(fitting), None))

    def at(self, path: str) -> Cause | None:
        """The first certain one in the file *path*."""
        return next((c for c in self.found if c.certain and _path(c) == path), None)

    @property
    def certain(self) -> tuple[Cause, ...]:
        """Those that fail."""
        return tuple(c for c in self.found if c.certain)


def causes(
    observation: Observation, settings: Settings, checks: Iterable[Check[Settings]]
) -> Causes:
    """What *checks* find that decides, or leaves open, more than their own claim."""
    return Causes(
        tuple(
            Cause(check.spec.id, finding)
            for check in checks
            for finding in check.evaluate(observation, settings).findings
            if finding.status in (None, Status.INCONCLUSIVE)
        )
    )


def _path(cause: Cause) -> str:
    return "" if cause.finding.location is None else cause.finding.location.path
