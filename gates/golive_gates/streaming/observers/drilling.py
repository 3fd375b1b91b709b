"""One drill while it runs: streams, witnesses, the command, and the way back."""

from __future__ import annotations

import asyncio
import math
from contextlib import AsyncExitStack

from golive.api import Grant, RunContext
from golive.probe.http import HttpProbe
from golive.target_client import target_probe
from golive_gates.streaming.drill_parts import NEW_STREAM, READINESS, Command, Drill, DrillStream
from golive_gates.streaming.observers.asking import Ask, loud_headers, unique_of
from golive_gates.streaming.observers.command import GRACE, run_command
from golive_gates.streaming.observers.following import Followed, follow
from golive_gates.streaming.observers.watching import INTERVAL, Watch
from golive_gates.streaming.observers.wire import USUAL
from golive_gates.streaming.parts import LIMITED, LOCAL
from golive_gates.streaming.settings import Settings

AFTER = 3
"""New streams in a row that have to work after the drill."""
BETWEEN = 0.5
"""Seconds between two attempts to open a stream or to see readiness again."""
FIRST_LOOKS = 10
READY_S = 2.0

pause = asyncio.sleep


def tries_of(settings: Settings) -> int:
    """Most attempts that fit into ``drain_within``, the one that goes beyond it included."""
    return math.ceil(settings.drain_within / BETWEEN) + 1


def looks_of(settings: Settings) -> int:
    """Most requests of one witness."""
    seconds = USUAL + settings.drill_timeout + GRACE + settings.drain_within
    return FIRST_LOOKS + math.ceil(seconds / INTERVAL)


def under_way_for(settings: Settings) -> float:
    """Seconds that the streams of a drill are expected to take."""
    silence = 0.0 if settings.idle_body is None else settings.idle_for
    return max(silence, AFTER * USUAL) + USUAL


