"""A double of GitHub's REST API on loopback, and a look at it within what was planned.

It is no GitHub: it answers what GitHub documents, or what a test tells it to.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from golive.api import CheckResult, Config, Observation, RunContext
from golive.codec import decode, encode
from golive.config.model import Service
from golive.context import SystemClock
from golive.secrets import Secret
from golive_gates.pipeline import GATE
from golive_gates.pipeline.forge.parts import Forge
from golive_gates.pipeline.forge.settings import Attested, GitHub
from golive_gates.pipeline.observers.forge import ForgeObserver
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import job, pipeline, workflow
from tests.gates.saying import said
from tests.gates.slo import doubles as d

TOKEN = "made-up-token-0123456789"
REPOSITORY = "example/shop"
ROOT = f"/repos/{REPOSITORY}"
BRANCH = f"{ROOT}/branches/main"
ACTIONS = 15368
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHECKS = {c.spec.name: c for c in GATE.checks}

PROTECTION: dict[str, Any] = {
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "required_status_checks": {
        "strict": True,
        "contexts": ["test"],
        "checks": [{"context": "test", "app_id": ACTIONS}],
    },
    "enforce_admins": {"enabled": True},
    "allow_force_pushes": {"enabled": False},
}
RULES: list[Any] = [
    {
        "type": "pull_request",
        "ruleset_id": 7,
        "parameters": {"required_approving_review_count": 2, "require_code_owner_review": True},
    },
    {
        "type": "required_status_checks",
        "ruleset_id": 7,
        "parameters": {"required_status_checks": [{"context": "test", "integration_id": ACTIONS}]},
    },
    {"type": "non_fast_forward", "ruleset_id": 7},
]
REVIEWERS = {"type": "required_reviewers", "reviewers": [{"type": "Team", "reviewer": {"id": 1}}]}
PRODUCTION = {"name": "production", "protection_rules": [REVIEWERS], "can_admins_bypass": False}
UNPROTECTED = d.answer(404, {"message": "Branch not protected"})
NOT_FOUND = d.answer(404, {"message": "Not Found"})
FORBIDDEN = d.answer(403, {"message": "Resource not accessible by personal access token"})

FILES = workflow(
    {
        "test": job("pytest"),
        "deploy": job("kubectl apply -f k8s/", extra="needs: [test]\nenvironment: production\n"),
    }
)


class Moment(SystemClock):
    """The machine's clock, with a day of its own."""

    def now(self) -> datetime:
        return NOW


def world(**changes: Any) -> dict[str, Any]:
    """Answers by path: a branch protected in the classic way; *changes* by the last word."""
    paths = {
        "repository": ROOT,
        "branch": BRANCH,
        "protection": f"{BRANCH}/protection",
        "rules": f"{ROOT}/rules/branches/main",
        "ruleset": f"{ROOT}/rulesets/7",
        "environments": f"{ROOT}/environments",
    }
    usual: dict[str, Any] = {
        "repository": {"full_name": REPOSITORY, "default_branch": "main"},
        "branch": {"name": "main", "protected": True},
        "protection": PROTECTION,
        "rules": [],
        "ruleset": {"name": "main", "bypass_actors": []},
        "environments": {"total_count": 1, "environments": [PRODUCTION]},
    }
    return {paths[name]: value for name, value in {**usual, **changes}.items()}


def handler(answers: Mapping[str, Any]) -> d.Handler:
    def answer(got: d.Got) -> d.Answer:
        assert got.headers["authorization"] == f"Bearer {TOKEN}"
        parts = urlsplit(got.path)
        found = answers.get(parts.path, NOT_FOUND)
        if callable(found) or isinstance(found, bytes):
            return found
        if isinstance(found, list) and "per_page=" in parts.query:
            found = _page(found, parts.query)
        return d.answer(200, found)

    return answer


def _page(listed: list[Any], query: str) -> list[Any]:
    given = parse_qs(query)
    size, page = int(given["per_page"][0]), int(given["page"][0])
    return listed[(page - 1) * size : page * size]


def github(url: str, **changes: Any) -> GitHub:
    return GitHub(**{"repository": REPOSITORY, "token": "env:T", "api": url, **changes})


def context(**changes: Any) -> RunContext:
    ctx = d.context(Config("golive/v1", Service("shop", "1")))
    secrets = {"env:T": Secret(TOKEN, "env:T")}
    return replace(ctx, gate="pipeline", clock=Moment(), secrets=secrets, **changes)


def looked(
    answers: Mapping[str, Any],
    attested: Attested | None = None,
    *,
    seconds: float | None = None,
    files: str = FILES,
    **changes: Any,
) -> tuple[Observation, Settings]:
    """What the observer makes of *answers*, beside *files*; *changes* of the settings."""

    async def work() -> tuple[Forge, Settings]:
        async with d.target(handler(answers)) as double:
            settings = Settings(
                github=github(double.url, **changes), attested=attested or Attested()
            )
            ctx = context()
            if seconds is not None:
                ctx = replace(ctx, deadline=ctx.clock.monotonic() + seconds)
            part = await ForgeObserver().observe(ctx, settings)
            assert isinstance(part, Forge)
            planned = ForgeObserver().plan(ctx.scope, settings)
            assert ctx.budget.sent <= sum(w.requests for w in planned)
            assert sum(r.count for r in ctx.sent.requests) == ctx.budget.sent
            assert {g.method for g in double.requests} <= {"GET"}
            return part, settings

    part, settings = asyncio.run(work())
    text = json.dumps(encode(part), allow_nan=False)
    assert decode(Forge, json.loads(text)) == part
    assert TOKEN not in text
    return Observation({"Pipeline": pipeline(files), "Forge": part}), settings


def judged(name: str, observation: Observation, settings: Settings) -> CheckResult:
    """The result of check *name*; every sentence of it can be said."""
    return said(CHECKS[name].evaluate(observation, settings))


def both(answers: Mapping[str, Any], *given: Any, **more: Any) -> dict[str, CheckResult]:
    """Results of both checks, by name."""
    observation, settings = looked(answers, *given, **more)
    names = ("branch-protection", "environment-reviewers")
    return {name: judged(name, observation, settings) for name in names}


def days(number: int) -> timedelta:
    return timedelta(days=number)
