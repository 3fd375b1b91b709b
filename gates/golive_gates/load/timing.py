"""The judgement that latency and first content have in common. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from golive.api import CheckResult, CheckSpec, Fact, Outcome, Reason
from golive.measuring import latency_measurement
from golive_gates.load.measure import (
    Params,
    counts_text,
    instrument_void,
    outcome_of,
    strict_outcome,
    with_failures,
)
from golive_gates.load.parts import LoadSeen, Requests
from golive_gates.load.settings import Settings
from golive_gates.load.under_load import nothing_to_judge, owner_of_failures, why_open


@dataclass(frozen=True, slots=True)
class Claim:
    """*quantile* of the times of *requests* is at most *threshold* s. ``times``: the good ones."""

    name: str
    requests: Requests
    times: Sequence[float]
    quantile: float
    threshold: float


def judge_times(
    spec: CheckSpec, part: LoadSeen, claim: Claim, settings: Settings, facts: tuple[Fact, ...]
) -> CheckResult:
    """Failures count as infinite, but are charged once: to the check that fails for them."""
    seen = claim.requests
    why = nothing_to_judge(part, (seen,), settings) or instrument_void(
        part.instrument, claim.threshold, settings.instrument_share
    )
    if why is not None:
        return spec.inconclusive(why, evidence=part.evidence, facts=facts)
    failed = seen.done - len(claim.times)
    values = with_failures(claim.times, failed)
    measurement = latency_measurement(
        claim.name, values, claim.quantile, claim.threshold, settings.confidence
    )
    late = measurement.failures or 0
    owner = owner_of_failures(part, settings)
    params: Params = {
        "value": measurement.value,
        "bound": measurement.bound if measurement.bound is not None else math.inf,
        "opposite": measurement.opposite if measurement.opposite is not None else 0.0,
        "threshold": claim.threshold,
        "quantile": 100 * claim.quantile,
        "confidence": settings.confidence,
        "n": len(values),
        "late": late,
        "failed": failed,
        "needed": measurement.n_needed or 0,
        "kinds": counts_text(seen.unavailable, seen.broken),
        "owner": owner,
    }

    def outcome(n: int, failures: int) -> Outcome:
        return outcome_of(n, failures, seen.missing, claim.quantile, settings.confidence)

    whole = outcome(len(values), late)
    rest = outcome(len(values) - failed, late - failed)
    if whole is Outcome.REFUTED and (rest is Outcome.REFUTED or not owner):
        code = "refuted-failures" if 2 * failed >= late else "refuted"
        return spec.failed(
            Reason(code, params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    strict = strict_outcome(
        len(values), late, seen.missing, seen.left_out, claim.quantile, settings.confidence
    )
    if owner and whole is not Outcome.PROVEN:
        return spec.inconclusive(
            Reason("owned", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            blocked_by=owner,
        )
    if strict is Outcome.PROVEN:
        return spec.passed(
            Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    return spec.inconclusive(
        why_open(params, (seen,), without=whole is Outcome.PROVEN),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )
