"""What Prometheus counts of fallbacks, for a generator that no stub can be put behind."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from golive.api import Lane, Need, PlannedWork, Reason, RunContext, Scope, Unavailable
from golive.prometheus import PrometheusReader
from golive_gates.recovery.providers.parts import FallbackCounts
from golive_gates.recovery.settings import Settings

NAME = "fallback-counters"


class ProviderMetricsObserver:
    """Two instant queries; none where golive.yaml names no counters."""

    part = FallbackCounts
    lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        """The two queries."""
        prometheus = scope.config.prometheus
        if prometheus is None or settings.providers.counters is None:
            return ()
        url = f"GET {prometheus.url.rstrip('/')}/api/v1/query"
        return (PlannedWork(NAME, self.lane, 2, 0.4, url),)

    async def observe(self, ctx: RunContext, settings: Settings) -> FallbackCounts | Unavailable:
        """Both counts, or why Prometheus gave none."""
        counters, prometheus = settings.providers.counters, ctx.config.prometheus
        if counters is None:
            return Unavailable(Reason("no-fallback-counters"), kind="absent")
        if prometheus is None:
            return Unavailable(Reason("core.needs-prometheus"), kind="absent")
        url = prometheus.url.rstrip("/")

        def spend() -> None:
            ctx.budget.spend()
            ctx.note_sent("GET", f"{url}/api/v1/query")

        headers = dict((*ctx.headers, *ctx.prometheus_auth_headers))
        reader = PrometheusReader(prometheus, headers, spend, ctx.scope.base)
        counts: list[float | None] = []
        trouble, detail = "", ""
        try:
            for query in (counters.answered, counters.failed):
                result, problem = await reader.instant(query)
                if problem is not None:
                    trouble, detail = problem.code, problem.detail
                    break
                try:
                    counts.append(count_in(result))
                except ValueError as error:
                    trouble, detail = "prom-shape", str(error)
                    break
        finally:
            reader.close()
        if reader.warnings and not trouble:
            trouble, detail = "prom-warnings", "; ".join(reader.warnings)[:200]
        log = [{"query": a.query, "problem": a.problem, "answer": a.answer} for a in reader.asked]
        kept = ctx.evidence.add(
            f"{NAME}.json", json.dumps(log, ensure_ascii=False, indent=1), "application/json"
        )
        answered, failed = (*counts, None, None)[:2]
        return FallbackCounts(url, answered, failed, trouble, detail, (kept,))


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
