"""A fallback that no drill showed: counted by Prometheus, or attested by a person. Pure."""

from __future__ import annotations

import math

from golive.api import (
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Observation,
    Reason,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.procedures.promising import words_of
from golive_gates.recovery.providers.judging import none_of
from golive_gates.recovery.providers.parts import FallbackCounts

ROUNDING = 1e-6
"""What of a count is the arithmetic of ``increase()``."""


def indirect(spec: CheckSpec, observation: Observation, drill: Unavailable) -> CheckResult:
    """What production has counted comes before what a person says; neither is a drill.

    Counted failures refute; nothing counted decides nothing, and leaves it to the attestation.
    """
    counts = observation.find(FallbackCounts)
    counted = None if isinstance(counts, Unavailable) else _counted(spec, counts)
    if counted is not None and (counted.status.value in ("pass", "fail")):
        return counted
    vouched = _vouched(spec, observation)
    if vouched is not None and (counted is None or vouched.status.value == "pass"):
        return vouched
    if counted is not None:
        return counted
    return spec.inconclusive(drill.reason, blocked_by=drill.blocked_by)


def _counted(spec: CheckSpec, part: FallbackCounts) -> CheckResult:
    params: dict[str, Scalar] = {"url": part.url, "detail": part.detail or "-"}
    how = (Fact("fallback_counted_by", part.url),)
    if part.trouble:
        return spec.inconclusive(
            Reason("counters-trouble", {**params, "trouble": part.trouble}),
            evidence=part.evidence,
            facts=how,
        )
    if part.answered is None or part.failed is None:
        missing = "answered" if part.answered is None else "failed"
        return spec.inconclusive(
            Reason("counters-no-series", {**params, "query": missing}),
            evidence=part.evidence,
            facts=how,
        )
    # Rounded against the claim: a part of a failure is one, a part of a fallback is none.
    answered = math.floor(part.answered + ROUNDING)
    failed = math.ceil(part.failed - ROUNDING)
    n = answered + failed
    params = {**params, "n": n, "bad": failed}
    if failed:
        return spec.failed(
            Reason("counted-failed", params),
            measurement=none_of("requests_without_fallback", failed, n),
            evidence=part.evidence,
            facts=how,
            level=EvidenceLevel.MEASURED,
        )
    if not answered:
        return spec.inconclusive(Reason("counted-none", params), evidence=part.evidence, facts=how)
    return spec.passed(
        Reason("counted-answered", params),
        measurement=none_of("requests_without_fallback", 0, n),
        evidence=part.evidence,
        facts=how,
        level=EvidenceLevel.MEASURED,
    )


def _vouched(spec: CheckSpec, observation: Observation) -> CheckResult | None:
    part = observation.find(Promises)
    said = None if isinstance(part, Unavailable) else part.said.get(spec.name)
    if said is None or isinstance(part, Unavailable):
        return None
    words, evidence = words_of(said), part.evidence
    how = (Fact("fallback_attested_by", str(words["by"])),)
    if part.day > said.until:
        reason = Reason("promise-expired", words)
        return spec.inconclusive(reason, evidence=evidence, facts=how)
    if part.day < said.on:
        return spec.inconclusive(Reason("promise-later", words), evidence=evidence, facts=how)
    return spec.passed(
        Reason("fallback-attested", words),
        evidence=evidence,
        facts=how,
        level=EvidenceLevel.ATTESTED,
    )
