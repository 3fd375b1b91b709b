"""From configurations to results: what the checks on delivery share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from golive.api import (
    CheckResult,
    CheckSpec,
    EvidenceRef,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive_gates.observability.looking import finding, read_check_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.model import AlertmanagerConfig, Topic
from golive_gates.observability.rules.model import Place

ROUTES = "observability.routes"
"""The check that reports configurations that cannot be read."""


def faults(config: AlertmanagerConfig, topic: Topic) -> Iterator[Finding]:
    """A finding for whatever Alertmanager refuses of *topic*."""
    for fault in config.faults:
        if fault.topic == topic:
            yield told(fault.place, config.name, fault.code, fault.params)


def told(
    place: Place,
    subject: str,
    code: str,
    params: Mapping[str, Scalar],
    status: Status | None = None,
) -> Finding:
    """The finding *code* about *subject* at *place*."""
    return replace(finding(place, subject, code, status=status), reason=Reason(code, params))


def concluded_on(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
    evidence: tuple[EvidenceRef, ...] = (),
) -> CheckResult:
    """The result of *spec*; a configuration that could not be read keeps it from passing.

    *evidence*: beside that of the files.
    """
    part = observation.require(Alerting)
    unread, read_check = len(part.problems), read_check_of(part)
    if not unread and spec.id != ROUTES:
        unread, read_check = len(configs_of(part).blocking), ROUTES
    found = tuple(findings)
    return concluded(
        spec,
        Inspection(subjects, found, unread, read_check, (*part.evidence, *evidence), tuple(facts)),
    )
