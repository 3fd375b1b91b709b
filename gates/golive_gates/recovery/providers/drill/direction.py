"""One direction of the drill: a fault, a request, back to health, and so on."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field, replace

from golive.api import FailureKind, HttpProbe, RunContext
from golive.placeholders import filled
from golive.probe.stream import open_stream
from golive.target_client import LONGEST_WAIT, api_headers, retry_after
from golive_gates.recovery.providers.drill.reading import Known, trial_of
from golive_gates.recovery.providers.drill.stub_client import Asked, StubClient
from golive_gates.recovery.providers.drill.ways import RETURNS, Way
from golive_gates.recovery.providers.labels import demand_of, kind_of
from golive_gates.recovery.providers.parts import (
    LIMITED,
    LOST,
    PRIMARY,
    Breaker,
    Leg,
    Return,
    Trial,
)
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.providers.stub.faults import Fault, Scenario, read_fault

LEASE = 60.0
"""Seconds beyond a request's own time after which the stub ends a fault by itself."""
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds between two looks whether the primary is used again; the last one repeats."""
POLL_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between two looks whether the providers are done with a request."""
DOWN = "status-503"
"""How the primary stays down for the circuit breaker's sake."""
TIMES_LIMITED = 5


class LocalTrouble(Exception):
    """golive itself could not send; nothing is known of the generator."""


class _Over(Exception):
    """Nothing further can be tried in this direction."""


