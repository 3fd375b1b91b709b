"""Let the live observer look at a double, and judge what it saw, in both languages."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import dedent

from golive.api import CheckResult, Config, Observation, Reason, RunContext, Unavailable
from golive.codec import decode, encode
from golive.config.model import Cluster as ClusterConfig
from golive.config.model import Service as Product
from golive.context import SystemClock
from golive_gates.manifests import GATE
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.observers.live import LiveObserver
from golive_gates.manifests.settings import Settings
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster, kubeconfig, serving
from tests.gates.manifests.snippets import manifests
from tests.gates.saying import said
from tests.gates.slo import doubles

CHECKS = {c.spec.name: c for c in GATE.checks if c.spec.name.startswith("live-")}


@dataclass(frozen=True)
class Later(SystemClock):
    """The machine's clock, set ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


def context(cluster: ClusterConfig | None, observed: Observation | None = None) -> RunContext:
    settled = Config("golive/v1", Product("shop", "1"), cluster=cluster)
    return replace(doubles.context(settled, observed=observed), gate="manifests")


def looked(ctx: RunContext) -> Live | Unavailable:
    """What the observer returns: within its plan, listed, only GET, as its record will say."""
    part = asyncio.run(LiveObserver().observe(ctx, Settings()))
    if isinstance(part, Live):
        assert decode(Live, json.loads(json.dumps(encode(part), allow_nan=False))) == part
    planned = LiveObserver().plan(ctx.scope, Settings())
    assert ctx.budget.sent <= sum(w.requests for w in planned)
    assert sum(r.count for r in ctx.sent.requests) == ctx.budget.sent
    assert {r.method for r in ctx.sent.requests} <= {"GET"}
    return part


def observed(
    cluster: Cluster,
    folder: Path,
    files: str | None = world.RELEASE,
    *,
    namespace: str = world.NAMESPACE,
    ahead: timedelta = timedelta(),
) -> Observation:
    """Both parts: the files' objects, and what the double showed of them."""
    known = Observation({"Manifests": Unavailable(Reason("core.needs-files"))})
    if files is not None:
        known = Observation({"Manifests": manifests(dedent(files))})
    with serving(cluster) as url:
        config = ClusterConfig(namespace, kubeconfig=kubeconfig(folder, url))
        ctx = replace(context(config, known), clock=Later(ahead))
        part = looked(ctx)
    assert {method for method, _, _ in cluster.requests} <= {"GET"}, "something was written"
    return known.with_part("Live", part)


def judged(name: str, seen: Observation, settings: Settings | None = None) -> CheckResult:
    """The result of live check *name*; every sentence of it can be said."""
    result = CHECKS[name].evaluate(seen, settings or Settings())
    said(result)
    return result


def every(seen: Observation, settings: Settings | None = None) -> dict[str, CheckResult]:
    """Results of all live checks by name."""
    return {name: judged(name, seen, settings) for name in CHECKS}
