"""The availability SLI over its window, in slices and over short windows, from Prometheus.

Runs before anything is sent to the target, so that golive's own probing is not in the history
that it judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from golive.api import (
    Lane,
    Need,
    PlannedWork,
    RunContext,
    Scope,
    Unavailable,
)
from golive.prometheus import PrometheusReader, Trouble
from golive_gates.slo.observers.ask import Ask, asked
from golive_gates.slo.parts import History, Reading, Short
from golive_gates.slo.promql import (
    difference,
    many_numbers,
    one_number,
    over,
    presence,
)
from golive_gates.slo.settings import Settings
from golive_gates.slo.slices import (
    Values,
    judged_slices,
    odd_count,
    odd_ratio,
    ratios,
    short_from_slices,
    summed,
)

NAME = "history"
TYPICAL = 0.2
"""Seconds that one query takes as a rule; the time-out bounds it."""


class HistoryObserver:
    """Asks Prometheus; every answer that is none becomes a reading with its reason."""

    part = History
    lane = Lane.QUIET
    needs = frozenset({Need.PROMETHEUS})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Two queries for each thing that is counted, and the looks for holes."""
        del settings
        ask = asked(scope, 0.0)
        if isinstance(ask, Unavailable):
            return ()
        each = 2 if ask.queries.total else 1
        ranged = (each + (ask.look is not None)) * len(ask.grid.chunks)
        count = ranged if ask.by_slices else each + ranged + each * len(ask.shorts)
        return (
            PlannedWork(
                NAME,
                self.lane,
                count,
                count * TYPICAL,
                f"GET {ask.prometheus.url.rstrip('/')}/api/v1/query[_range]",
                f"{ask.grid.count} x {ask.grid.step:g} s",
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> History | Unavailable:
        """The history, or why there is no indicator to ask for."""
        del settings
        ask = asked(ctx.scope, float(round(ctx.clock.now().timestamp())))
        if isinstance(ask, Unavailable):
            return ask
        headers = dict((*ctx.headers, *ctx.prometheus_auth_headers))
        reader = PrometheusReader(ask.prometheus, headers, ctx.budget.spend, ctx.scope.base)
        try:
            history = await _Look(ctx, ask, reader).look()
        finally:
            reader.close()
        lines = (
            json.dumps(
                {"query": a.query, "problem": a.problem, "answer": a.answer},
                ensure_ascii=False,
            )
            for a in reader.asked
        )
        ref = ctx.evidence.add("prometheus.jsonl", "\n".join(lines) + "\n", "application/jsonl")
        return replace(history, warnings=tuple(reader.warnings[:20]), evidence=(ref,))


@dataclass(slots=True)
class _Look:
    """One look at the history; stops asking when Prometheus itself is the trouble."""

    ctx: RunContext
    ask: Ask
    reader: PrometheusReader
    broken: Reading | None = None
    done: int = 0

    async def look(self) -> History:
        ask = self.ask
        if ask.by_slices:
            return await self._by_slices()
        window = ask.goal.window
        if not ask.queries.total:
            total = await self._ratio(window)
            values, problem = await self._many(ask.queries.sliced)
            seen, unseen = await self._seen()
            short = tuple([await self._short_ratio(w) for w in ask.shorts])
            part = self._history("raw", total, None, (values, ()), problem or unseen, short)
            return self._looked(part, seen)
        bad, total = await self._counts(window)
        if bad.value is None or total.value is None:
            return self._history("ratio", total, bad, ((), ()), None, ())
        slice_bad, slice_total, problem = await self._count_slices()
        seen, unseen = await self._seen()
        short_counts = [(w, *await self._counts(w)) for w in ask.shorts]
        shorts = tuple(Short(w, b, t) for w, b, t in short_counts)
        slices = (slice_total, slice_bad)
        part = self._history("ratio", total, bad, slices, problem or unseen, shorts)
        return self._looked(part, seen)

    async def _by_slices(self) -> History:
        ask, query = self.ask, self.ask.queries.counted
        target = ask.slo.slice_target if ask.slo.slice_target is not None else ask.goal.success
        if ask.queries.total:
            slice_bad, traffic, problem = await self._count_slices()
            counts_bad = ask.queries.bad
            problem = problem or odd_count(query, slice_bad, traffic, counts_bad=counts_bad)
            total, bad = judged_slices(ratios(slice_bad, traffic), target.__le__, traffic)
        else:
            values, problem = await self._many(ask.queries.sliced)
            if ask.indicator.kind == "value":
                op, threshold = ask.indicator.op, ask.slo.threshold or 0.0
                total, bad = judged_slices(values, lambda v: op.holds(v, threshold))
            else:
                flip = ask.queries.bad
                problem = problem or odd_ratio(query, values)
                total, bad = judged_slices(values, lambda v: (1 - v if flip else v) >= target)
        count = summed(query, total)
        if problem is not None:
            # Nor do the short windows say anything: they are counted in the same slices.
            count, total, bad = problem, (), ()
        seen, unseen = await self._seen()
        short = short_from_slices(query, total, bad, ask.grid.step, ask.shorts)
        slices, problem = (total, bad), problem or unseen
        part = self._history("slices", count, summed(query, bad), slices, problem, short)
        counted = bool(ask.queries.total) or ask.indicator.kind == "value"
        return replace(self._looked(part, seen), weighed=counted)

    def _looked(self, part: History, seen: Values) -> History:
        return replace(part, slice_seen=seen, look=self.ask.look or 0.0)

    def _history(
        self,
        kind: str,
        total: Reading,
        bad: Reading | None,
        slices: tuple[Values, Values],
        problem: Reading | None,
        short: tuple[Short, ...],
    ) -> History:
        cut = self.ask.grid
        return History(
            kind,
            self.ask.goal.window,
            cut.step,
            cut.end,
            total,
            bad,
            slices[0],
            slices[1],
            problem.problem if problem else "",
            problem.detail if problem else "",
            short,
            slice_query=problem.query if problem else "",
        )

    async def _counts(self, seconds: float) -> tuple[Reading, Reading]:
        """``(bad, total)`` of the last *seconds*."""
        queries = self.ask.queries
        total = await self._one(queries.total, seconds)
        if total.value is None:
            return Reading(queries.counted, None, total.problem, total.detail), total
        counted = await self._one(queries.counted, seconds)
        return (counted if queries.bad else difference(total, counted, counted.query)), total

    async def _count_slices(self) -> tuple[Values, Values, Reading | None]:
        total, problem = await self._many(self.ask.queries.total)
        if problem is not None:
            return (), (), problem
        counted, problem = await self._many(self.ask.queries.counted)
        if problem is not None:
            return (), (), problem
        if self.ask.queries.bad:
            return counted, total, None
        bad = tuple(
            None if t is None or g is None else t - g for t, g in zip(total, counted, strict=True)
        )
        return bad, total, None

    async def _seen(self) -> tuple[Values, Reading | None]:
        """How much of each slice was scraped: a service that is down leaves no samples."""
        look = self.ask.look
        if look is None:
            return (), None
        query = presence(self.ask.queries.present, self.ask.grid.step, look)
        seen, problem = await self._range(query)
        if problem is None and not any(seen):
            return seen, Reading(query, None, "prom-empty")
        return seen, problem

    async def _ratio(self, seconds: float) -> Reading:
        reading = await self._one(self.ask.queries.counted, seconds)
        if reading.value is None or not self.ask.queries.bad:
            return reading
        return Reading(reading.query, 1 - reading.value)

    async def _short_ratio(self, seconds: float) -> Short:
        ratio = await self._ratio(seconds)
        bad = ratio if ratio.value is None else Reading(ratio.query, 1 - ratio.value)
        return Short(seconds, bad, Reading(ratio.query, 1.0))

    async def _one(self, template: str, seconds: float) -> Reading:
        query = over(template, seconds, self.ask.prometheus.scrape_interval)
        if not self._may_ask():
            return self._not_asked(query)
        result, trouble = await self.reader.instant(query, self.ask.grid.end)
        return self._noted(trouble) or one_number(query, result)

    async def _many(self, template: str) -> tuple[Values, Reading | None]:
        step = self.ask.grid.step
        return await self._range(over(template, step, self.ask.prometheus.scrape_interval))

    async def _range(self, query: str) -> tuple[Values, Reading | None]:
        cut = self.ask.grid
        found: list[float | None] = []
        for times in cut.chunks:
            if not self._may_ask():
                return (), self._not_asked(query)
            result, trouble = await self.reader.over(query, times[0], times[-1], cut.step)
            missing = self._noted(trouble)
            if missing is not None:
                return (), missing
            values, problem = many_numbers(query, result, times)
            if problem is not None:
                return (), problem
            found += values
        return tuple(found), None

    def _noted(self, trouble: Trouble | None) -> Reading | None:
        self.done += 1
        self.ctx.report(NAME, self.done, max(self.done, 5 + 2 * len(self.ask.shorts)))
        if trouble is None:
            return None
        reading = Reading(trouble.query, None, trouble.code, trouble.detail)
        self.broken = self.broken or reading
        return reading

    def _may_ask(self) -> bool:
        left = self.ctx.seconds_left()
        return self.broken is None and (left is None or left > 0)

    def _not_asked(self, query: str) -> Reading:
        if self.broken is None:
            return Reading(query, None, "prom-deadline")
        return Reading(query, None, self.broken.problem, self.broken.detail)
