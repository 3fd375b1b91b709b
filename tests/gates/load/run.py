"""A healthy target, and the load observer let loose on it."""

from __future__ import annotations

import json
from dataclasses import replace

from golive.api import Comparator, Objective, RateLimit, RunContext, Unavailable
from golive_gates.load.observers.load import LoadObserver
from golive_gates.load.parts import LoadSeen
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.slo import doubles as d

LOAD = (
    "load.availability",
    "load.error-rate",
    "load.latency",
    "load.first-content",
    "load.readiness",
    "load.recovery",
)

SHORT = Settings(
    streams_per_second=10.0,
    api_per_second=20.0,
    duration=1.0,
    warmup=0.2,
    readiness_window=1.0,
    recovery_within=5.0,
    abort_after=5,
)
SLOS = tuple(
    replace(s, objective=Objective(Comparator.GE, 0.9)) if s.id == "readiness" else s
    for s in p.SLOS
)
"""A readiness objective that a second of probes can prove."""
READY = d.answer(200, {})
CLIENTS = {"load": (("Authorization", "Bearer load"),)}


def stream(text: str = "hello world") -> d.Answer:
    half = len(text) // 2
    return d.sse(
        *(
            b"event: content\ndata: " + json.dumps({"delta": part}).encode() + b"\n\n"
            for part in (text[:half], text[half:])
        ),
        b"event: done\ndata: {}\n\n",
    )


class Service:
    """A healthy target, but for what is changed: by method and path, or by the count of POSTs."""

    def __init__(self, **changed: d.Answer) -> None:
        self.changed = changed
        self.posts = 0

    def __call__(self, got: d.Got) -> d.Answer:
        if got.path == "/readyz":
            return self.changed.get("ready", READY)
        if got.method == "POST":
            self.posts += 1
            return self.changed.get("stream", stream())
        return self.changed.get("api", d.answer(200, []))


async def seen_of(
    handler: d.Handler,
    settings: Settings = SHORT,
    *,
    limit: RateLimit | None = None,
    clients: dict[str, tuple[tuple[str, str], ...]] | None = None,
    budget: int = 10_000,
    seconds: float | None = None,
) -> tuple[LoadSeen | Unavailable, d.TargetDouble, RunContext]:
    async with d.target(handler) as double:
        config = d.config(double.url, slos=SLOS, target_changes={"rate_limit": limit})
        ctx = replace(
            d.context(config, budget=budget, seconds=seconds),
            clients=CLIENTS if clients is None else clients,
        )
        part = await LoadObserver().observe(ctx, settings)
    return part, double, ctx


def loaded(part: LoadSeen | Unavailable) -> LoadSeen:
    assert isinstance(part, LoadSeen), part
    return part
