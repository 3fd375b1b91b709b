"""From findings, some of which wait for another check, to a result. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from golive.api import CheckResult, CheckSpec, Fact, Finding, Observation, Status
from golive.inspecting import Inspection, concluded
from golive_gates.observability.looking import READ_CHECK
from golive_gates.observability.parts import Alerting
from golive_gates.observability.scenarios.parts import Behaviour


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, and the check whose failure is its cause."""

    finding: Finding
    blocked_by: str | None = None


def judged_behaviour(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    found: Sequence[Found],
    facts: Sequence[Fact] = (),
    *,
    missing: bool = False,
) -> CheckResult:
    """The result of *spec*. *missing*: whether findings are about an alert that there is not.

    Such an alert may stand in a file that could not be read.
    """
    problems = observation.require(Alerting).problems
    findings = [f.finding for f in found]
    if missing and problems:
        findings = [_undecided(f) for f in findings]
    result = concluded(
        spec,
        Inspection(
            subjects,
            findings,
            len(problems),
            READ_CHECK,
            observation.require(Behaviour).evidence,
            tuple(facts),
        ),
    )
    causes = [f.blocked_by for f in found if f.blocked_by]
    if result.status is Status.INCONCLUSIVE and result.blocked_by is None and causes:
        return replace(result, blocked_by=causes[0])
    return result


def _undecided(found: Finding) -> Finding:
    return replace(found, status=Status.INCONCLUSIVE) if found.status is None else found