@dataclass(slots=True)
class Direction:
    """A direction while it is tried; ``leg`` holds what was seen so far."""

    ctx: RunContext
    probe: HttpProbe
    stub: StubClient
    way: Way
    settings: ProviderSettings
    known: Known
    leg: Leg
    lines: list[dict[str, object]] = field(default_factory=list)
    number: int = 0
    limited: int = 0
    waited: int = 0
    earliest: float = 0.0

    async def run(self) -> None:
        """Everything that is to be tried. Raises ``StubTrouble`` and ``LocalTrouble``."""
        try:
            await self._healthy()
            if self.leg.sound:
                await self._faults()
                await self._user_errors()
                await self._both_down()
                await self._breaker()
        except _Over as over:
            self.leg = replace(self.leg, stopped=str(over))

    async def _healthy(self) -> None:
        since = await self.stub.last()
        trial, mark = await self._trial("", "primary", marked=False)
        marked = bool(await self.stub.asked(since, mark))
        self.leg = replace(self.leg, healthy=trial, marked=marked)

    async def _faults(self) -> None:
        for label in self.settings.drilled:
            trial = await self._under(label, demand_of(label), self.way.primary)
            self.leg = replace(self.leg, trials=(*self.leg.trials, trial))
            await self._back(label)

    async def _user_errors(self) -> None:
        for status in self.settings.no_fallback_on or ():
            label = f"status-{status}"
            trial = await self._under(label, "error", self.way.primary)
            self.leg = replace(self.leg, user_errors=(*self.leg.user_errors, trial))
            await self._back(label)

    async def _both_down(self) -> None:
        for label in self.settings.both_down:
            trial = await self._under(label, "error", self.way.primary, self.way.secondary)
            self.leg = replace(self.leg, both_down=(*self.leg.both_down, trial))
            await self._back(f"both {label}")

    async def _breaker(self) -> None:
        count = self.settings.breaker_requests
        if not count:
            return
        asked: list[bool] = []
        try:
            await self._put(DOWN, count, self.way.primary)
            for _ in range(count):
                trial, _mark = await self._trial(DOWN, "fallback", marked=self.leg.marked)
                asked.append(trial.asked_primary > 0)
                self.leg = replace(self.leg, trials=(*self.leg.trials, trial))
        finally:
            self.leg = replace(self.leg, breaker=Breaker(DOWN, tuple(asked)))
        await self.stub.roll_back()
        back = await self._back(f"{DOWN} x{count}")
        self.leg = replace(self.leg, breaker=Breaker(DOWN, tuple(asked), back))

    async def _under(self, label: str, demand: str, *providers: str) -> Trial:
        """One request while *providers* show the fault, which is then taken back."""
        await self._put(label, 1, *providers)
        trial, _ = await self._trial(label, demand, marked=self.leg.marked)
        await self.stub.roll_back()
        return trial

    async def _put(self, label: str, requests: int, *providers: str) -> None:
        lease = requests * (self.way.rules.timeout + 1 / self.way.rate) + LEASE
        fault = fault_of(label, self.settings.retry_after)
        names = (p for p in (self.way.primary, self.way.secondary) if p in providers)
        await self.stub.put(*(Scenario(name, fault, lease=min(lease, 3600.0)) for name in names))

    async def _back(self, label: str) -> Return:
        """Ask until the primary answers again. Raises ``_Over`` when it does not."""
        clock = self.ctx.clock.monotonic
        began, tries = clock(), 0
        while True:
            trial, _ = await self._trial("", "primary", marked=self.leg.marked)
            tries += 1
            if trial.outcome == PRIMARY:
                back = Return(label, clock() - began, tries, trial.outcome)
                break
            self.waited += 1
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            spent = clock() - began + pause > self.settings.recovery_within
            if spent or self.waited > RETURNS:
                back = Return(label, None, tries, trial.outcome)
                break
            await asyncio.sleep(pause)
        self.leg = replace(self.leg, returns=(*self.leg.returns, back))
        if back.seconds is None:
            raise _Over(LOST)
        return back

    async def _trial(self, fault: str, demand: str, *, marked: bool) -> tuple[Trial, str]:
        """One request to the generator, and the mark in it."""
        while True:
            await self._due()
            since = await self.stub.last()
            self.number += 1
            mark = f"golive-{self.ctx.run_id[-20:]}-{self.way.primary[0]}{self.number}"
            trace = await open_stream(
                self.probe,
                self.way.url,
                self.way.rules,
                json=filled(self.way.body, mark),
                headers=api_headers(self.ctx),
            )
            if trace.failure is not None and trace.failure.kind is FailureKind.LOCAL:
                raise LocalTrouble(trace.failure.detail)
            asked = await self._asked(since, mark if marked else "")
            if trace.status != 429 or asked:
                break
            # Refused before any provider was asked: the limit of the generator's own clients.
            self.limited += 1
            wait = retry_after(trace.header("retry-after"))
            if self.limited > TIMES_LIMITED or wait > LONGEST_WAIT:
                raise _Over(LIMITED)
            await asyncio.sleep(wait)
        names = (str(self.way.primary), str(self.way.secondary))
        trial = trial_of(trace, asked, self.known, names, fault, demand)
        numbers = [e.number for e in asked]
        self.lines.append({"leg": self.leg.name, **asdict(trial), "journal": numbers})
        return trial, mark

    async def _asked(self, since: int, mark: str) -> tuple[Asked, ...]:
        """What reached the providers, once they are done with it or it is time."""
        asked = await self.stub.asked(since, mark)
        for pause in POLL_PAUSES:
            # One that stalls is never done; whether it still costs anything, its fault says.
            if not any(e.open and kind_of(e.fault) != "stall" for e in asked):
                break
            await asyncio.sleep(pause)
            asked = await self.stub.asked(since, mark)
        return asked

    async def _due(self) -> None:
        clock = self.ctx.clock.monotonic
        await asyncio.sleep(max(0.0, self.earliest - clock()))
        self.earliest = clock() + 1 / self.way.rate


def fault_of(label: str, wait: float) -> Fault:
    """The stub's fault of that name; its 429 asks to *wait* seconds."""
    kind, _, after = label.partition("@")
    told: dict[object, object] = {"fault": kind}
    if kind.startswith("status-"):
        told = {"fault": "status", "status": int(kind.removeprefix("status-"))}
        if told["status"] == 429:
            told["retry_after"] = wait
    if after:
        told["after_events"] = int(after)
    return read_fault(told)
