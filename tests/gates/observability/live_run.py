"""Let the live observers look at a Prometheus or Alertmanager, and judge what they saw."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from golive.api import (
    CheckResult,
    Config,
    Observation,
    Prometheus,
    Reason,
    RunContext,
    ServiceEndpoint,
    Target,
    Unavailable,
)
from golive.codec import decode, encode
from golive.config.model import Service as Product
from golive.context import SystemClock
from golive.sources.reading import read_tree
from golive_gates.observability import GATE
from golive_gates.observability.live.drill_parts import Drill
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.observers.drill import DrillObserver
from golive_gates.observability.observers.live_prometheus import LivePrometheusObserver
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import EVIDENCE
from tests.gates.saying import said
from tests.gates.slo import doubles

CHECKS = {c.spec.name: c for c in GATE.checks}
LIVE = ("live-targets", "live-rules", "live-metrics", "live-freshness")
RELEASE = Path(__file__).parents[3] / "examples" / "golive_demo" / "release"
RULES = RELEASE / "prometheus" / "rules.yml"
SERVICES = (
    ServiceEndpoint("project-service", "http://127.0.0.1:1"),
    ServiceEndpoint("generation-service", "http://127.0.0.1:1"),
)
NO_FILES = Unavailable(Reason("core.needs-files"), kind="absent")


@dataclass(frozen=True)
class Later(SystemClock):
    """The machine's clock, set ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


def files(*paths: Path) -> Alerting:
    """What the files observer makes of *paths*."""
    tree = read_tree(list(paths), paths[0].parent)
    return Alerting(tree.files, tree.documents, tree.objects, tree.problems, (EVIDENCE,))


def context(
    prometheus: Prometheus | None,
    known: Mapping[str, object],
    services: tuple[ServiceEndpoint, ...] = SERVICES,
    **changes: Any,
) -> RunContext:
    """A run of the gate with its parts so far."""
    target = Target(services) if services else None
    settled = Config("golive/v1", Product("shop", "1"), target=target, prometheus=prometheus)
    ctx = doubles.context(settled, observed=Observation(known))
    return replace(ctx, gate="observability", **changes)


async def looked(
    prometheus: Prometheus,
    alerting: Alerting | Unavailable = NO_FILES,
    settings: Settings | None = None,
    *,
    services: tuple[ServiceEndpoint, ...] = SERVICES,
    ahead: float = 0.0,
    seconds: float | None = None,
) -> Observation:
    """Both parts: the files, and what Prometheus showed within what was planned."""
    settings = settings or Settings()
    known = {"Alerting": alerting}
    ctx = context(prometheus, known, services, clock=Later(timedelta(seconds=ahead)))
    if seconds is not None:
        ctx = replace(ctx, deadline=ctx.clock.monotonic() + seconds)
    part = await LivePrometheusObserver().observe(ctx, settings)
    planned = LivePrometheusObserver().plan(ctx.scope, settings)
    assert ctx.budget.sent <= sum(w.requests for w in planned)
    assert sum(r.count for r in ctx.sent.requests) == ctx.budget.sent
    assert {r.method for r in ctx.sent.requests} == {"GET"}
    if isinstance(part, LivePrometheus):
        assert decode(LivePrometheus, json.loads(json.dumps(encode(part), allow_nan=False))) == part
    return Observation({**known, "LivePrometheus": part})


def seen(prometheus: Prometheus, *given: Any, **more: Any) -> Observation:
    """``looked``, from where no loop runs."""
    return asyncio.run(looked(prometheus, *given, **more))


def judged(name: str, observation: Observation, settings: Settings | None = None) -> CheckResult:
    """The result of check *name*; every sentence of it can be said."""
    result = CHECKS[name].evaluate(observation, settings or Settings())
    said(result)
    return result


def every(observation: Observation) -> dict[str, CheckResult]:
    """Results of the checks about Prometheus, by name."""
    return {name: judged(name, observation) for name in LIVE}


def statuses(observation: Observation) -> dict[str, str]:
    """Their statuses alone."""
    return {name: result.status.value for name, result in every(observation).items()}


def drilled(
    settings: Settings, alerting: Alerting | Unavailable = NO_FILES, **changes: Any
) -> tuple[CheckResult, RunContext]:
    """The result of a drill within what was planned, and its run."""
    ctx = context(None, {"Alerting": alerting}, **changes)
    part = asyncio.run(DrillObserver().observe(ctx, settings))
    planned = DrillObserver().plan(ctx.scope, settings)
    assert ctx.budget.sent <= sum(w.requests for w in planned)
    assert sum(r.count for r in ctx.sent.requests) == ctx.budget.sent
    if isinstance(part, Drill):
        assert decode(Drill, json.loads(json.dumps(encode(part), allow_nan=False))) == part
    return judged("delivery-drill", Observation({"Drill": part}), settings), ctx
