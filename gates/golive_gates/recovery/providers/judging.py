"""What the judges of the fallback between providers share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golive.api import (
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Measurement,
    Reason,
    Status,
)
from golive_gates.recovery import looking
from golive_gates.recovery.providers.labels import demand_of, kind_of
from golive_gates.recovery.providers.parts import (
    CUT,
    ERROR,
    LOST,
    OTHER,
    PRIMARY,
    SECONDARY,
    SPLICE,
    UNREACHABLE,
    Fallback,
    Leg,
    Trial,
)

Params = dict[str, str | int | float]

ORDER = "recovery.provider-order"
HEALTHY = "recovery.provider-healthy"
FALLBACK = "recovery.provider-fallback"
WHOLE = "recovery.provider-whole"
RETURN = "recovery.provider-return"


def directions(part: Fallback) -> str:
    """The directions that were tried, for a sentence."""
    return ", ".join(leg.name for leg in part.legs) or "-"


def unsound(spec: CheckSpec, part: Fallback) -> CheckResult | None:
    """Nothing is decided where the primary's own answer was not seen first; else ``None``."""
    bad = [leg for leg in part.legs if not leg.sound]
    if part.legs and not bad:
        return None
    names = ", ".join(leg.name for leg in bad) or "-"
    owner = next((o for leg in bad if (o := owner_of(leg))), None)
    return spec.inconclusive(
        Reason("no-sound-direction", {"directions": names}),
        evidence=part.evidence,
        blocked_by=owner,
    )


def owner_of(leg: Leg) -> str | None:
    """The check that fails for a direction whose beginning was not sound."""
    if leg.swapped:
        return ORDER
    return HEALTHY if leg.healthy is not None and refutes_health(leg.healthy) else None


def through_stub(trial: Trial) -> bool:
    """Whether the generator asked the stub for anything."""
    return trial.asked_primary + trial.asked_secondary > 0


def refutes_health(trial: Trial) -> bool:
    """Whether it is the generator's own doing that a healthy primary's answer did not arrive."""
    spared = (PRIMARY, SECONDARY, UNREACHABLE, OTHER)
    return through_stub(trial) and trial.outcome not in spared


def of_demand(leg: Leg, demand: str) -> list[Trial]:
    """The trials of which that is demanded."""
    return [t for t in leg.trials if t.demand == demand]


def answered(trial: Trial) -> bool:
    """Whether the other provider was asked, and something of it delivered as an answer."""
    return trial.asked_secondary > 0 and trial.outcome in (SECONDARY, SPLICE, CUT, OTHER)


def undecided(trial: Trial) -> bool:
    """Whether the request says nothing: its fault was not met, or nobody was there."""
    return trial.outcome == UNREACHABLE or (not trial.struck and trial.outcome == PRIMARY)


def fell_through(part: Fallback) -> set[str]:
    """Kinds of faults for which ``recovery.provider-fallback`` fails."""
    return {
        kind_of(t.fault)
        for leg in part.legs
        for t in of_demand(leg, "fallback")
        if not answered(t) and not undecided(t)
    }


def untried(part: Fallback, demand: str) -> list[str]:
    """Faults of that demand that were planned and not met."""
    missing = []
    for leg in part.legs:
        met = {t.fault for t in leg.trials if t.struck and t.outcome != UNREACHABLE}
        missing += [
            f"{leg.primary} {label}"
            for label in leg.planned
            if demand_of(label) == demand and label not in met
        ]
    return missing


def lost(part: Fallback) -> str | None:
    """The check that fails because a primary never came back, which ended the drill."""
    return RETURN if any(leg.stopped == LOST for leg in part.legs) else None


def finding(leg: Leg, trial: Trial, code: str = "", status: Status | None = None) -> Finding:
    """What one request showed; the code is that of its outcome unless it is given."""
    params: Params = {
        "fault": trial.fault or "healthy",
        "direction": leg.name,
        "status": trial.status or 0,
        "seconds": round(trial.took, 3),
        "primary_requests": trial.asked_primary,
        "secondary_requests": trial.asked_secondary,
        "detail": trial.detail or "-",
    }
    subject = f"{leg.primary}: {trial.fault or 'healthy'}"
    return Finding(subject, Reason(code or f"outcome-{trial.outcome}", params), status=status)


def shortfall(
    spec: CheckSpec, part: Fallback, missing: Sequence[str], facts: tuple[Fact, ...]
) -> CheckResult | None:
    """Nothing is proven while faults were not tried; else ``None``."""
    if not missing:
        return None
    stopped = next((leg.stopped for leg in part.legs if leg.stopped), "") or "-"
    params: Params = {"missing": ", ".join(missing), "count": len(missing), "stopped": stopped}
    return spec.inconclusive(
        Reason("not-all-tried", params),
        evidence=part.evidence,
        facts=facts,
        blocked_by=lost(part),
    )


def none_of(name: str, bad: int, n: int) -> Measurement:
    """So many of *n* requests that must not be, counted whole."""
    return looking.none_of(name, bad, n, "requests")


def drill_facts(part: Fallback) -> tuple[Fact, ...]:
    """What the drill did, whatever it showed."""
    trials = [t for leg in part.legs for t in (*leg.trials, *leg.both_down, *leg.user_errors)]
    return (
        Fact("provider_directions", directions(part)),
        Fact("provider_trials", len(trials)),
        Fact("provider_marked", sum(leg.marked for leg in part.legs)),
        Fact("provider_unconfirmed", 0 if part.rolled_back else 1),
    )


def breaker_facts(legs: Iterable[Leg]) -> tuple[Fact, ...]:
    """The circuit breaker's behaviour: after how many requests a primary is left alone."""
    facts: list[Fact] = []
    for leg in legs:
        breaker = leg.breaker
        if breaker is None:
            continue
        opened = breaker.asked.index(False) if False in breaker.asked else None
        facts += [
            Fact(f"breaker_left_alone_{leg.primary}", opened),
            Fact(f"breaker_requests_{leg.primary}", len(breaker.asked)),
            Fact(f"breaker_asked_{leg.primary}", sum(breaker.asked)),
        ]
        if breaker.back is not None:
            facts.append(Fact(f"breaker_back_{leg.primary}", breaker.back.seconds, "s"))
    return tuple(facts)


def told_error(trial: Trial) -> bool:
    """Whether the caller was told that there is no answer."""
    return trial.outcome == ERROR
