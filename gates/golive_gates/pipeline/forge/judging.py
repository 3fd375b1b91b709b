"""From what GitHub showed, or a person said, to a result. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from golive.api import CheckResult, CheckSpec, EvidenceLevel, Fact, Finding, Reason, Status
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive_gates.pipeline.forge.parts import Forge, Gap, Live


def decided(
    spec: CheckSpec,
    forge: Forge,
    live: Live,
    subjects: int,
    findings: Sequence[Finding],
    facts: tuple[Fact, ...] = (),
) -> CheckResult:
    """The result of *findings* about what GitHub showed.

    What it did not show leaves the claim open, unless somebody vouches for it.
    """
    shown = (*facts, Fact("gh_requests", live.asked))
    hidden = [f for f in findings if f.status is Status.INCONCLUSIVE]
    if hidden and not any(f.status is None for f in findings):
        vouched = _vouched(spec, forge, "attested-instead", detail=_why(hidden[0]))
        if vouched is not None and vouched.status is Status.PASS:
            return replace(vouched, facts=shown)
        reason = Reason("gh-hidden", {"subject": live.subject})
        return spec.inconclusive(
            reason, evidence=forge.evidence, facts=shown, findings=tuple(findings)
        )
    seen = Inspection(subjects, findings, evidence=forge.evidence, facts=shown)
    result = concluded(spec, seen)
    if result.status is Status.NOT_APPLICABLE:
        return result
    return replace(result, level=EvidenceLevel.MEASURED)


def vouched_or_open(spec: CheckSpec, forge: Forge) -> CheckResult:
    """Where GitHub is not asked: what a person says, or that nobody knows."""
    found = _vouched(spec, forge, "attested")
    if found is not None:
        return found
    key = spec.name.replace("-", "_")
    return spec.inconclusive(Reason("forge-unknown", {"key": key}), evidence=forge.evidence)


def gap_finding(live: Live, gap: Gap, subject: str = "") -> Finding:
    """Something that GitHub did not show."""
    reason = Reason(gap.code, {"detail": gap.detail, "url": live.url})
    return Finding(subject or live.subject, reason, status=Status.INCONCLUSIVE)


def _vouched(spec: CheckSpec, forge: Forge, code: str, **more: Scalar) -> CheckResult | None:
    said = forge.attested.get(spec.name)
    if said is None:
        return None
    params: dict[str, Scalar] = {
        "by": said.by,
        "on": _day(said.on),
        "until": _day(said.until),
        "statement": said.statement or "-",
    }
    if forge.day > said.until:
        return spec.inconclusive(Reason("attested-expired", params), evidence=forge.evidence)
    if forge.day < said.on:
        return spec.inconclusive(Reason("attested-later", params), evidence=forge.evidence)
    reason = Reason(code, {**params, **more})
    return spec.passed(reason, evidence=forge.evidence, level=EvidenceLevel.ATTESTED)


def _why(finding: Finding) -> Scalar:
    return finding.reason.params.get("detail") or finding.reason.params.get("name") or "-"


def _day(day: date) -> str:
    return day.isoformat()
