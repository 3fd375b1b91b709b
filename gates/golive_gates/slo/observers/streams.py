"""Open-loop streams of the generation route, each timed from its scheduled send."""

from __future__ import annotations

import asyncio
import hashlib
import math
from dataclasses import asdict, dataclass, field

from golive.api import (
    GenerateApi,
    Lane,
    Need,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
    Unavailable,
)
from golive.objectives import FIRST_EVENT, Goal, goal_of, plan_of_goal
from golive.pacing import allowed_rate, join
from golive.placeholders import filled
from golive.probe.exchange import FailureKind
from golive.probe.http import HttpProbe
from golive.probe.lag import LagMonitor
from golive.probe.schedule import Slot, run_open_loop
from golive.probe.stream import StreamRules, StreamTrace, open_stream
from golive.stats import Plan, plan_of
from golive.target_client import (
    LONGEST_WAIT,
    api_headers,
    cut_off_line,
    json_lines,
    retry_after,
    target_probe,
    time_left,
)
from golive_gates.slo.observers.series import GIVE_UP, lag_of, spare_of
from golive_gates.slo.parts import CLIENT_ERRORS, DEADLINE, LIMITED, Contract, Streams, StreamSample
from golive_gates.slo.settings import Settings
from golive_gates.slo.streams_seen import complete, refused_by_target

NAME = "streams"
MOST_AT_ONCE = 200
EXCERPT = 500

pause = asyncio.sleep


