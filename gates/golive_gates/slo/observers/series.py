"""A series of like requests on an open-loop schedule.

The sample is the slots of the plan, in the order of the schedule, each to its end: a request that
hangs keeps its place until it times out, so that quick answers cannot stand in for it. Only
refusal may come early, when what has arrived refutes the plan whatever the rest brings.

A 429 does not move the schedule: it was made for the declared limit, and a target that answers
429 below it is to be seen doing so. Its ``Retry-After`` is waited for before any request is sent
again; too many of them, or too long a wait, end the series.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from golive.api import RunContext
from golive.probe.exchange import Exchange
from golive.probe.http import HttpProbe
from golive.probe.lag import LagReport
from golive.probe.schedule import Slot, run_open_loop
from golive.stats import percentile
from golive.target_client import (
    LONGEST_WAIT,
    cut_off_line,
    is_local,
    kind_of,
    line_of,
    retry_after,
    time_left,
)
from golive_gates.slo.parts import CLIENT_ERRORS, DEADLINE, LIMITED, FailureCount, Lag

GIVE_UP = 5
"""After so many refusals and nothing else, more of the same requests would teach nothing."""
SPARE = 0.1
"""Share of a plan that may be sent again in place of answers that do not count (429, 4xx)."""

pause = asyncio.sleep


class Kind(StrEnum):
    """How one answer counts."""

    GOOD = "good"
    BAD = "bad"
    LIMITED = "limited"
    CLIENT_ERROR = "client-error"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a series."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests that count, how fast, and how long each may take (s)."""

    step: str
    count: int
    rate: float
    timeout: float


@dataclass(slots=True)
class Tally:
    """Counts of a series: refuted from *reject* failures on, else decided by its whole plan.

    ``cut_off``: slots that were sent and had not ended when the series was stopped; whether they
    would have failed is open. ``wait``: seconds that a 429 asked to wait, since the last pause.
    """

    reject: int
    spare: int
    done: int = 0
    failures: int = 0
    answers: int = 0
    limited: int = 0
    client_errors: int = 0
    cut_off: int = 0
    wait: float = 0.0
    stopped: str = ""
    over: bool = False
    kinds: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)

    def count(self, exchange: Exchange, kind: Kind) -> bool:
        """Count one answer; True ends the series."""
        self.answers += exchange.status is not None
        if kind is Kind.LIMITED:
            self.limited += 1
            wait = retry_after(exchange.header("retry-after"))
            self.wait = max(self.wait, wait)
            self._end_if(self.limited > self.spare or wait > LONGEST_WAIT, LIMITED)
        elif kind is Kind.CLIENT_ERROR:
            self.client_errors += 1
            self.kinds[kind_of(exchange)] += 1
            only = self.done == 0 and self.client_errors >= GIVE_UP
            self._end_if(only or self.client_errors > self.spare + GIVE_UP, CLIENT_ERRORS)
        else:
            self.done += 1
            self.latencies.append(exchange.elapsed)
            if kind is Kind.BAD:
                self.failures += 1
                self.kinds[kind_of(exchange)] += 1
            self.over = self.failures >= self.reject
        return self.over

    def _end_if(self, condition: bool, why: str) -> None:
        if condition:
            self.over, self.stopped = True, why

    def note_shortfall(self, wanted: int) -> None:
        """With the spare used up the plan stays open, and what was left out most is why."""
        if self.done < wanted:
            self.stopped = LIMITED if self.limited >= self.client_errors else CLIENT_ERRORS

    def failure_counts(self) -> tuple[FailureCount, ...]:
        """Failures by kind, most frequent first."""
        return tuple(FailureCount(kind, count) for kind, count in self.kinds.most_common(8))


def spare_of(count: int) -> int:
    """How many answers of *count* may be replaced."""
    return math.ceil(SPARE * count)


async def run_series(
    ctx: RunContext,
    probe: HttpProbe,
    tally: Tally,
    request_of: Callable[[int], Request],
    judge: Callable[[Exchange], Kind],
    pace: Pace,
) -> None:
    """Send ``pace.count`` slots and wait for each, until *tally* is over or the deadline is near.

    Slots that came back excluded (429, 4xx) are replaced afterwards, as far as the spare goes and
    after the longest wait that a 429 asked for.
    """

    async def send(slot: Slot, index: int) -> bool:
        began = probe.clock()
        lag = (began - slot.scheduled) / 1e9
        tally.lags.append(lag)
        request = request_of(index)
        try:
            exchange = await probe.call(
                request.method, request.url, headers=request.headers, timeout=pace.timeout
            )
        except asyncio.CancelledError:
            tally.cut_off += 1
            took = (probe.clock() - began) / 1e9
            line = cut_off_line(request.method, request.url, took)
            tally.lines.append({"lag": round(lag, 6), **line})
            raise
        if tally.over:
            # It ended together with the one that ended the series: sent, seen, too late to count.
            tally.cut_off += 1
            tally.lines.append({"lag": round(lag, 6), **line_of(exchange), "counted": False})
            return True
        tally.lines.append({"lag": round(lag, 6), **line_of(exchange)})
        if is_local(exchange):
            tally.over, tally.stopped = True, "local"
            return True
        ended = tally.count(exchange, judge(exchange))
        left = max(0, pace.count - tally.done)
        ctx.report(pace.step, min(tally.done, pace.count), pace.count, left / pace.rate)
        return ended

    async def rounds() -> None:
        sent, wanted = 0, pace.count
        while wanted > 0:
            first = sent
            await run_open_loop(
                lambda slot: send(slot, first + slot.index),  # noqa: B023 - ends with the round
                rate=pace.rate,
                count=wanted,
                stop=bool,
                max_in_flight=min(wanted, math.ceil(pace.rate * pace.timeout) + 5),
                clock=probe.clock,
            )
            sent += wanted
            if tally.over:
                return
            # Every slot of the round has ended: what is missing came back excluded.
            wanted = min(pace.count - tally.done, pace.count + tally.spare - sent)
            wait, tally.wait = tally.wait, 0.0
            if wanted > 0 and wait > 0:
                await pause(wait)
        tally.note_shortfall(pace.count)

    try:
        async with asyncio.timeout(time_left(ctx)):
            await rounds()
    except TimeoutError:
        tally.stopped = tally.stopped or DEADLINE
    tally.over = True


def lag_of(lags: list[float], loop: LagReport) -> Lag:
    """The client's own lateness over a whole observation; ``inf`` if nothing was seen of it."""
    if not lags:
        return Lag()
    return Lag(
        send_p50=percentile(lags, 0.5),
        send_p99=percentile(lags, 0.99),
        send_max=max(lags),
        loop_p99=loop.p99,
        loop_max=loop.max,
    )
