"""How the checks of this topic look at what is exposed, and come to a result. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from golive.api import (
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive.observation import PartMissing
from golive_gates.observability.looking import finding, refused_in, unread_check_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.model import Rule

EXPOSITION_CHECK = "observability.exposition"
EXIST_CHECK = "observability.metrics-exist"
ELSEWHERE = "metric-not-seen"
"""Code of a finding that waits for ``EXIST_CHECK``: the metric is exposed by nothing seen."""


def exposed_of(observation: Observation) -> Exposed:
    """What is exposed. Raises ``PartMissing``, blocked by the check that reports why."""
    found = observation.find(Exposed)
    if isinstance(found, Unavailable):
        raise PartMissing(Unavailable(found.reason, found.kind, EXPOSITION_CHECK))
    if not found.inventories:
        reason = Reason("metrics-unseen", {"services": ", ".join(found.unseen), "n": 0})
        raise PartMissing(Unavailable(reason, "inconclusive", EXPOSITION_CHECK))
    return found


def judged_exposed(
    spec: CheckSpec,
    observation: Observation,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
) -> CheckResult:
    """The result of *spec* over rules and exposed metrics.

    What could not be read, of either, keeps it from passing. Where a service is unseen, what
    seems wrong may be right there: nothing fails.
    """
    alerting, part = observation.require(Alerting), exposed_of(observation)
    evidence = (*alerting.evidence, *part.evidence)
    everything = tuple(findings)
    if part.unseen:
        everything = tuple(_undecided(f) for f in everything)
    unread, check = unread_check_of(alerting, refused_in(alerting))
    seen = Inspection(subjects, everything, unread, check, evidence, tuple(facts))
    result = concluded(spec, seen)
    if part.unseen and result.status is not Status.FAIL and not unread and subjects:
        params: dict[str, Scalar] = {"services": ", ".join(part.unseen), "n": subjects}
        return spec.inconclusive(
            Reason("metrics-unseen", params),
            evidence=evidence,
            facts=tuple(facts),
            findings=result.findings,
            blocked_by=EXPOSITION_CHECK,
        )
    waiting = [f for f in everything if f.status is Status.INCONCLUSIVE]
    if result.status is Status.INCONCLUSIVE and not result.blocked_by and waiting:
        if all(f.reason.code == ELSEWHERE for f in waiting):
            return replace(result, blocked_by=EXIST_CHECK)
        return result
    decided = result.status in (Status.PASS, Status.WARN, Status.FAIL)
    return replace(result, level=EvidenceLevel.MEASURED) if decided and part.live else result


def of_rule(rule: Rule, code: str, status: Status | None, params: Mapping[str, Scalar]) -> Finding:
    """A finding about the expression of *rule*."""
    found = finding(rule.place, rule.name, code, below=("expr",), status=status)
    return replace(found, reason=Reason(code, params))


def _undecided(found: Finding) -> Finding:
    return replace(found, status=Status.INCONCLUSIVE) if found.status is None else found
