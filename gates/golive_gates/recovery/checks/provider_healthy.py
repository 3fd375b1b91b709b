"""``recovery.provider-healthy``: while the primary is healthy its answer arrives to the letter.

What: a known answer of the primary, also with its characters split across packets, against what
the generator delivers. Why: an answer that is changed or cut with everything in order makes
every later comparison worthless, and reaches users every day. Remedy: decode UTF-8 over the whole
stream, not packet by packet; declare in ``expected`` what the generator adds on purpose.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Observation, Reason
from golive_gates.recovery.providers.deciding import READS, concluded, drilled, scope_of
from golive_gates.recovery.providers.judging import (
    ORDER,
    Params,
    directions,
    finding,
    none_of,
    of_demand,
    shortfall,
    through_stub,
    untried,
)
from golive_gates.recovery.providers.parts import OTHER, PRIMARY, UNREACHABLE, Leg, Trial
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.provider-healthy")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every answer with a healthy primary is that primary's, whole."""
    part = drilled(SPEC, observation, settings)
    if isinstance(part, CheckResult):
        return part
    scope, facts = scope_of(part, settings, "primary")
    own = [leg for leg in part.legs if not leg.swapped and leg.healthy is not None]
    if not own:
        owner = ORDER if any(leg.swapped for leg in part.legs) else None
        reason = Reason("no-sound-direction", {"directions": directions(part)})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts, blocked_by=owner)
    tried = [(leg, t) for leg in own for t in _trials(leg)]
    params: Params = {"directions": directions(part), "n": len(tried), **scope}
    why = [(leg, t, code) for leg, t in tried if (code := _nothing(leg, t, settings))]
    bad = [(leg, t) for leg, t in tried if t.outcome != PRIMARY and (leg, t) not in _pairs(why)]
    params["bad"] = len(bad)
    short = shortfall(SPEC, part, untried(part, "primary"), facts)
    if why:
        leg, trial, code = why[0]
        words = {**params, "direction": leg.name, "detail": trial.detail or "-"}
        short = SPEC.inconclusive(Reason(code, words), evidence=part.evidence, facts=facts)
    return concluded(
        SPEC,
        part,
        ("as-told", "not-as-told"),
        params,
        none_of("altered_answers", len(bad), len(tried)),
        refuted=bool(bad),
        undecided=short,
        facts=facts,
        findings=[finding(leg, t) for leg, t in bad],
    )


def _trials(leg: Leg) -> list[Trial]:
    return [*([leg.healthy] if leg.healthy else []), *of_demand(leg, "primary")]


def _nothing(leg: Leg, trial: Trial, settings: Settings) -> str:
    """Why the request says nothing of the generator, as a reason; "" when it does."""
    if trial.outcome == UNREACHABLE:
        return "generator-unreachable"
    if trial.outcome != PRIMARY and not through_stub(trial):
        return "not-through-stub"
    known = any(leg.primary == name for name in settings.providers.expected)
    first = trial.fault == "" and trial.outcome == OTHER
    return "unknown-answer" if first and not known else ""


def _pairs(why: list[tuple[Leg, Trial, str]]) -> list[tuple[Leg, Trial]]:
    return [(leg, trial) for leg, trial, _ in why]


CHECK = Check(SPEC, READS, judge)
