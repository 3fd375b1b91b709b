"""The Prometheus of the release: its targets, the rules it has loaded, the series they read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from golive.api import (
    Lane,
    Need,
    PlannedWork,
    Prometheus,
    Reason,
    RunContext,
    Scope,
    Unavailable,
)
from golive.prometheus import PrometheusReader
from golive_gates.observability.live import asking, reading
from golive_gates.observability.live.looks import MOST_QUERIES, Looker
from golive_gates.observability.live.parts import Gap, LivePrometheus, LiveRule, LiveTarget
from golive_gates.observability.live.subjects import subjects_of
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.model import RuleSet
from golive_gates.observability.settings import Settings

NAME = "live-prometheus"
MOST_BYTES = 64 * 1024 * 1024
"""Of one answer: the targets of a large cluster."""
STANDARD_INTERVAL = 30.0
"""``prometheus.scrape_interval`` where golive.yaml leaves it out."""
MOST_WARNINGS = 20


class LivePrometheusObserver:
    """Asks Prometheus through prometheus-api-client and its HTTP API; nothing is written."""

    part = LivePrometheus
    lane = Lane.QUIET
    needs = frozenset({Need.PROMETHEUS})

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Time, targets, rules, and bounded queries about the series that rules read."""
        del settings
        prometheus = scope.config.prometheus
        if prometheus is None:
            return ()
        url = f"GET {prometheus.url.rstrip('/')}/api/v1"
        return (
            PlannedWork(NAME, self.lane, 3, 0.6, f"{url}/query, /targets, /rules"),
            PlannedWork(
                *(NAME, self.lane, MOST_QUERIES, 2.0, f"{url}/query, /metadata"),
                f"many selectors in one query, at most {MOST_QUERIES} queries",
            ),
        )

    async def observe(self, ctx: RunContext, settings: Settings) -> LivePrometheus | Unavailable:
        """One look, or why Prometheus cannot be asked at all."""
        prometheus = ctx.config.prometheus
        if prometheus is None:
            return Unavailable(Reason("core.needs-prometheus"), kind="absent")

        url = f"{prometheus.url.rstrip('/')}/api/v1"

        def spend() -> None:
            ctx.budget.spend()
            ctx.note_sent("GET", url)

        headers = dict((*ctx.headers, *ctx.prometheus_auth_headers))
        reader = PrometheusReader(prometheus, headers, spend, ctx.scope.base, most_bytes=MOST_BYTES)
        try:
            return await _Look(ctx, settings, prometheus, reader).look()
        finally:
            reader.close()


@dataclass(slots=True)
class _Look:
    """One look; an answer that is missing becomes a gap, and the next one is asked for."""

    ctx: RunContext
    settings: Settings
    prometheus: Prometheus
    reader: PrometheusReader
    gaps: list[Gap] = field(default_factory=list)

    async def look(self) -> LivePrometheus | Unavailable:
        ctx = self.ctx
        clocks = await self._clocks()
        if isinstance(clocks, Unavailable):
            return clocks
        at, skew = clocks
        files = ctx.observed.find(Alerting)
        rules = RuleSet() if isinstance(files, Unavailable) else rules_of(files)
        objects = () if isinstance(files, Unavailable) else files.objects
        ctx.report(NAME, 1, 4)
        targets = await self._targets()
        ctx.report(NAME, 2, 4)
        loaded, count = await self._rules(frozenset(r.name for r in rules.rules))
        ctx.report(NAME, 3, 4)
        looks, gap = await Looker(self.reader, self._may_ask).look(asking.wanted(rules))
        self.gaps += [gap] if gap is not None else []
        services = ctx.config.target.services if ctx.config.target is not None else ()
        named = asking.names_asked(rules)
        labels = self.settings.target_labels
        return LivePrometheus(
            url=self.prometheus.url,
            at=at,
            skew=skew,
            asked=asked_interval(self.prometheus, self.settings),
            subjects=subjects_of(services, objects, named, labels, targets),
            active=len(targets),
            longest=max((t.interval or 0.0 for t in targets), default=0.0),
            rules=loaded,
            loaded=count,
            looks=looks,
            gaps=tuple(self.gaps),
            warnings=tuple(dict.fromkeys(self.reader.warnings))[:MOST_WARNINGS],
            evidence=(ctx.evidence.add("prometheus-live.jsonl", self._log(), "application/jsonl"),),
        )

    async def _clocks(self) -> tuple[float, float] | Unavailable:
        """Prometheus' time, and by how much ours is ahead of it at least."""
        before = self.ctx.clock.now().timestamp()
        result, trouble = await self.reader.instant("time()")
        after = self.ctx.clock.now().timestamp()
        if trouble is not None:
            return self._unavailable(trouble.code, trouble.detail)
        try:
            _, at = reading.sample(result)
        except reading.Odd as odd:
            return self._unavailable("prom-shape", str(odd))
        # Its time was taken somewhere between ours: only what lies outside is a difference.
        return at, max(0.0, before - at) or min(0.0, after - at)

    def _unavailable(self, code: str, detail: str) -> Unavailable:
        self.ctx.evidence.add("prometheus-live.jsonl", self._log(), "application/jsonl")
        return Unavailable(Reason(code, {"url": self.prometheus.url, "detail": detail or "-"}))

    async def _targets(self) -> tuple[LiveTarget, ...]:
        data, trouble = await self.reader.targets()
        try:
            if trouble is None:
                return reading.targets(data)
            self.gaps.append(Gap("targets", trouble.code, trouble.detail))
        except reading.Odd as odd:
            self.gaps.append(Gap("targets", "prom-shape", str(odd)))
        return ()

    async def _rules(self, names: frozenset[str]) -> tuple[tuple[LiveRule, ...], int]:
        data, trouble = await self.reader.get("rules")
        try:
            if trouble is None:
                return reading.rules(data, names)
            self.gaps.append(Gap("rules", trouble.code, trouble.detail))
        except reading.Odd as odd:
            self.gaps.append(Gap("rules", "prom-shape", str(odd)))
        return (), 0

    def _may_ask(self) -> bool:
        left = self.ctx.seconds_left()
        return left is None or left > 0

    def _log(self) -> str:
        return "".join(
            json.dumps(
                {"query": a.query, "problem": a.problem, "answer": a.answer}, ensure_ascii=False
            )
            + "\n"
            for a in self.reader.asked
        )


def asked_interval(prometheus: Prometheus, settings: Settings) -> float:
    """The scrape interval that is asked for: what ``prometheus`` declares, else the gate's."""
    declared = prometheus.scrape_interval
    return settings.scrape_interval if declared == STANDARD_INTERVAL else declared
