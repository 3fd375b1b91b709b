"""From what a person said to a result: in force, over, or nothing. Pure."""

from __future__ import annotations

from golive.api import CheckResult, CheckSpec, EvidenceLevel, Fact, Reason
from golive.config.release import Attestation
from golive.model import Scalar
from golive_gates.recovery.procedures.parts import Promises


def promised(
    spec: CheckSpec, part: Promises, code: str, facts: tuple[Fact, ...] = ()
) -> CheckResult:
    """The result of what was said about the check; without a word nobody knows.

    *code*: the check's own sentence for what is in force. What has run out fails: the claim is
    that somebody answers for it today.
    """
    said = part.said.get(spec.name)
    if said is None:
        key = spec.name.replace("-", "_")
        return spec.inconclusive(
            Reason("promise-missing", {"key": key}), evidence=part.evidence, facts=facts
        )
    words = words_of(said)
    if part.day > said.until:
        return spec.failed(Reason("promise-expired", words), evidence=part.evidence, facts=facts)
    if part.day < said.on:
        return spec.inconclusive(
            Reason("promise-later", words), evidence=part.evidence, facts=facts
        )
    return spec.passed(
        Reason(code, words), evidence=part.evidence, facts=facts, level=EvidenceLevel.ATTESTED
    )


def words_of(said: Attestation) -> dict[str, Scalar]:
    """Parameters of the sentences about *said*."""
    return {
        "by": said.by,
        "on": said.on.isoformat(),
        "until": said.until.isoformat(),
        "statement": said.statement or "-",
    }
