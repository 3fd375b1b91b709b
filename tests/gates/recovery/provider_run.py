"""The drill let loose on the generator's double."""

from __future__ import annotations

from dataclasses import replace

from golive.api import GenerateApi, RunContext, Unavailable
from golive_gates.recovery.observers.providers import ProvidersObserver
from golive_gates.recovery.providers.parts import Fallback
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.settings import Settings
from tests.gates.recovery.provider_clients import QUICK, stub
from tests.gates.recovery.provider_generator import Defect, Generator, generator
from tests.gates.slo import doubles as d
from tests.gates.slo.parts import SLOS

BODY = {"description": "{unique}: 한 장면"}
GENERATE = GenerateApi("api", "/generate", BODY, content_field="delta", timeout=90.0)
THRESHOLD = 60.0
"""Seconds to first content: more than a healthy double takes on the slowest machine."""
PICKED = ("status-503", "truncate", "split-utf8", "cut@3")


def slos(threshold: float) -> tuple[object, ...]:
    return tuple(replace(s, threshold=threshold) if s.threshold else s for s in SLOS)


def context(
    url: str,
    *,
    budget: int = 5000,
    seconds: float | None = None,
    threshold: float = THRESHOLD,
) -> RunContext:
    config = d.config(url, slos=slos(threshold), target_changes={"generate_api": GENERATE})  # type: ignore[arg-type]
    return replace(d.context(config, budget=budget, seconds=seconds), gate="recovery")


def settings(url: str, **changed: object) -> Settings:
    plain: dict[str, object] = {
        "stub": url,
        "faults": PICKED,
        "no_fallback_on": (400,),
        "both_down": ("status-503",),
        "breaker_requests": 0,
        "answer_within": 90.0,
        "recovery_within": 90.0,
        "one_way": True,
    }
    return Settings(providers=ProviderSettings(**{**plain, **changed}))  # type: ignore[arg-type]


async def drilled(
    defect: Defect = "",
    *,
    breaker: int = 0,
    budget: int = 5000,
    seconds: float | None = None,
    threshold: float = THRESHOLD,
    **changed: object,
) -> tuple[Fallback | Unavailable, RunContext, Settings]:
    """What the drill saw of the double; the stub has to be healthy afterwards."""
    async with stub(QUICK) as one, generator(Generator(one, defect, breaker=breaker)) as double:
        ctx = context(double.url, budget=budget, seconds=seconds, threshold=threshold)
        chosen = settings(one.url, **changed)
        part = await ProvidersObserver().observe(ctx, chosen)
        assert one.board.standing() == ()
        return part, ctx, chosen


async def seen(defect: Defect = "", **changed: object) -> tuple[Fallback, Settings]:
    part, _, chosen = await drilled(defect, **changed)  # type: ignore[arg-type]
    assert isinstance(part, Fallback), part
    return part, chosen