class Drilling:
    """Everything that one drill needs while it runs."""

    def __init__(
        self,
        ctx: RunContext,
        probe: HttpProbe,
        ask: Ask,
        settings: Settings,
        name: str,
        grants: tuple[Grant, ...],
    ) -> None:
        self._ctx, self._probe, self._ask, self._settings = ctx, probe, ask, settings
        self._name, self._grants = name, grants
        self._clock = probe.clock
        self._noted: list[tuple[int, str]] = []
        self._watches: list[Watch] = []

    async def run(self, command: tuple[str, ...]) -> Drill:
        """The drill, from the first stream to the last look. The command runs at most once."""
        settings = self._settings
        streams = [Followed() for _ in range(settings.drill_streams)]
        # A silence in the middle keeps streams under way for as long as a drill takes.
        silent = settings.idle_body is not None
        try:
            async with AsyncExitStack() as probes, asyncio.TaskGroup() as group:
                watches = [await self._watch(probes, url) for url in self._ask.watched]
                self._watches = watches
                looking = [group.create_task(w.run()) for w in watches]
                await asyncio.gather(*(w.settled.wait() for w in watches))
                ends = [
                    group.create_task(self._follow(s, f"d{n}", silent))
                    for n, s in enumerate(streams)
                ]
                await asyncio.gather(*(s.begun.wait() for s in streams))
                begun = [not s.over for s in streams]
                for watch in watches:
                    watch.armed = True
                began = self._clock()
                ran: Command | None = None
                back = ready = None
                after: tuple[DrillStream, ...] = ()
                if 2 * sum(begun) > len(begun):
                    ran, ready, after, back = await self._disturb(command)
                await asyncio.gather(
                    *(w.finish(t) for w, t in zip(watches, looking, strict=True)), *ends
                )
        except BaseExceptionGroup as several:
            # The runner knows a spent budget by its type.
            raise several.exceptions[0] from None
        running = tuple(
            self._seen(s, f"d{n}", began, begun=under_way, silent=silent)
            for n, (s, under_way) in enumerate(zip(streams, begun, strict=True))
        )
        disturbed, witness = self._disturbance(began)
        return Drill(ran, running, after, back, ready, disturbed, witness)

    async def _disturb(
        self, command: tuple[str, ...]
    ) -> tuple[Command, float | None, tuple[DrillStream, ...], float | None]:
        """The command, and the way back: clocked from its end, which may be long after."""
        ctx, settings = self._ctx, self._settings
        ran = await run_command(command, ctx.scope.base, settings.drill_timeout)
        ended = self._clock()
        ctx.report(self._name, 1, 3, None)
        ready = await self._ready(ended)
        after, back = await self._after(ended)
        ctx.report(self._name, 2, 3, None)
        if ready is None:
            ready = await self._ready(ended)
        return ran, ready, after, back

    def _is_new(self, sent: int) -> bool:
        """Whether a stream sent at *sent* came after the disturbance, as far as one was seen."""
        return sent >= min(
            (w.seen_at for w in self._watches if w.seen_at is not None), default=sent
        )

    async def _watch(self, probes: AsyncExitStack, url: str) -> Watch:
        # A probe of its own: nobody else may use its connection.
        probe = await probes.enter_async_context(target_probe(self._ctx, *self._grants))
        return Watch(self._ctx, probe, url, looks_of(self._settings))

    def _disturbance(self, began: int) -> tuple[float | None, str]:
        seen = self._noted + [
            (w.seen_at, w.witness) for w in self._watches if w.seen_at is not None
        ]
        if not seen:
            return None, ""
        at, witness = min(seen)
        return (at - began) / 1e9, witness

    async def _follow(self, stream: Followed, what: str, silent: bool) -> None:
        settings, ask = self._settings, self._ask
        longest = max(ask.api.timeout, settings.idle_for + 30.0) if silent else None
        await follow(
            self._probe,
            ask.front,
            ask.rules(longest),
            stream,
            body=ask.body(self._unique(what), settings.idle_body if silent else None),
            headers=loud_headers(self._ctx),
        )

    async def _ready(self, since: int) -> float | None:
        """Seconds from *since* until readiness is answered 2xx."""
        while True:
            asked_at = self._clock()
            answer = await self._probe.call(
                "GET", self._ask.ready, headers=loud_headers(self._ctx), timeout=READY_S
            )
            if answer.ok:
                return self._after_s(since)
            # It was ready before the command; a time-out or 429 may have other causes.
            if (answer.status or 0) >= 500:
                self._noted.append((asked_at, READINESS))
            if self._after_s(since) > self._settings.drain_within:
                return None
            await pause(BETWEEN)

    async def _after(self, since: int) -> tuple[tuple[DrillStream, ...], float | None]:
        """New streams, until ``AFTER`` of them in a row were whole or the time is over."""
        seen: list[DrillStream] = []
        row: list[int] = []
        while True:
            what = f"n{len(seen)}"
            stream, sent = Followed(), self._clock()
            await self._follow(stream, what, silent=False)
            one = self._seen(stream, what, since, begun=False, silent=False)
            seen.append(one)
            row = [] if one.failure else [*row, sent]
            if one.failure and one.failure not in (LIMITED, LOCAL):
                self._noted.append((sent, NEW_STREAM))
            # A witness may tell late of a disturbance that came after the first of the row.
            row = [at for at in row if self._is_new(at)]
            # A stream that works is followed by the rest of its row, however late it is.
            late = self._after_s(since) > self._settings.drain_within
            if len(row) >= AFTER or (late and one.failure):
                return tuple(seen), (row[0] - since) / 1e9 if row else None
            await pause(BETWEEN)

    def _seen(
        self, stream: Followed, what: str, since: int, *, begun: bool, silent: bool
    ) -> DrillStream:
        known = None if silent else self._ask.known(self._unique(what))
        return DrillStream(
            stream.failure,
            stream.status,
            stream.detail,
            begun,
            (stream.ended - since) / 1e9,
            stream.content_events,
            stream.matches(known),
        )

    def _unique(self, what: str) -> str:
        return unique_of(self._ctx, f"{self._name[0]}{what}")

    def _after_s(self, since: int) -> float:
        return (self._clock() - since) / 1e9
