"""Settings of the fallback drill (``gates.recovery.providers`` in ``golive.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from golive.api import Duration, Url
from golive.config.markers import Name
from golive_gates.recovery.providers.labels import BOTH_DOWN, FAULTS, known

Status = int
Named = Literal["openai", "anthropic"]
Counted = Literal["fallback", "whole", "first_content", "return", "outage", "user_errors", "spend"]
"""What can be counted in place of a drill: the check ``recovery.provider-<name>``, with dashes."""


@dataclass(frozen=True, slots=True)
class GoodAndBad:
    """Two queries, each of which answers with one number: events over a time that had to be long.

    ``good``: those that were as they must be; ``bad``: those that were not. No event is in both,
    and none in neither.
    ``sum(increase(llm_fallbacks_total{outcome="answered"}[30d])) or vector(0)``.
    """

    good: Name
    bad: Name


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """How a generator's fallback from one model provider to the other is tried.

    ``stub``: address of a running ``golive provider-stub``, which the generator's provider URLs
    point to; without it nothing is tried. ``primary``: the provider that is asked first.
    ``service``: the target's service to ask, by default that of ``target.generate_api``;
    ``reverse_service``: one that asks the other provider first, and ``reverse_body`` a body that
    makes ``service`` do so; ``one_way``: there is none, and need not be. A service that runs for
    the drill alone, beside the target's, is named by its URL.
    ``expected``: what the generator makes of each provider's answer, by default the answer
    itself. ``faults``: what the primary does, one after the other (``status-503``, ``stall@3``:
    after three pieces). ``retry_after``: what its 429 asks for. ``both_down``: what both do at
    once. ``no_fallback_on``: statuses of a provider that are the caller's fault and must not be
    tried elsewhere; an empty list says that there are none. ``answer_within``: longer than this, or
    than ``target.generate_api.timeout``, no answer is waited for. ``recovery_within``: by when
    the primary is used again. ``spend_limit``: pieces told by both providers for one piece
    delivered. ``breaker_requests``: how many requests a primary that stays down gets, to see
    whether it is still asked; 0 for not looking. ``counters``: what Prometheus counts of
    fallbacks, for a generator that cannot be pointed to a stub; with ``stub`` the drill decides
    alone. Each key is a check, and its two queries count, good and bad:

    ``fallback``: requests whose first provider failed before its first content, that the other
    provider answered; that it did not. ``whole``: answers after a fallback, or broken off in their
    middle, that were one provider's whole or ended with an error that was told; that were
    spliced, cut short or left without an end. ``first_content``: answers of the other provider
    whose first content came within the threshold of the SLO ``sse-first-event``, retries
    included; that came later. ``return``: failures of the primary after which it was used again
    within ``recovery_within``; after which it was not. ``outage``: requests that both
    providers failed, and that ended with an error that was told; that ended in any other way.
    ``user_errors``: requests that the primary refused with a status of ``no_fallback_on``, which
    was told and not tried elsewhere; that were tried elsewhere, or not told. ``spend``: answers
    for which both providers told at most ``spend_limit`` pieces for one delivered; more. A
    request that nobody answered is bad in ``fallback`` alone.
    """

    stub: Url | None = None
    primary: Named = "openai"
    service: str = ""
    reverse_service: str = ""
    reverse_body: Mapping[str, Any] | None = None
    one_way: bool = False
    expected: Mapping[Named, str] = field(default_factory=dict)
    faults: tuple[str, ...] = FAULTS
    retry_after: Duration = 5.0
    both_down: tuple[str, ...] = BOTH_DOWN
    no_fallback_on: tuple[Status, ...] | None = None
    answer_within: Duration = 30.0
    recovery_within: Duration = 60.0
    spend_limit: float = 1.5
    breaker_requests: int = 6
    counters: Mapping[Counted, GoodAndBad] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for faults and statuses that there are not."""
        wrong = [label for label in (*self.faults, *self.both_down) if not known(label)]
        if wrong:
            msg = f"providers: no fault is called {', '.join(wrong)}"
            raise ValueError(msg)
        if not self.faults or not self.both_down:
            raise ValueError("providers: faults and both_down name at least one fault each")
        if any(not 400 <= status <= 599 for status in self.no_fallback_on or ()):
            raise ValueError("providers.no_fallback_on: statuses from 400 to 599")
        if not self.spend_limit >= 1:
            raise ValueError("providers.spend_limit: what is delivered has to be told once")
        if not 0 <= self.breaker_requests <= 50:
            raise ValueError("providers.breaker_requests must lie in 0..50")
        if self.one_way and (self.reverse_service or self.reverse_body is not None):
            raise ValueError("providers.one_way excludes reverse_service and reverse_body")

    @property
    def secondary(self) -> Named:
        """The provider that is asked when the primary fails."""
        return "anthropic" if self.primary == "openai" else "openai"

    @property
    def drilled(self) -> tuple[str, ...]:
        """The faults after which the other provider has to answer, or an error has to be told."""
        own = {f"status-{status}" for status in self.no_fallback_on or ()}
        return tuple(label for label in self.faults if label not in own)
