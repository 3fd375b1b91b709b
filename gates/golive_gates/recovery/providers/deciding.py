"""What every judge of the fallback begins and ends with: its evidence, and its result. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from golive.api import (
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
    Unavailable,
)
from golive.observation import PartMissing
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.providers.indirect import declared, indirect
from golive_gates.recovery.providers.judging import FALLBACK, Params, drill_facts, unsound
from golive_gates.recovery.providers.labels import BOTH_DOWN, FAULTS, Demand, demand_of
from golive_gates.recovery.providers.parts import Fallback, FallbackCounts
from golive_gates.recovery.settings import Settings

READS = (Fallback, FallbackCounts, Promises)
"""The drill, and what stands in for it."""


def drilled(
    spec: CheckSpec, observation: Observation, settings: Settings
) -> Fallback | CheckResult:
    """The drill; or the result by what stands in for it where no stub is declared.

    A drill that was to be had and could not be made is not replaced: raises ``PartMissing``, which
    ``recovery.provider-fallback`` says for all.
    """
    part = observation.find(Fallback)
    if not isinstance(part, Unavailable):
        return part
    if declared(settings):
        return indirect(spec, observation, settings)
    owner = None if spec.id == FALLBACK else FALLBACK
    raise PartMissing(replace(part, blocked_by=part.blocked_by or owner))


def sound_drill(
    spec: CheckSpec, observation: Observation, settings: Settings
) -> Fallback | CheckResult:
    """The same, where the primary's own answer was seen first; else why nothing is decided."""
    part = drilled(spec, observation, settings)
    return part if isinstance(part, CheckResult) else unsound(spec, part) or part


def scope_of(
    part: Fallback, settings: Settings, *demands: Demand
) -> tuple[Params, tuple[Fact, ...]]:
    """How much of what is tried by default the drill left out, for the sentence and as a fact.

    Of the faults with one of *demands*; of ``both_down`` where none is named. What the policy calls
    the caller's own is not left out: it must not lead to a fallback.
    """
    own = {f"status-{status}" for status in settings.providers.no_fallback_on or ()}
    if demands:
        usual = [f for f in FAULTS if demand_of(f) in demands and f not in own]
        tried = [set(leg.planned) for leg in part.legs]
    else:
        usual = list(BOTH_DOWN)
        tried = [{t.fault for t in leg.both_down} for leg in part.legs]
    missing = [f for f in usual if any(f not in faults for faults in tried)]
    params: Params = {"tried": len(usual) - len(missing), "usual": len(usual)}
    facts = (Fact("provider_faults_left_out", ", ".join(missing)),) if missing else ()
    return params, (*drill_facts(part), *facts)


def concluded(  # noqa: PLR0913 - what a result is made of
    spec: CheckSpec,
    part: Fallback,
    codes: tuple[str, str],
    params: Params,
    measurement: Measurement,
    *,
    refuted: bool,
    undecided: CheckResult | None = None,
    facts: tuple[Fact, ...] = (),
    findings: Sequence[Finding] = (),
) -> CheckResult:
    """The result by the drill. *codes*: of the sentences for a pass and for a failure.

    What is refuted fails, whatever else was not tried; *undecided*: why it does not pass either.
    """
    if refuted:
        return spec.failed(
            Reason(codes[1], params),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(findings),
            level=EvidenceLevel.MEASURED,
        )
    if undecided is not None:
        return undecided
    return spec.passed(
        Reason(codes[0], params),
        measurement=measurement,
        evidence=part.evidence,
        facts=facts,
        level=EvidenceLevel.MEASURED,
    )
