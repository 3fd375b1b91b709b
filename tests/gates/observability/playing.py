"""Rules of a small service, played by the real promtool through the observer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from golive.api import CheckResult, Config, EvidenceRef, Observation, RunContext, Slo, Unavailable
from golive.codec import decode
from golive.config.model import Objective
from golive.config.release import Service
from golive.context import RequestBudget, Scope, Silent, SystemClock
from golive.model import Comparator
from golive_gates.observability import GATE
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.observers.behaviour import BehaviourObserver
from golive_gates.observability.parts import Alerting
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.settings import Settings
from tests.gates.observability.exposing import MONITOR, exposed
from tests.gates.observability.snippets import alerting
from tests.gates.saying import said

CHECKS = {c.spec.name: c for c in GATE.checks}


class Kept:
    """An evidence store that remembers."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        text = content if isinstance(content, str) else content.decode()
        self.texts[name] = text
        return EvidenceRef(name, name, "2" * 64, len(text), media_type)


def _histogram(name: str, labels: str, bounds: Iterable[str]) -> str:
    comma = "," if labels else ""
    lines = [f"# TYPE {name} histogram"]
    lines += [f'{name}_bucket{{{labels}{comma}le="{bound}"}} 0' for bound in (*bounds, "+Inf")]
    braces = f"{{{labels}}}" if labels else ""
    return "\n".join([*lines, f"{name}_sum{braces} 0", f"{name}_count{braces} 0"]) + "\n"


BOUNDS = ("0.1", "0.25", "0.5", "1.0", "2.0", "3.0", "5.0", "10.0")


def page(*, bounds: Iterable[str] = BOUNDS, status: str = "code", more: str = "") -> str:
    """What the service exposes: one route, one provider call, one stream."""
    route = 'method="POST",path="/api/generate"'
    return (
        "# TYPE http_requests_total counter\n"
        + "".join(
            f'http_requests_total{{{route},{status}="{code}"}} 7\n'
            for code in ("200", "401", "429", "500")
        )
        + f'http_requests_total{{method="GET",path="/healthz",{status}="200"}} 9\n'
        + _histogram("http_request_duration_seconds", route, bounds)
        + _histogram("sse_first_content_seconds", "", bounds)
        + "# TYPE provider_requests_total counter\n"
        + "".join(
            f'provider_requests_total{{provider="{p}",outcome="{o}"}} 1\n'
            for p in ("openai", "anthropic")
            for o in ("ok", "timeout")
        )
        + '# TYPE sse_streams_total counter\nsse_streams_total{outcome="completed"} 5\n'
        + 'sse_streams_total{outcome="aborted"} 0\n'
        + dedent(more)
    )


def rate(selector: str) -> str:
    return f"sum(rate({selector}[5m]))"


_USERS = 'http_requests_total{path!="/healthz"}'
_ERRORS = 'http_requests_total{code=~"5..",path!="/healthz"}'
_CALLS = 'provider_requests_total{provider="%s"}'
_FAILED = 'provider_requests_total{provider="%s",outcome!="ok"}'
_ABORTED = 'sse_streams_total{outcome="aborted"}'


def _share(part: str, whole: str, limit: str) -> str:
    return f"{rate(part)} / {rate(whole)} > {limit} and {rate(whole)} > 0.05"


GOOD: Mapping[str, str] = {
    "Errors": _share(_ERRORS, _USERS, "0.01"),
    "Slow": "histogram_quantile(0.95, sum by (le) ("
    "rate(sse_first_content_seconds_bucket[5m]))) > 2",
    "Unauthorised": rate('http_requests_total{code="401"}') + " > 1",
    "Limited": rate('http_requests_total{code="429"}') + " > 1",
    "OpenAI": _share(_FAILED % "openai", _CALLS % "openai", "0.2"),
    "Anthropic": _share(_FAILED % "anthropic", _CALLS % "anthropic", "0.2"),
    "Aborted": _share(_ABORTED, "sse_streams_total", "0.1"),
    "Down": "up == 0",
    "Gone": 'absent(up{job="api"})',
}
"""Expressions of alerts that answer every signal, by the alert's name."""


def rule_file(
    alerts: Mapping[str, str],
    *,
    hold: str = "2m",
    labels: str = "{severity: critical}",
    group: str = "",
    more: str = "",
) -> str:
    """A rule file with *alerts*. *group*: further fields of the group; *more*: further rules."""
    listed = "".join(
        f"      - alert: {name}\n        expr: {expr!r}\n        for: {hold}\n"
        f"        labels: {labels}\n        annotations: {{summary: s, runbook_url: https://a.b/c}}\n"
        for name, expr in alerts.items()
    )
    extra = indent(dedent(group).strip() + "\n", "    ") if group else ""
    return f"groups:\n  - name: g\n    interval: 30s\n{extra}    rules:\n{listed}" + indent(
        dedent(more).strip() + "\n", "      "
    )


def without(*names: str, **others: str) -> dict[str, str]:
    """The good alerts but for *names*; *others* are added or take the place of theirs."""
    return {**{k: v for k, v in GOOD.items() if k not in names}, **others}


SLOS = (
    Slo("error-rate", objective=Objective(Comparator.LT, 0.01), window=3600.0),
    Slo("sse-first-event", objective=Objective(Comparator.GE, 0.95), window=3600.0, threshold=2.0),
)


def context(
    files: Alerting | Unavailable,
    part: Exposed | Unavailable,
    *,
    slos: tuple[Slo, ...] = SLOS,
    target: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> RunContext:
    """What the observer is given."""
    raw = {"api_version": "golive/v1", "service": {"name": "shop", "version": "v1"}}
    config = decode(Config, {**raw, "target": target})
    config = Config("golive/v1", Service("shop", "v1"), target=config.target, slos=slos)
    return RunContext(
        "r",
        "observability",
        Scope(config, Path()),
        SystemClock(),
        kept or Kept(),
        RequestBudget(0),
        Silent(),
        (),
        observed=Observation({"Alerting": files, "Exposed": part}),
    )


def play(
    *files: str,
    pages: Mapping[str, str | bytes] | None = None,
    part: Exposed | Unavailable | None = None,
    settings: Settings | None = None,
    problems: int = 0,
    **more: Any,
) -> Observation:
    """All parts, with what the observer saw."""
    read = alerting(*files, MONITOR, problems=problems)
    seen = part or exposed(pages or {"api": page()}, files=read)
    ctx = context(read, seen, **more)
    found = asyncio.run(BehaviourObserver().observe(ctx, settings or Settings()))
    return Observation({"Alerting": read, "Exposed": seen, "Behaviour": found})


@cache
def good() -> Observation:
    """The good rules, played once."""
    return play(rule_file(GOOD))


def behaviour(seen: Observation) -> Behaviour:
    """The part, which has to be there."""
    return seen.require(Behaviour)


def judged(name: str, seen: Observation, settings: Settings | None = None) -> CheckResult:
    """The result of check *name*; sayable in both languages."""
    result = CHECKS[name].evaluate(seen, settings or Settings())
    said(result)
    return result


def soonest(seen: Observation, scenario: str) -> dict[str, float]:
    """Alerts of the first set that fired in *scenario*, with seconds after the fault began."""
    (played,) = (p for p in behaviour(seen).sets[0].scenarios if p.scenario == scenario)
    found: dict[str, float] = {}
    for firing in played.firings:
        found[firing.alert] = min(firing.after, found.get(firing.alert, firing.after))
    return found
