"""The declared load as a plan of the load engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from urllib.parse import urlsplit

from golive.api import GenerateApi, RateLimit, Reason, Scope, Target, Unavailable
from golive.objectives import (
    ERROR_RATE,
    FIRST_EVENT,
    MAX_PLAN,
    READINESS,
    goal_of,
    plan_of_goal,
)
from golive.pacing import join
from golive.probe.load import Arrival, LoadPlan, Request, Schedule
from golive.probe.stream import StreamRules
from golive.stats import Plan, PlanTooLargeError, plan_for
from golive_gates.load.observers.routes import api_route
from golive_gates.load.settings import Settings

MIXED = 50
"""The most requests after which the mix of streams and API requests repeats itself."""
MARGIN = 2.0
HEAD = 0.75
"""Seconds that may pass until the load says that it has begun, and the probes beside it begin."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose readiness is watched."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What the load sends. A gap says why one of the two kinds is left out."""

    services: tuple[Service, ...]
    generate: GenerateApi | None
    stream_url: str
    api_url: str
    streams_gap: str
    api_gap: str
    streams_per_second: float
    api_per_second: float

    @property
    def urls(self) -> tuple[str, ...]:
        """Everything that is sent to."""
        found = (self.stream_url, self.api_url, *(s.url for s in self.services))
        return tuple(u for u in found if u)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.streams_per_second + self.api_per_second

    def pattern(self) -> tuple[bool, ...]:
        """Whether each request of the repeated mix is a stream, evenly spread."""
        share = Fraction(self.streams_per_second / self.rate).limit_denominator(MIXED)
        marks = [i * share.numerator // share.denominator for i in range(share.denominator + 1)]
        return tuple(b > a for a, b in pairwise(marks))


def ask_of(scope: Scope, settings: Settings) -> Ask | Unavailable:
    """What is configured of the declared load, or why there is nothing to send."""
    target = scope.config.target
    if target is None or not target.services:
        return Unavailable(Reason("core.needs-target"))
    streams_gap, api_gap, stream_url, api_url = "", "", "", ""
    generate = target.generate_api
    if not settings.streams_per_second:
        streams_gap = "no-stream-load"
    elif generate is None:
        streams_gap = "no-generate-api"
    else:
        stream_url = join(target.service(generate.service).url, generate.path)
    route = api_route(target, settings)
    if not settings.api_per_second:
        api_gap = "no-api-load"
    elif isinstance(route, Unavailable):
        if route.reason.code == "unknown-service":
            return route
        api_gap = route.reason.code
    else:
        api_url = join(route.service.url, route.path)
    if not stream_url and not api_url:
        return Unavailable(Reason("no-load"))
    return Ask(
        tuple(Service(s.name, join(s.url, s.ready)) for s in target.services),
        generate if stream_url else None,
        stream_url,
        api_url,
        streams_gap,
        api_gap,
        settings.streams_per_second if stream_url else 0.0,
        settings.api_per_second if api_url else 0.0,
    )


def over_limit(ask: Ask, target: Target) -> tuple[RateLimit, float] | None:
    """The target's own limit, if the load goes beyond it, and how many requests a window."""
    limit = target.rate_limit
    if limit is None:
        return None
    rates = ((ask.stream_url, ask.streams_per_second), (ask.api_url, ask.api_per_second))
    limited = sum(rate for url, rate in rates if _below(url, limit.paths))
    wanted = limited * limit.window
    return (limit, wanted) if wanted > limit.requests else None


def _below(url: str, paths: tuple[str, ...]) -> bool:
    return bool(url) and any(urlsplit(url).path.startswith(p) for p in paths)


def load_plan(
    ask: Ask,
    settings: Settings,
    headers: Mapping[str, str],
    addresses: Mapping[str, str],
    unique: str,
    *,
    verify: bool = True,
    ca_file: str | None = None,
) -> LoadPlan:
    """The engine's plan. *addresses*: which checked address each URL is connected to."""
    both = tuple(headers.items())
    api = stream = None
    if ask.api_url:
        address = addresses[ask.api_url]
        timeout = settings.request_timeout
        api = Request("GET", ask.api_url, both, timeout=timeout, address=address)
    if ask.generate is not None:
        stream = Request(
            "POST",
            ask.stream_url,
            (*both, ("Accept", "text/event-stream")),
            json=_plain(ask.generate.body),
            rules=rules_of(ask.generate),
            timeout=ask.generate.timeout,
            known_answer=ask.generate.known_answer,
            address=addresses[ask.stream_url],
        )
    requests = tuple(r for r in (stream if s else api for s in ask.pattern()) if r is not None)
    count = math.ceil(ask.rate * (settings.warmup + settings.duration) - 1e-9)
    slowest = max(r.timeout for r in requests)
    return LoadPlan(
        requests,
        Schedule(Arrival.CONSTANT, count, ask.rate),
        warmup=min(count - 1, round(ask.rate * settings.warmup)),
        max_in_flight=max(1, settings.max_requests),
        verify=verify,
        ca_file=ca_file,
        deadline=settings.warmup + settings.duration + slowest + MARGIN,
        unique_prefix=unique,
    )


def rules_of(generate: GenerateApi) -> StreamRules:
    """How the stream is read."""
    return StreamRules(
        content_events=tuple(generate.content_events),
        content_field=generate.content_field,
        terminal_event=generate.terminal_event,
        timeout=generate.timeout,
    )


def readiness_count(scope: Scope, settings: Settings) -> tuple[int, float, Plan | None]:
    """Probes of each service beside the load, how many a second, and the plan they follow.

    Without a plan (no objective, or one beyond proof) they only watch the target's health.
    """
    seconds = settings.warmup + settings.duration
    window = min(settings.readiness_window, max(seconds / 2, seconds - HEAD))
    goal = goal_of(scope.config.slo(READINESS), READINESS)
    plan = None
    if not isinstance(goal, Unavailable):
        found = plan_of_goal(goal, settings.confidence, settings.power)
        plan = None if isinstance(found, Unavailable) else found
    rate = min(5.0 if plan is None else plan.n / window, settings.max_rate)
    return math.ceil(rate * seconds - 1e-9), rate, plan


def shortfalls(ask: Ask, scope: Scope, settings: Settings) -> tuple[str, ...]:
    """Which claims this load may be too small to prove, though the target is healthy."""
    streams = math.floor(ask.streams_per_second * settings.duration + 1e-9)
    api = math.floor(ask.api_per_second * settings.duration + 1e-9)
    claims = [("availability", streams + api, settings.availability_objective)]
    if ask.api_url:
        claims.append(("latency", api, settings.latency_objective))
    for slo_id, n in ((ERROR_RATE, streams + api), (FIRST_EVENT, streams)):
        goal = goal_of(scope.config.slo(slo_id), slo_id)
        if not isinstance(goal, Unavailable) and (slo_id == ERROR_RATE or ask.stream_url):
            claims.append((slo_id, n, goal.success))
    found = []
    for name, n, objective in claims:
        try:
            wanted = plan_for(objective, settings.confidence, power=settings.power, max_n=MAX_PLAN)
        except PlanTooLargeError:
            found.append(f"{name} (beyond proof by a load)")
            continue
        if n < wanted.n:
            found.append(f"{name} ({n} of {wanted.n})")
    return tuple(found)


def _plain(value: object) -> object:
    """Frozen configuration as JSON takes it."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value
