"""``recovery.provider-whole``: no answer is a splice of two, or cut short without a word.

What: what is delivered under each fault against the known answers of both providers: the other's
from its first to its last character, or, where content was sent before the fault, an error that is
told. Why: the second half of another text reads like an answer and is none; the official SDKs
report a truncated stream as a finished one. Remedy: fall back only before the first content, or
start the answer anew; demand the provider's closing event; end with an error otherwise.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Observation, Reason
from golive_gates.recovery.providers.deciding import READS, concluded, scope_of, sound_drill
from golive_gates.recovery.providers.judging import (
    FALLBACK,
    Params,
    answered,
    directions,
    fell_through,
    finding,
    none_of,
    shortfall,
    told_error,
    undecided,
    untried,
)
from golive_gates.recovery.providers.labels import kind_of
from golive_gates.recovery.providers.parts import SECONDARY, Trial
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-whole", needs=EvidenceLevel.ATTESTED)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Whole, or an error that is told."""
    part = sound_drill(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    scope, facts = scope_of(part, settings, "fallback", "honest")
    owned = fell_through(part)
    tried = [(leg, t) for leg in part.legs for t in leg.trials if _speaks(t)]
    wrong = [(leg, t) for leg, t in tried if not _fine(t)]
    bad = [(leg, t) for leg, t in wrong if kind_of(t.fault) not in owned]
    whole = sum(t.outcome == SECONDARY for _, t in tried)
    params: Params = {
        "directions": directions(part),
        "n": len(tried),
        "bad": len(bad),
        "whole": whole,
        "told": len(tried) - whole - len(wrong),
        "faults": ", ".join(sorted({t.fault for _, t in bad})) or "-",
        **scope,
    }
    short = shortfall(SPEC, part, untried(part, "honest"), facts)
    if owned and (wrong or not whole):
        reason = Reason("owned-by-fallback", params)
        short = SPEC.inconclusive(reason, evidence=part.evidence, facts=facts, blocked_by=FALLBACK)
    elif short is None and not whole:
        short = SPEC.inconclusive(Reason("nothing-tried", params), evidence=part.evidence)
    return concluded(
        SPEC,
        part,
        ("whole", "not-whole"),
        params,
        none_of("broken_answers", len(bad), len(tried)),
        refuted=bool(bad),
        undecided=short,
        facts=facts,
        findings=[finding(leg, t) for leg, t in bad],
    )


def _speaks(trial: Trial) -> bool:
    """Whether the request is this check's: one that broke in the middle, or that fell back."""
    if undecided(trial):
        return False
    return trial.demand == "honest" or (trial.demand == "fallback" and answered(trial))


def _fine(trial: Trial) -> bool:
    return trial.outcome == SECONDARY or (trial.demand == "honest" and told_error(trial))


CHECK = Check(SPEC, READS, judge)
