"""Parts of the fallback drill as its observer would return them."""

from __future__ import annotations

from dataclasses import replace

from golive.api import EvidenceRef, Observation
from golive_gates.recovery.providers.labels import FAULTS, demand_of
from golive_gates.recovery.providers.parts import (
    ERROR,
    PRIMARY,
    SECONDARY,
    Breaker,
    Fallback,
    Leg,
    Return,
    Trial,
)
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.settings import Settings

REF = EvidenceRef("provider-fallback.jsonl", "evidence/x.jsonl", "0" * 64, 9, "application/jsonl")
SETTINGS = Settings(providers=ProviderSettings(no_fallback_on=(400,)))
HEALTHY = Trial("", "primary", PRIMARY, 200, 0.4, 1.0, 1, 0, told_primary=28, answer=28)


def trial(fault: str, **changed: object) -> Trial:
    """A request that the generator handles as it should."""
    demand = demand_of(fault)
    plain = replace(HEALTHY, fault=fault, demand=demand)
    if demand == "fallback":
        plain = replace(
            plain, outcome=SECONDARY, asked_secondary=1, told_primary=0, told_secondary=28
        )
    if demand == "honest":
        plain = replace(plain, outcome=ERROR, told_primary=3, answer=3)
    return replace(plain, **changed)  # type: ignore[arg-type]


def told(fault: str, **changed: object) -> Trial:
    """A request that ends with an error, as it should."""
    plain = replace(
        HEALTHY,
        fault=fault,
        demand="error",
        outcome=ERROR,
        status=503,
        first_content=None,
        told_primary=0,
        answer=0,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def leg(*instead: Trial, swap: bool = False, **changed: object) -> Leg:
    """A direction in which all is well; *instead* replaces trials of the same fault."""
    names = ("anthropic", "openai") if swap else ("openai", "anthropic")
    given = {t.fault: t for t in instead}
    plain = Leg(
        *names,
        "api",
        healthy=HEALTHY,
        planned=FAULTS,
        trials=tuple(given.get(label, trial(label)) for label in FAULTS),
        returns=tuple(Return(label, 0.2, 1, PRIMARY) for label in FAULTS),
        both_down=(told("status-503", asked_secondary=1), told("refuse", asked_primary=0)),
        user_errors=(told("status-400", status=400),),
        breaker=Breaker("status-503", (True, True, False), Return("status-503 x3", 30.0, 5)),
        marked=True,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def fallback(*legs: Leg, threshold: float | None = 2.0) -> Fallback:
    """Both directions, but for those that are given."""
    given = legs or (leg(), leg(swap=True))
    both = given if len(given) > 1 else (*given, leg(swap=True))
    return Fallback(both, threshold, True, (REF,))


def observed(part: object) -> Observation:
    return Observation({"Fallback": part})
