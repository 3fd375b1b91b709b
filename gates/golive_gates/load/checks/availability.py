"""``load.availability``: under the declared load the service keeps answering.

What: the share of requests under load with a usable answer (not refused, reset, timed out or 5xx),
judged by its confidence bounds; readiness that fails many times running ends the load and fails
this check. It is availability under this load, not that of thirty days. Why: a service that answers
one request at a time may refuse, queue without end or fall over at the traffic it was built for.
Remedy: look at the failures by kind and at what saturates first: connections, workers, memory, or a
provider's limit.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Measurement,
    Observation,
    Outcome,
    Reason,
)
from golive.measuring import success_measurement
from golive_gates.load.measure import (
    Params,
    counts_text,
    instrument_void,
    load_facts,
    outcome_of,
    total,
)
from golive_gates.load.parts import HEALTH, LoadSeen
from golive_gates.load.settings import Settings
from golive_gates.load.under_load import availability_of, nothing_to_judge, why_open

SPEC = CheckSpec("load.availability")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Failed readiness ends it; otherwise the bound of the share decides."""
    part = observation.require(LoadSeen)
    facts = _facts(part)
    void = _void(part, settings)
    if part.stopped == HEALTH and void is None:
        return _aborted(part, settings, facts)
    why = nothing_to_judge(part, part.kinds, settings) or void
    if why is not None:
        return SPEC.inconclusive(why, evidence=part.evidence, facts=facts)
    n, failures = total(part.kinds, "done"), total(part.kinds, "unavailable_count")
    objective = settings.availability_objective
    measurement = success_measurement(
        "availability_under_load", n, failures, objective, settings.confidence
    )
    params: Params = {
        "value": measurement.value,
        "n": n,
        "failures": failures,
        "objective": objective,
        "confidence": settings.confidence,
        "bound": measurement.bound or 0.0,
        "needed": measurement.n_needed or 0,
        "seconds": part.duration,
        "streams": part.streams_per_second,
        "api": part.api_per_second,
        "kinds": counts_text(*(r.unavailable for r in part.kinds)),
    }
    outcome = availability_of(part, settings)
    if outcome is Outcome.PROVEN and part.warm_failures > (1 - objective) * part.warmed:
        # Left out of the figure, it must not hide what users of a fresh roll-out would see.
        more: Params = {"warmed": part.warmed, "warm_failures": part.warm_failures}
        return SPEC.warned(
            Reason("warm-up-failed", {**params, **more}),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    if outcome is Outcome.PROVEN:
        return SPEC.passed(
            Reason("proven", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    if outcome is Outcome.REFUTED:
        return SPEC.failed(
            Reason("refuted", params), measurement=measurement, evidence=part.evidence, facts=facts
        )
    missing = total(part.kinds, "missing")
    plain = outcome_of(n, failures, missing, objective, settings.confidence)
    reason = why_open(params, part.kinds, without=plain is Outcome.PROVEN)
    return SPEC.inconclusive(reason, measurement=measurement, evidence=part.evidence, facts=facts)


def _void(part: LoadSeen, settings: Settings) -> Reason | None:
    """An instrument that is late by a part of the time-out makes time-outs of its own."""
    void = instrument_void(part.instrument, settings.request_timeout, settings.instrument_share)
    lag = max((s.send_lag for s in part.readiness), default=0.0)
    limit = settings.instrument_share * settings.readiness_timeout
    if void is None and part.stopped == HEALTH and lag > limit:
        return Reason("probes-too-late", {"lag": lag, "limit": limit})
    return None if part.stopped == HEALTH else void


def _aborted(part: LoadSeen, settings: Settings, facts: tuple[Fact, ...]) -> CheckResult:
    worst = max(part.readiness, key=lambda s: s.in_a_row)
    most = settings.abort_after - 1
    measurement = Measurement(
        "failed_probes_in_a_row", float(worst.in_a_row), "probes", Comparator.LE, float(most)
    )
    params: Params = {
        "service": worst.service,
        "in_a_row": worst.in_a_row,
        "kinds": counts_text(worst.kinds),
        "streams": part.streams_per_second,
        "api": part.api_per_second,
        "seconds": part.seconds,
    }
    return SPEC.failed(
        Reason("aborted-health", params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
    )


def _facts(part: LoadSeen) -> tuple[Fact, ...]:
    kinds = part.kinds
    return (
        Fact("requests", total(kinds, "done")),
        Fact("no_usable_answer", total(kinds, "unavailable_count")),
        Fact("limited", total(kinds, "limited")),
        Fact("client_errors", total(kinds, "client_error_count")),
        *load_facts(part),
    )


CHECK = Check(SPEC, (LoadSeen,), judge)
