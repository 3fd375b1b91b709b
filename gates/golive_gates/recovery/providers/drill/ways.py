"""What is asked of whom: each direction of the drill, from the configuration alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golive.api import GenerateApi, Reason, Scope, Target, Unavailable
from golive.pacing import allowed_rate, join
from golive.probe.trace import StreamRules
from golive_gates.recovery.providers.settings import Named, ProviderSettings

RATE, RATE_SHARE = 5.0, 0.5
"""Requests a second, and the share of the target's own rate limit that they may take."""
RETURNS = 30
"""Further requests of a direction for waiting until its primary is used again."""
POLLS = 8
"""Requests to the stub for one to the generator, at most."""


@dataclass(frozen=True, slots=True)
class Way:
    """One direction: who comes first, and how the generator is asked."""

    primary: Named
    secondary: Named
    service: str
    url: str
    body: Mapping[str, object]
    rules: StreamRules
    rate: float


def ways_of(scope: Scope, settings: ProviderSettings) -> tuple[Way, ...] | Unavailable:
    """The directions that can be tried, or why there are none."""
    target = scope.config.target
    api = target.generate_api if target is not None else None
    if settings.stub is None:
        return Unavailable(Reason("no-stub"))
    if target is None or api is None:
        return Unavailable(Reason("no-generate-api"))
    known = {s.name for s in target.services}
    first = settings.service or api.service
    named = (first, settings.reverse_service)
    unknown = [n for n in named if n and not _is_url(n) and n not in known]
    if unknown:
        return Unavailable(Reason("unknown-service", {"service": unknown[0]}))
    ways = [_way(target, api, settings, first, api.body, reverse=False)]
    if settings.reverse_service or settings.reverse_body is not None:
        body = api.body if settings.reverse_body is None else settings.reverse_body
        service = settings.reverse_service or first
        ways.append(_way(target, api, settings, service, body, reverse=True))
    return tuple(ways)


def trials_of(settings: ProviderSettings) -> int:
    """Requests to the generator in one direction that show something, waiting left out."""
    faults = len(settings.drilled) + len(settings.no_fallback_on or ()) + len(settings.both_down)
    return 1 + 2 * faults + (settings.breaker_requests + 1 if settings.breaker_requests else 0)


def _is_url(service: str) -> bool:
    return service.startswith(("http://", "https://"))


def _way(
    target: Target,
    api: GenerateApi,
    settings: ProviderSettings,
    service: str,
    body: Mapping[str, object],
    *,
    reverse: bool,
) -> Way:
    first, second = settings.primary, settings.secondary
    rules = StreamRules(
        content_events=tuple(api.content_events),
        content_field=api.content_field,
        terminal_event=api.terminal_event,
        timeout=min(api.timeout, settings.answer_within),
    )
    return Way(
        second if reverse else first,
        first if reverse else second,
        service,
        join(service if _is_url(service) else target.service(service).url, api.path),
        body,
        rules,
        allowed_rate(RATE, target.rate_limit, api.path, RATE_SHARE),
    )
