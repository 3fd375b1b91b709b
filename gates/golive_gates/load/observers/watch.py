"""Readiness beside the load, and the way back after it, in a quiet client of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from golive.api import Exchange, HttpProbe, Reason, RunContext, Unavailable
from golive.placeholders import filled
from golive.probe.schedule import Slot, run_open_loop
from golive.probe.stream import open_stream
from golive.stats import percentile
from golive.target_client import cut_off_line, is_local, kind_of, line_of
from golive_gates.load.observers.load_ask import Ask, Service, rules_of
from golive_gates.load.observers.load_counts import counts
from golive_gates.load.parts import ReadySeries, Recovery

POLL = 0.5
"""Seconds between two looks at a service that has to come back."""
MOST_STREAMS = 20
LOOKS_BEFORE = 3
"""Looks at each service before the load; one that is never ready then is not loaded."""

pause = asyncio.sleep


async def look_before(
    ctx: RunContext, probe: HttpProbe, ask: Ask, within: float
) -> Unavailable | None:
    """Why nothing may be loaded: what is not ready by itself would be blamed on the load."""
    for service in ask.services:
        kind = ""
        for look in range(LOOKS_BEFORE):
            if look:
                await pause(POLL)
            ctx.report("load-readiness", look, LOOKS_BEFORE)
            kind = kind_of(await probe.call("GET", service.url, timeout=within))
            if not kind:
                break
        if kind:
            return Unavailable(Reason("not-ready-before", {"service": service.name, "kind": kind}))
    return None


@dataclass(slots=True)
class Watch:
    """Probes one service beside the load; ``down`` is set when it stays unready.

    ``over``: the load has ended by itself, so that what was sent until then is all there is.
    """

    ctx: RunContext
    probe: HttpProbe
    service: Service
    count: int
    rate: float
    timeout: float
    abort_after: int
    down: asyncio.Event
    done: int = 0
    failures: int = 0
    limited: int = 0
    answers: int = 0
    running: int = 0
    in_a_row: int = 0
    cut_off: int = 0
    sent: int = 0
    over: bool = False
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)

    async def run(self) -> None:
        """The series, cut short once the service has been unready for too long.

        Cancelled after ``over`` it sends nothing further, and waits for what is under way.
        """
        began = self.probe.clock()
        try:
            await run_open_loop(
                self._send,
                rate=self.rate,
                count=self.count,
                stop=bool,
                max_in_flight=int(self.rate * self.timeout) + 10,
                clock=self.probe.clock,
            )
        finally:
            self.seconds = (self.probe.clock() - began) / 1e9

    async def _send(self, slot: Slot) -> bool:
        began = self.probe.clock()
        lag = (began - slot.scheduled) / 1e9
        self.sent += 1
        call = asyncio.ensure_future(self.probe.call("GET", self.service.url, timeout=self.timeout))
        try:
            exchange = await self._answer(call)
        except asyncio.CancelledError:
            call.cancel()
            await asyncio.wait({call})
            self.cut_off += 1
            took = (self.probe.clock() - began) / 1e9
            self._line(slot, lag, cut_off_line("GET", self.service.url, took))
            raise
        self.lags.append(lag)
        self._line(slot, lag, line_of(exchange))
        return self.note(exchange)

    async def _answer(self, call: asyncio.Future[Exchange]) -> Exchange:
        """The end of the load cuts off no probe: the slow ones would be missing."""
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            if not self.over:
                raise
            return await call

    def _line(self, slot: Slot, lag: float, line: dict[str, object]) -> None:
        place = {"service": self.service.name, "probe": slot.index, "lag": round(lag, 6)}
        self.lines.append({**place, **line})

    def note(self, exchange: Exchange) -> bool:
        """Count one probe; True once the service has to be taken for down."""
        self.answers += exchange.status is not None
        if exchange.status == 429:
            self.limited += 1
            return False
        if is_local(exchange):
            return False
        self.done += 1
        self.latencies.append(exchange.elapsed)
        if exchange.ok:
            self.running = 0
            return False
        self.failures += 1
        self.kinds[kind_of(exchange)] += 1
        self.running += 1
        self.in_a_row = max(self.in_a_row, self.running)
        if self.running >= self.abort_after:
            self.down.set()
        return self.down.is_set()

    def series(self) -> ReadySeries:
        """What was seen."""
        return ReadySeries(
            self.service.name,
            self.service.url,
            self.sent if self.over else self.count,
            self.done,
            self.failures,
            self.limited,
            self.answers,
            self.in_a_row,
            self.cut_off,
            self.seconds,
            self.rate,
            percentile(self.latencies, 0.95) if self.latencies else None,
            percentile(self.lags, 0.99) if self.lags else 0.0,
            counts(self.kinds),
        )


@dataclass(slots=True)
class Comeback:
    """Looks at the target until it answers as before: ready, and a stream in time."""

    ctx: RunContext
    probe: HttpProbe
    ask: Ask
    headers: Mapping[str, str]
    within: float
    ready_timeout: float
    threshold: float | None
    seen: Recovery = field(default_factory=lambda: Recovery(0.0, 0.0))
    lines: list[dict[str, object]] = field(default_factory=list)
    began: int = 0

    async def run(self) -> Recovery:
        """Until all is well again or ``within`` is over."""
        self.began = self.probe.clock()
        ready: float | None = None
        tried = limited = 0
        content: float | None = None
        failure = ""
        stream = self.ask.generate is not None
        seconds: float | None = None
        # So that a target that fails at once is still watched for the whole time.
        interval = max(POLL, self.within / MOST_STREAMS)
        while True:
            self.ctx.report("recovery", int(self._now()), int(self.within))
            asked = self._now()
            failure = await self._unready()
            if failure:
                ready = None
            else:
                ready = self._now() if ready is None else ready
                if stream:
                    tried, asked = tried + 1, self._now()
                    content, failure = await self._stream(tried)
                    limited += failure == "status-429"
            if not failure:
                seconds = asked + content if content is not None else ready
            if seconds is not None or self._now() >= self.within:
                break
            await pause(interval)
        return Recovery(
            self._now(), self.within, seconds, ready, stream, tried, content, limited, failure
        )

    def _now(self) -> float:
        return (self.probe.clock() - self.began) / 1e9

    async def _unready(self) -> str:
        """The first service that is not ready and why, or ""."""
        for service in self.ask.services:
            exchange = await self.probe.call("GET", service.url, timeout=self.ready_timeout)
            self.lines.append({"at": round(self._now(), 3), **line_of(exchange)})
            if not exchange.ok:
                return f"{service.name}: {kind_of(exchange)}"
        return ""

    async def _stream(self, number: int) -> tuple[float | None, str]:
        generate = self.ask.generate
        assert generate is not None  # noqa: S101 - asked only where there is one
        unique = f"golive-{self.ctx.run_id[-20:]}-r{number}"
        rules = rules_of(generate)
        trace = await open_stream(
            self.probe,
            self.ask.stream_url,
            replace(rules, timeout=max(1.0, min(rules.timeout, self.within - self._now()))),
            json=filled(generate.body, unique),
            headers=self.headers,
        )
        content = trace.first_content_at
        failure = ""
        if trace.status is not None and trace.status >= 400:
            failure = f"status-{trace.status}"
        elif trace.failure is not None:
            failure = trace.failure.kind.value
        elif content is None or (self.threshold is not None and content > self.threshold):
            failure = "first content too late"
        line = {"at": round(self._now(), 3), "status": trace.status, "first_content": content}
        self.lines.append({**line, "failure": failure or None})
        return content, failure
