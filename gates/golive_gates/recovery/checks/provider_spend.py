"""``recovery.provider-spend``: one answer is paid for once, or little more.

What: the pieces that both providers told for one piece delivered, answers that run on for nobody
included; with a healthy primary the other one has to tell nothing. Why: a generator that asks both,
or leaves a slow answer running when it falls back, pays twice, on the worst day most of all.
Remedy: ask one provider at a time, and close the connection to the one that is given up.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    EvidenceLevel,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
    Severity,
)
from golive_gates.recovery.providers.deciding import READS, concluded, scope_of, sound_drill
from golive_gates.recovery.providers.judging import (
    FALLBACK,
    Params,
    directions,
    fell_through,
    finding,
)
from golive_gates.recovery.providers.parts import PRIMARY, SECONDARY, Leg, Trial
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec(
    "recovery.provider-spend",
    severity=Severity.MEDIUM,
    required=False,
    needs=EvidenceLevel.ATTESTED,
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The dearest answer decides."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    limit = settings.providers.spend_limit
    tried = [
        (leg, t)
        for leg in part.legs
        for t in (*([leg.healthy] if leg.healthy else []), *leg.trials)
        if t.answer and t.outcome in (PRIMARY, SECONDARY)
    ]
    fallen = [(leg, t) for leg, t in tried if t.outcome == SECONDARY]
    if not fallen:
        owner = FALLBACK if fell_through(part) else None
        reason = Reason("nothing-tried", {"directions": directions(part)})
        return SPEC.inconclusive(reason, evidence=part.evidence, blocked_by=owner)
    both = [(leg, t) for leg, t in tried if t.outcome == PRIMARY and t.told_secondary]
    dear = [(leg, t) for leg, t in tried if _spent(t) > limit]
    leg, worst = max(tried, key=lambda pair: _spent(pair[1]))
    scope, drill = scope_of(part, settings, "fallback")
    facts = (
        *drill,
        Fact("requests_for_one_answer", max(t.asked_primary + t.asked_secondary for _, t in tried)),
        Fact("pieces_told", sum(t.told_primary + t.told_secondary for _, t in tried)),
        Fact("pieces_delivered", sum(t.answer for _, t in tried)),
        Fact("answers_left_running", sum(t.left_open for _, t in tried)),
    )
    params: Params = {
        "n": len(tried),
        "value": _spent(worst),
        "limit": limit,
        "fault": worst.fault or "-",
        "direction": leg.name,
        "both": len(both),
        **scope,
    }
    measurement = Measurement(
        "pieces_told_for_one", _spent(worst), "x", Comparator.LE, limit, n=len(tried),
        failures=len(dear),
    )  # fmt: skip
    return concluded(
        SPEC,
        part,
        ("paid-once", "asked-both" if both else "paid-twice"),
        params,
        measurement,
        refuted=bool(both or dear),
        facts=facts,
        findings=[_finding(leg, t) for leg, t in (*both, *dear)],
    )


def _spent(trial: Trial) -> float:
    """Pieces told by both for one delivered."""
    return (trial.told_primary + trial.told_secondary) / trial.answer


def _finding(leg: Leg, trial: Trial) -> Finding:
    return finding(leg, trial, "spent-both" if trial.outcome == PRIMARY else "spent-more")


CHECK = Check(SPEC, READS, judge)