class StreamsObserver:
    """The streams of the plan, each to its end; fewer once both of its objectives are refuted."""

    part = Streams
    lane = Lane.QUIET
    needs = frozenset({Need.TARGET})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The plan's streams, and what may be repeated after 429."""
        ask = _ask(scope, settings)
        if isinstance(ask, Unavailable):
            return ()
        return (
            PlannedWork(
                NAME,
                self.lane,
                ask.plan.n + spare_of(ask.plan.n),
                ask.plan.n / ask.rate + min(ask.api.timeout, 5.0),
                f"POST {ask.url}",
                f"{ask.rate:g}/s; may create up to {ask.plan.n} streams' worth of data on the "
                "target, which golive does not remove",
                ask.plan.n,
                ask.plan.accept,
                ask.plan.reject,
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> Streams | Unavailable:
        """The streams; a body that the target's document refuses is not sent."""
        ask = _ask(ctx.scope, settings)
        if isinstance(ask, Unavailable):
            return ask
        contract = ctx.observed.find(Contract)
        if isinstance(contract, Contract) and contract.breaks("POST", ask.api.path):
            reason = Reason("blocked-contract", {"operation": f"POST {ask.api.path}"})
            return Unavailable(reason, blocked_by="slo.contract")
        async with target_probe(ctx) as probe, LagMonitor() as monitor:
            sampling = _Sampling(ctx, probe, ask, settings)
            await sampling.run()
        text = json_lines(sampling.lines)
        ref = ctx.evidence.add("streams.jsonl", text, "application/jsonl")
        return Streams(
            ask.plan.n,
            tuple(sampling.samples),
            ask.rate,
            sampling.limited,
            ask.api.known_answer is not None,
            ask.api.terminal_event,
            sampling.stopped,
            sampling.cut_off,
            lag_of([s.sent for s in sampling.samples], monitor.report),
            (ref,),
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """What is sent, how often and how fast."""

    api: GenerateApi
    url: str
    goal: Goal
    plan: Plan
    rate: float

    @property
    def rules(self) -> StreamRules:
        """How the stream is read."""
        return StreamRules(
            content_events=tuple(self.api.content_events),
            content_field=self.api.content_field,
            terminal_event=self.api.terminal_event,
            timeout=self.api.timeout,
        )


def _ask(scope: Scope, settings: Settings) -> Ask | Unavailable:
    target = scope.config.target
    api = target.generate_api if target else None
    if target is None or api is None:
        return Unavailable(Reason("no-generate-api"))
    goal = goal_of(scope.config.slo(FIRST_EVENT), FIRST_EVENT)
    if isinstance(goal, Unavailable):
        return goal
    plan = plan_of_goal(goal, settings.confidence, settings.power)
    if isinstance(plan, Unavailable):
        return plan
    share = settings.rate_limit_share
    rate = allowed_rate(settings.stream_rate, target.rate_limit, api.path, share)
    return Ask(api, join(target.service(api.service).url, api.path), goal, plan, rate)


@dataclass(slots=True)
class _Sampling:
    """The streams while they run."""

    ctx: RunContext
    probe: HttpProbe
    ask: Ask
    settings: Settings
    samples: list[StreamSample] = field(default_factory=list)
    lines: list[dict[str, object]] = field(default_factory=list)
    limited: int = 0
    cut_off: int = 0
    stopped: str = ""
    over: bool = False
    refused: int = 0
    late: int = 0
    cut: int = 0
    completion: Plan | None = None
    repeating: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        plan, rate = self.ask.plan, self.ask.rate
        self.completion = plan_of(
            plan.n, self.settings.completion_objective, self.settings.confidence
        )
        # Streams that hang cost nothing but a socket; held back, they would look like our lag.
        at_once = min(MOST_AT_ONCE, math.ceil(rate * self.ask.api.timeout) + 10)
        try:
            async with asyncio.timeout(time_left(self.ctx)):
                await run_open_loop(
                    self._send,
                    rate=rate,
                    count=plan.n,
                    stop=bool,
                    max_in_flight=at_once,
                    clock=self.probe.clock,
                )
        except TimeoutError:
            self.stopped = self.stopped or DEADLINE
        self.over = True

    async def _send(self, slot: Slot) -> bool:
        unique = f"golive-{self.ctx.run_id[-20:]}-s{slot.index}"
        scheduled: int | None = slot.scheduled
        began = self.probe.clock()
        while True:
            try:
                trace = await open_stream(
                    self.probe,
                    self.ask.url,
                    self.ask.rules,
                    json=filled(self.ask.api.body, unique),
                    headers=api_headers(self.ctx),
                    scheduled=scheduled,
                )
            except asyncio.CancelledError:
                self._cut_off(began)
                raise
            if self.over:
                self._cut_off(began)
                return True
            if trace.status != 429:
                return self._count(trace, self._known(unique))
            self.limited += 1
            self.lines.append({"status": 429, "sent": trace.sent})
            wait = retry_after(trace.header("retry-after"))
            if self.limited > spare_of(self.ask.plan.n) or wait > LONGEST_WAIT:
                return self._end(LIMITED)
            await pause(wait)
            async with self.repeating:  # those refused together must not come back in one burst
                await pause(1 / self.ask.rate)
            scheduled = None

    def _cut_off(self, began: int) -> None:
        """Note a stream that ended with the sampling: what would have become of it is open."""
        self.cut_off += 1
        took = (self.probe.clock() - began) / 1e9
        self.lines.append(cut_off_line("POST", self.ask.url, took))

    def _known(self, unique: str) -> str | None:
        answer = self.ask.api.known_answer
        return None if answer is None else str(filled(answer, unique))

    def _count(self, trace: StreamTrace, known: str | None) -> bool:
        if trace.failure is not None and trace.failure.kind is FailureKind.LOCAL:
            return self._end("local")
        sample = _sample(trace, known)
        self.samples.append(sample)
        self.lines.append(_line(trace, sample))
        done = len(self.samples)
        self.refused += refused_by_target(sample)
        first = sample.first_content
        self.late += first is None or first > self.ask.goal.threshold
        self.cut += not complete(sample)
        left = self.ask.plan.n - done
        self.ctx.report(NAME, done, self.ask.plan.n, left / self.ask.rate)
        if self.refused == done >= GIVE_UP:
            return self._end(CLIENT_ERRORS)
        plans = ((self.ask.plan, self.late), (self.completion, self.cut))
        # Refusal alone may come early: quick streams must not stand in for those that hang.
        self.over = all(p is not None and f >= p.reject for p, f in plans)
        return self.over

    def _end(self, why: str) -> bool:
        self.stopped, self.over = why, True
        return True


def _sample(trace: StreamTrace, known: str | None) -> StreamSample:
    length = len(trace.content)
    matches: bool | None = None
    differs_at: int | None = None
    if known is not None and trace.terminal_seen and trace.failure is None:
        # By digest, for the kept text may be cut; surrogates cannot occur in decoded UTF-8.
        matches = hashlib.sha256(known.encode()).hexdigest() == trace.content_sha256
        if not matches:
            pairs = zip(trace.content, known, strict=False)
            shorter = min(length, len(known))
            differs_at = next((i for i, (a, b) in enumerate(pairs) if a != b), shorter)
    shared = trace.events_in_shared_reads / trace.events if trace.events else 0.0
    return StreamSample(
        status=trace.status,
        failure=trace.failure.kind.value if trace.failure else "",
        sent=trace.sent,
        headers=trace.headers_at,
        first_byte=trace.first_byte_at,
        first_comment=trace.first_comment_at,
        first_event=trace.first_event_at,
        first_content=trace.first_content_at,
        last_content=trace.last_content_at,
        terminal=trace.terminal_at,
        ended=trace.ended_at,
        events=trace.events,
        coalesced=shared,
        matches=matches,
        length=length,
        differs_at=differs_at,
    )


def _line(trace: StreamTrace, sample: StreamSample) -> dict[str, object]:
    detail = trace.failure.detail if trace.failure else None
    wrong = sample.matches is False or not complete(sample)
    return {
        **asdict(sample),
        "detail": detail,
        "content_type": trace.content_type,
        "event_types": trace.event_types,
        "retry_preamble": trace.retry_preamble,
        "content_sha256": trace.content_sha256,
        "content": trace.content[:EXCERPT] if wrong else None,
    }
