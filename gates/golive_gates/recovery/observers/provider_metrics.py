"""What Prometheus counts of fallbacks, for a generator that no stub can be put behind."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.prometheus import PrometheusReader
from golive_gates.recovery.providers.parts import Count, FallbackCounts
from golive_gates.recovery.providers.settings import GoodAndBad
from golive_gates.recovery.settings import Settings

NAME = "fallback-counters"
OF_THE_QUERY = frozenset(
    {"prom-status", "prom-shape", "prom-not-json", "prom-too-large", "prom-warnings"}
)
"""Troubles after which another query may be answered all the same."""


class ProviderMetricsObserver:
    """Two instant queries for each of the counters; none where golive.yaml names none."""

    part = FallbackCounts
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """Two queries for each of the counters."""
        prometheus, count = scope.config.prometheus, 2 * len(settings.providers.counters)
        if prometheus is None or not count:
            return ()
        url = f"GET {prometheus.url.rstrip('/')}/api/v1/query"
        return (PlannedWork(NAME, self.lane, count, 0.2 * count, url),)

    async def observe(self, ctx: RunContext, settings: Settings) -> FallbackCounts | Unavailable:
        """The counts, or for each of them why Prometheus gave none."""
        counters, prometheus = settings.providers.counters, ctx.config.prometheus
        if not counters:
            return Unavailable(Reason("no-fallback-counters"), kind="absent")
        if prometheus is None:
            return Unavailable(Reason("core.needs-prometheus"), kind="absent")
        url = prometheus.url.rstrip("/")

        def spend() -> None:
            ctx.budget.spend()
            ctx.note_sent("GET", f"{url}/api/v1/query")

        headers = dict((*ctx.headers, *ctx.prometheus_auth_headers))
        reader = PrometheusReader(prometheus, headers, spend, ctx.scope.base)
        counts: dict[str, Count] = {}
        dead: Count | None = None
        try:
            for name, queries in counters.items():
                # One that cannot be reached would cost a time-out for each further query.
                counts[name] = await counted(reader, queries) if dead is None else dead
                trouble = counts[name].trouble
                if trouble and trouble not in OF_THE_QUERY:
                    dead = replace(counts[name], good=None, bad=None)
        finally:
            reader.close()
        log = [{"query": a.query, "problem": a.problem, "answer": a.answer} for a in reader.asked]
        kept = ctx.evidence.add(
            f"{NAME}.json", json.dumps(log, ensure_ascii=False, indent=1), "application/json"
        )
        return FallbackCounts(url, counts, (kept,))


async def counted(reader: PrometheusReader, queries: GoodAndBad) -> Count:
    """Both numbers, or why one of them could not be had."""
    numbers: list[float | None] = []
    warned = len(reader.warnings)
    trouble, detail = "", ""
    for query in (queries.good, queries.bad):
        result, problem = await reader.instant(query)
        if problem is not None:
            trouble, detail = problem.code, problem.detail
            break
        try:
            numbers.append(count_in(result))
        except ValueError as error:
            trouble, detail = "prom-shape", str(error)
            break
    warnings = reader.warnings[warned:]
    if warnings and not trouble:
        trouble, detail = "prom-warnings", "; ".join(warnings)[:200]
    good, bad = (*numbers, None, None)[:2]
    return Count(good, bad, trouble, detail)


def count_in(result: object) -> float | None:
    """The one number of an instant query, ``None`` for no series. Raises ``ValueError``."""
    if not isinstance(result, list):
        raise ValueError(type(result).__name__)  # noqa: TRY004 - an answer of another shape
    if not result:
        return None
    if len(result) > 1:
        msg = f"{len(result)} series where one number is wanted"
        raise ValueError(msg)
    pair = result[0].get("value") if isinstance(result[0], Mapping) else None
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueError("no value")
    value = float(str(pair[1]))
    if not math.isfinite(value) or value < 0:
        msg = f"{pair[1]} is no count"
        raise ValueError(msg)
    return value
