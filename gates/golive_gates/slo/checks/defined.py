"""``slo.defined``: the four SLOs are stated completely and make sense.

What: objective with its strictness, SLI and window of every required SLO, held against each
other. Why: a bound of 95 % written for an error rate, or an objective of 100 %, makes every
later verdict worthless, and a missing SLO must not read as a met one.
Remedy: correct ``slos`` in ``golive.yaml`` or the OpenSLO file that the finding names.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Location,
    Observation,
    Reason,
    Slo,
)
from golive.objectives import (
    AVAILABILITY,
    ERROR_RATE,
    FIRST_EVENT,
    READINESS,
    REQUIRED,
    calls_slow_good,
    success_objective,
)
from golive_gates.slo.parts import Definitions
from golive_gates.slo.settings import Settings

SPEC = CheckSpec("slo.defined", needs=EvidenceLevel.STATIC)

HOUR, DAY = 3600.0, 86_400.0
SHORTEST = {AVAILABILITY: HOUR}
"""Shortest sane window by SLO; one minute for the others."""
LONGEST = 90 * DAY
LOOSE_ERROR_RATE = 0.05
LOOSE_SUCCESS = 0.9
SLOWEST = 60.0
"""A latency threshold beyond this is questioned: users of a stream wait seconds."""

WRONG = frozenset(
    {
        "missing-slo",
        "duplicate-slo",
        "missing-objective",
        "missing-sli",
        "missing-window",
        "missing-threshold",
        "wrong-direction",
        "out-of-range",
        "error-rate-inverted",
        "indicator-wrong-direction",
    }
)
"""Findings that fail the check; the others are questions and only warn."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every question found; any missing or contradictory definition fails."""
    del settings
    part = observation.require(Definitions)
    findings = tuple(_findings(part))
    wrong = sum(f.reason.code in WRONG for f in findings)
    facts = (Fact("slos_defined", len(part.slos)), *_not_evaluated(part))
    params = {"wrong": wrong, "questions": len(findings) - wrong, "slos": len(part.slos)}
    if wrong:
        return SPEC.failed(
            Reason("wrong", params), evidence=part.evidence, findings=findings, facts=facts
        )
    if findings:
        return SPEC.warned(
            Reason("questioned", params), evidence=part.evidence, findings=findings, facts=facts
        )
    return SPEC.passed(Reason("stated", params), evidence=part.evidence, facts=facts)


def _not_evaluated(part: Definitions) -> tuple[Fact, ...]:
    """SLOs whose indicator is stated and never asked, for golive measures them itself."""
    ids = (s.id for s in part.slos if s.id != AVAILABILITY and s.indicator is not None)
    shown = ", ".join(i for i in ids if i in REQUIRED)
    return (Fact("indicators_not_evaluated", shown),) if shown else ()


def _findings(part: Definitions) -> Iterator[Finding]:
    ids = [s.id for s in part.slos]
    for slo_id in REQUIRED:
        slo = part.slo(slo_id)
        if slo is None:
            yield Finding(slo_id, Reason("missing-slo", {"slo": slo_id}))
            continue
        if ids.count(slo_id) > 1:
            yield _finding(slo, "duplicate-slo", count=ids.count(slo_id))
        yield from _missing(slo)
        yield from _objective(slo)
        yield from _window(slo)
    yield from _threshold(part.slo(FIRST_EVENT))
    yield from _order(part)


def _missing(slo: Slo) -> Iterator[Finding]:
    if slo.objective is None:
        yield _finding(slo, "missing-objective")
    if not (slo.sli or "").strip():
        yield _finding(slo, "missing-sli")
    if slo.window is None:
        yield _finding(slo, "missing-window")


def _objective(slo: Slo) -> Iterator[Finding]:
    if slo.objective is None:
        return
    ratio, comparator = slo.objective.ratio, slo.objective.comparator
    if comparator.wants_high:
        code = _about_success(slo.id, ratio)
    else:
        code = _about_errors(ratio) if slo.id == ERROR_RATE else "wrong-direction"
    if code:
        yield _finding(slo, code, comparator=comparator.value, ratio=ratio)


def _about_errors(ratio: float) -> str:
    """What is odd about "error rate < ratio"."""
    if ratio > 0.5:
        return "error-rate-inverted"
    if ratio <= 0:
        return "perfect-objective"
    return "loose-objective" if ratio > LOOSE_ERROR_RATE else ""


def _about_success(slo_id: str, ratio: float) -> str:
    """What is odd about "success ratio >= ratio"."""
    if not 0 < ratio <= 1:
        return "out-of-range"
    if ratio == 1:
        return "perfect-objective"
    if slo_id == ERROR_RATE:
        # A ratio of successes below one half could also be an error rate with the wrong sign.
        return "error-rate-as-success" if ratio > 0.5 else "wrong-direction"
    return "loose-objective" if ratio < LOOSE_SUCCESS else ""


def _window(slo: Slo) -> Iterator[Finding]:
    if slo.window is None:
        return
    if slo.window < SHORTEST.get(slo.id, 60.0):
        yield _finding(slo, "short-window", seconds=slo.window)
    elif slo.window > LONGEST:
        yield _finding(slo, "long-window", days=slo.window / DAY)


def _threshold(slo: Slo | None) -> Iterator[Finding]:
    if slo is None:
        return
    if slo.threshold is None or slo.threshold <= 0:
        yield _finding(slo, "missing-threshold")
    elif slo.threshold > SLOWEST:
        yield _finding(slo, "loose-threshold", seconds=slo.threshold)
    if calls_slow_good(slo) and slo.indicator is not None:
        yield _finding(slo, "indicator-wrong-direction", comparator=slo.indicator.op.value)


def _order(part: Definitions) -> Iterator[Finding]:
    slo = part.slo(AVAILABILITY)
    available, ready = success_objective(slo), success_objective(part.slo(READINESS))
    if slo is not None and available is not None and ready is not None and available < ready:
        yield _finding(slo, "availability-below-readiness", availability=available, readiness=ready)


def _finding(slo: Slo, code: str, **params: str | float) -> Finding:
    return Finding(slo.id, Reason(code, {"slo": slo.id, **params}), location_of(slo))


def location_of(slo: Slo) -> Location | None:
    """Where the SLO is written, from its ``file:line`` or ``file`` source."""
    if not slo.source:
        return None
    path, _, line = slo.source.rpartition(":")
    return Location(path, int(line)) if path and line.isdecimal() else Location(slo.source)


CHECK = Check(SPEC, (Definitions,), judge)
