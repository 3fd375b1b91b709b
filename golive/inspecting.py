"""From what was found in files to a result: what judges of file-based checks share. Pure.

Such a check looks at *subjects* (containers, routes, references) and finds something wrong with
some of them. It passes when there were subjects, all could be read, and none was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from golive.model import (
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceRef,
    Fact,
    Finding,
    Measurement,
    Reason,
    Scalar,
    Status,
)
from golive.sources.tree import SourceProblem

P = TypeVar("P")


class Same(Generic[P]):
    """A part as a key: by identity, because it holds mappings and cannot be hashed by value."""

    def __init__(self, part: P) -> None:
        self.part = part

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.part is self.part

    def __hash__(self) -> int:
        return id(self.part)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one check looked at and found.

    ``subjects``: how many things it looked at. ``findings``: what was wrong; one whose
    ``status`` is ``WARN`` only warns, one that is ``INCONCLUSIVE`` could not be decided.
    ``unread``: files or documents that could not be read and may hold further subjects.
    ``read_check``: id of the check that reports those.
    """

    subjects: int
    findings: Sequence[Finding] = ()
    unread: int = 0
    read_check: str = ""
    evidence: tuple[EvidenceRef, ...] = ()
    facts: tuple[Fact, ...] = ()


def concluded(spec: CheckSpec, seen: Inspection) -> CheckResult:
    """The result of *spec*: fail before inconclusive before warn before pass.

    With no subject the claim is not applicable, unless something could not be read.
    """
    by_weight = [[f for f in seen.findings if _weight(f) is s] for s in _WEIGHTS]
    wrong, undecided, doubtful = by_weight
    findings = tuple(_plain(f) for f in (*wrong, *undecided, *doubtful))
    # A finding is at times about a subject that is not there, so there are at least as many.
    n = max(seen.subjects, len({f.subject for f in seen.findings}))
    params: dict[str, Scalar] = {"n": n, "count": len(wrong)}
    if wrong:
        return spec.failed(
            Reason("core.inspected-wrong", {**params, "subject": wrong[0].subject}),
            evidence=seen.evidence,
            facts=seen.facts,
            findings=findings,
        )
    if seen.unread:
        return spec.inconclusive(
            Reason("core.inspected-unread", {"n": n, "unread": seen.unread}),
            evidence=seen.evidence,
            facts=seen.facts,
            findings=findings,
            blocked_by=seen.read_check or None,
        )
    if undecided:
        return spec.inconclusive(
            Reason(
                "core.inspected-undecided",
                {**params, "count": len(undecided), "subject": undecided[0].subject},
            ),
            evidence=seen.evidence,
            facts=seen.facts,
            findings=findings,
        )
    if not n:
        return spec.not_applicable(Reason("core.inspected-nothing"))
    if doubtful:
        return spec.warned(
            Reason(
                "core.inspected-doubtful",
                {**params, "count": len(doubtful), "subject": doubtful[0].subject},
            ),
            measurement=_violations(n),
            evidence=seen.evidence,
            facts=seen.facts,
            findings=findings,
        )
    return spec.passed(
        Reason("core.inspected-clean", {"n": n}),
        measurement=_violations(n),
        evidence=seen.evidence,
        facts=seen.facts,
    )


def concluded_as(
    spec: CheckSpec, seen: Inspection, undecided: Reason | None, blocked_by: str = ""
) -> CheckResult:
    """As :func:`concluded`, with a reason of the caller's for what could not be decided.

    ``undecided``: ``None`` where everything was. ``blocked_by``: the check that reports its cause.
    """
    if undecided is None or any(_weight(f) is Status.FAIL for f in seen.findings):
        return concluded(spec, seen)
    return spec.inconclusive(
        undecided,
        evidence=seen.evidence,
        facts=seen.facts,
        findings=tuple(seen.findings),
        blocked_by=blocked_by or None,
    )


def live_undecided(findings: Sequence[Finding]) -> Reason | None:
    """Why *findings* about what runs leave a claim open; the gate has the sentence."""
    left = [f for f in findings if f.status is Status.INCONCLUSIVE]
    if not left:
        return None
    return Reason("live-undecided", {"count": len(left), "subject": left[0].subject})


NOT_THEIRS = frozenset({"renderer-missing", "renderer-failed", "too-large", "unreadable"})
"""Problems that may be golive's or this machine's: they prove nothing against the release."""


def unread_finding(problem: SourceProblem) -> Finding:
    """What could not be read, as a finding: the code is the problem's, its parameter ``detail``."""
    detail = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return Finding(
        problem.location.path,
        Reason(problem.code, {"detail": detail}),
        problem.location,
        Status.INCONCLUSIVE if problem.code in NOT_THEIRS else None,
    )


VIOLATIONS = "violations"
"""Name of the measurement behind a pass: nothing wrong in so many."""
_WEIGHTS = (Status.FAIL, Status.INCONCLUSIVE, Status.WARN)


def _weight(finding: Finding) -> Status:
    return Status.FAIL if finding.status is None else finding.status


def _plain(finding: Finding) -> Finding:
    """FAIL is what a finding is without a status of its own."""
    return replace(finding, status=None) if finding.status is Status.FAIL else finding


def _violations(n: int) -> Measurement:
    return Measurement(VIOLATIONS, 0.0, "", Comparator.LE, 0.0, n=n, failures=0)
