"""What the load observer intends to send, as ``golive plan`` prints it."""

from __future__ import annotations

import math

from golive.api import Lane, Permission, PlannedWork, Scope
from golive_gates.load.observers.load_ask import (
    Ask,
    load_plan,
    readiness_count,
    shortfalls,
)
from golive_gates.load.observers.load_sent import MOST_EACH
from golive_gates.load.observers.watch import LOOKS_BEFORE, MOST_STREAMS, POLL
from golive_gates.load.settings import Settings

NAME = "load"


def planned_work(ask: Ask, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
    """The load, what it may send twice, the probes beside it, and the looks before and after."""
    plan = load_plan(ask, settings, {}, dict.fromkeys(ask.urls, "127.0.0.1"), "golive")
    looks = min(MOST_STREAMS, math.ceil(settings.recovery_within / POLL)) + 1
    small = shortfalls(ask, scope, settings)
    count = plan.schedule.count
    streams = sum(ask.pattern()) * count // len(plan.requests)
    note = f"{ask.streams_per_second:g} streams/s + {ask.api_per_second:g} API requests/s"
    note += f", warm-up {settings.warmup:g} s not judged"
    if streams:
        note += f"; may create up to {streams} streams' worth of data, which golive leaves"
    if small:
        note += f"; TOO SMALL TO PROVE {'; '.join(small)}"
    urls = " + ".join(u for u in (ask.stream_url, ask.api_url) if u)

    def work(
        name: str, requests: int, seconds: float, endpoint: str, what: str = ""
    ) -> PlannedWork:
        return PlannedWork(
            name, Lane.LOUD, requests, seconds, endpoint, what, permission=Permission.LOAD
        )

    return (
        work(NAME, count, settings.warmup + settings.duration, urls, note),
        work(
            "load-resent",
            (MOST_EACH - 1) * count,
            0.0,
            urls,
            "only what the server hung up on, on a kept connection; each once at most",
        ),
        *_watched(ask, scope, settings),
        work(
            "recovery",
            looks * (len(ask.services) + 1) + LOOKS_BEFORE * len(ask.services),
            1.0,
            urls,
            f"at most {settings.recovery_within:g} s; and up to {LOOKS_BEFORE} looks at the "
            "readiness of each service before the load",
        ),
    )


def _watched(ask: Ask, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
    count, rate, samples = readiness_count(scope, settings)
    return tuple(
        PlannedWork(
            "load-readiness",
            Lane.LOUD,
            count,
            0.0,
            f"GET {s.url}",
            f"{rate:g}/s",
            None if samples is None else samples.n,
            None if samples is None else samples.accept,
            None if samples is None else samples.reject,
            permission=Permission.LOAD,
        )
        for s in ask.services
    )
