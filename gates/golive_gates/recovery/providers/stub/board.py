"""The faults in force: at most one a provider, each ending by its own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from golive_gates.recovery.providers.stub.faults import Fault, Scenario
from golive_gates.recovery.providers.wire.dialect import ProviderName


@dataclass(frozen=True, slots=True)
class _Standing:
    scenario: Scenario
    ends: float | None


class Board:
    """The scenario of each provider. ``clock``: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._standing: dict[ProviderName, _Standing] = {}

    def put(self, scenario: Scenario) -> None:
        """Set the scenario of its provider, instead of the one before."""
        ends = None if scenario.lease is None else self._clock() + scenario.lease
        self._standing[scenario.provider] = _Standing(scenario, ends)

    def clear(self, provider: ProviderName | None = None) -> int:
        """Back to health, for one provider or all; how many scenarios were in force."""
        before = len(self.standing())
        if provider is None:
            self._standing.clear()
        else:
            self._standing.pop(provider, None)
        return before - len(self._standing)

    def standing(self) -> tuple[Scenario, ...]:
        """What is in force."""
        now = self._clock()
        for provider, one in list(self._standing.items()):
            if one.ends is not None and now >= one.ends:
                del self._standing[provider]
        return tuple(one.scenario for one in self._standing.values())

    def refuses(self, provider: ProviderName) -> bool:
        """Whether nobody listens for *provider* now."""
        return any(s.provider == provider and s.fault.kind == "refuse" for s in self.standing())

    def take(self, provider: ProviderName) -> Fault | None:
        """The fault that the next request to *provider* meets; counts it."""
        scenario = next((s for s in self.standing() if s.provider == provider), None)
        if scenario is None:
            return None
        if scenario.count is not None:
            left = scenario.count - 1
            if left:
                held = self._standing[provider]
                self._standing[provider] = replace(held, scenario=replace(scenario, count=left))
            else:
                del self._standing[provider]
        return scenario.fault
