"""A fallback that no drill showed: counted by Prometheus, or attested by a person. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

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
from golive_gates.recovery.providers.judging import HEALTHY, ORDER, none_of
from golive_gates.recovery.providers.parts import Count, FallbackCounts
from golive_gates.recovery.settings import Settings

ROUNDING = 1e-6
"""What of a count is the arithmetic of ``increase()``."""
PREFIX = "provider-"
UNCOUNTED = "fallback_not_counted"
"""Fact: why Prometheus decided nothing, though it was asked."""
CONTROLS = (ORDER, HEALTHY)
"""Checks that hold the drill itself against what it should be: without one they have no subject."""
BAD_EVENTS = {
    "fallback": "requests_without_fallback",
    "whole": "broken_answers",
    "first_content": "late_fallbacks",
    "return": "primary_not_used_again",
    "outage": "outages_not_told",
    "user_errors": "user_errors_retried",
    "spend": "answers_paid_twice",
}
"""What the second query of each counter counts."""


def declared(settings: Settings) -> bool:
    """Whether there is no stub to be had, and other evidence is."""
    stands_in = settings.providers.counters or settings.attested.fallback is not None
    return settings.providers.stub is None and bool(stands_in)


def indirect(spec: CheckSpec, observation: Observation, settings: Settings) -> CheckResult:
    """What production has counted comes before what a person says; neither is a drill.

    Counted failures refute; nothing counted decides nothing, and leaves it to the attestation.
    """
    if spec.id in CONTROLS:
        return spec.not_applicable(Reason("control-of-no-drill"))
    counted = _counted(spec, observation, settings)
    if counted is not None and counted.status.value in ("pass", "fail"):
        return counted
    vouched = _vouched(spec, observation)
    if vouched is not None and counted is not None:
        # A count that was asked for and says nothing is not hidden behind a statement.
        vouched = replace(vouched, facts=(*vouched.facts, Fact(UNCOUNTED, counted.reason.code)))
    if vouched is not None and (counted is None or vouched.status.value == "pass"):
        return vouched
    if counted is not None:
        return counted
    words: dict[str, Scalar] = {"counter": _key(spec), "name": spec.name.removeprefix(PREFIX)}
    return spec.inconclusive(Reason("nothing-stands-in", words))


def _key(spec: CheckSpec) -> str:
    """The check's key in ``providers.counters``."""
    return spec.name.removeprefix(PREFIX).replace("-", "_")


def _counted(spec: CheckSpec, observation: Observation, settings: Settings) -> CheckResult | None:
    part, key = observation.find(FallbackCounts), _key(spec)
    if isinstance(part, Unavailable):
        asked = any(key == name for name in settings.providers.counters)
        unseen = spec.inconclusive(part.reason, blocked_by=part.blocked_by)
        return unseen if asked else None
    count = part.counts.get(key)
    return None if count is None else _of_counts(spec, part, count)


def _of_counts(spec: CheckSpec, part: FallbackCounts, count: Count) -> CheckResult:
    key = _key(spec)
    params: dict[str, Scalar] = {"url": part.url, "counter": key, "detail": count.detail or "-"}
    how = (Fact("fallback_counted_by", part.url),)
    if count.trouble:
        return spec.inconclusive(
            Reason("counters-trouble", {**params, "trouble": count.trouble}),
            evidence=part.evidence,
            facts=how,
        )
    if count.good is None or count.bad is None:
        missing = "good" if count.good is None else "bad"
        return spec.inconclusive(
            Reason("counters-no-series", {**params, "query": missing}),
            evidence=part.evidence,
            facts=how,
        )
    # Rounded against the claim: a part of a failure is one, a part of a good event is none.
    good = math.floor(count.good + ROUNDING)
    bad = math.ceil(count.bad - ROUNDING)
    n = good + bad
    params |= {"n": n, "bad": bad}
    measurement = none_of(BAD_EVENTS[key], bad, n)
    if bad:
        return spec.failed(
            Reason("counted-bad", params),
            measurement=measurement,
            evidence=part.evidence,
            facts=how,
            level=EvidenceLevel.MEASURED,
        )
    if not good:
        return spec.inconclusive(Reason("counted-none", params), evidence=part.evidence, facts=how)
    return spec.passed(
        Reason("counted-good", params),
        measurement=measurement,
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
