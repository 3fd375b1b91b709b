"""``pipeline.environment-reviewers``, and what a person says instead of GitHub."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from golive.api import EvidenceLevel, Observation
from golive.config.release import Attestation
from golive_gates.pipeline.forge.parts import Forge
from golive_gates.pipeline.forge.settings import Attested, GitHub
from golive_gates.pipeline.observers.forge import ForgeObserver
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline import github_double as g
from tests.gates.pipeline.snippets import job, pipeline, workflow
from tests.gates.saying import codes

TODAY = g.NOW.date()


def judged(environment: object, files: str = g.FILES, **changes: Any) -> tuple[str, list[str]]:
    listed = [] if environment is None else [environment]
    answers = g.world(environments={"environments": listed}, **changes)
    observation, settings = g.looked(answers, files=files)
    result = g.judged("environment-reviewers", observation, settings)
    if result.status.value in ("pass", "warn"):
        assert result.level is EvidenceLevel.MEASURED
    return result.status.value, codes(result)


def production(*rules: object, **more: object) -> dict[str, object]:
    return {"name": "production", "protection_rules": list(rules), **more}


WAIT = {"type": "wait_timer", "wait_timer": 30}


@pytest.mark.parametrize(
    ("environment", "status", "expected"),
    [
        (g.PRODUCTION, "pass", []),
        ({**g.PRODUCTION, "name": "Production"}, "pass", []),
        (None, "fail", ["environment-missing"]),
        ({**g.PRODUCTION, "name": "staging"}, "fail", ["environment-missing"]),
        (production(), "fail", ["no-reviewers"]),
        (production({"type": "required_reviewers", "reviewers": []}), "fail", ["no-reviewers"]),
        (production({"type": "branch_policy"}), "fail", ["no-reviewers"]),
        (production(WAIT), "warn", ["only-waits"]),
        (production(WAIT, g.REVIEWERS), "pass", []),
        (production(g.REVIEWERS, can_admins_bypass=True), "warn", ["admins-pass"]),
        ({"name": 3}, "inconclusive", ["gh-shape"]),
        (production("x"), "inconclusive", ["gh-shape"]),
        (production({"type": "required_reviewers", "reviewers": 1}), "inconclusive", ["gh-shape"]),
    ],
)
def test_who_is_asked(environment: object, status: str, expected: list[str]) -> None:
    assert judged(environment) == (status, expected)


def deploying(extra: str) -> str:
    return workflow({"deploy": job("kubectl apply -f k8s/", extra=extra)})


def test_what_the_files_leave_open() -> None:
    assert judged(g.PRODUCTION, deploying("")) == ("warn", ["no-environment"])
    found = judged(g.PRODUCTION, deploying("environment: ${{ vars.WHERE }}\n"))
    assert found == ("inconclusive", ["environment-unknown"])
    assert judged(g.PRODUCTION, workflow({"test": job("pytest")})) == ("inconclusive", [])


def test_environments_that_are_not_shown() -> None:
    observation, settings = g.looked(g.world(environments=g.FORBIDDEN))
    result = g.judged("environment-reviewers", observation, settings)
    assert (result.status.value, codes(result)) == ("inconclusive", ["gh-forbidden"])


def said(on: date, until: date) -> Attested:
    found = Attestation("Kim", on, until, "looked at the settings")
    return Attested(found, found)


IN_FORCE = said(TODAY - g.days(3), TODAY)
NAMES = ("branch-protection", "environment-reviewers")


def unasked(attested: Attested) -> dict[str, Any]:
    """Results where GitHub is not configured, so that nothing is sent."""
    ctx = g.context()
    settings = Settings(attested=attested)
    part = asyncio.run(ForgeObserver().observe(ctx, settings))
    assert ctx.budget.sent == 0
    assert ForgeObserver().plan(ctx.scope, settings) == ()
    seen = Observation({"Pipeline": pipeline(g.FILES), "Forge": part})
    return {name: g.judged(name, seen, settings) for name in NAMES}


def test_a_person_may_say_so() -> None:
    for result in unasked(IN_FORCE).values():
        assert (result.status.value, result.level) == ("pass", EvidenceLevel.ATTESTED)
        assert result.reason.params["by"] == "Kim"
        assert result.evidence


@pytest.mark.parametrize(
    ("attested", "code"),
    [
        (Attested(), "forge-unknown"),
        (said(TODAY - g.days(9), TODAY - g.days(1)), "attested-expired"),
        (said(TODAY + g.days(1), TODAY + g.days(9)), "attested-later"),
    ],
)
def test_what_nobody_vouches_for_is_open(attested: Attested, code: str) -> None:
    for result in unasked(attested).values():
        assert (result.status.value, result.reason.code) == ("inconclusive", code)


def test_what_github_shows_outweighs_what_is_said() -> None:
    answers = g.world(protection=g.UNPROTECTED, environments={"environments": []})
    results = g.both(answers, IN_FORCE)
    assert {r.status.value for r in results.values()} == {"fail"}


def test_what_github_does_not_show_may_be_said() -> None:
    answers = g.world(protection=g.FORBIDDEN, environments=g.FORBIDDEN)
    for result in g.both(answers, IN_FORCE).values():
        assert (result.status.value, result.level) == ("pass", EvidenceLevel.ATTESTED)
        assert result.reason.code == "attested-instead"
    expired = said(TODAY - g.days(9), TODAY - g.days(1))
    for result in g.both(answers, expired).values():
        assert result.status.value == "inconclusive"


def test_a_token_that_nobody_resolved_asks_nothing() -> None:
    settings = Settings(github=GitHub("example/shop", "env:OTHER", api="http://127.0.0.1:1"))
    ctx = g.context()
    part = asyncio.run(ForgeObserver().observe(ctx, settings))
    assert isinstance(part, Forge)
    assert ctx.budget.sent == 0
    seen = Observation({"Pipeline": pipeline(g.FILES), "Forge": part})
    assert g.judged("branch-protection", seen, settings).status.value == "inconclusive"


def test_github_that_cannot_be_reached() -> None:
    settings = Settings(github=GitHub("example/shop", "env:T", api="http://127.0.0.1:1"))
    part = asyncio.run(ForgeObserver().observe(g.context(), settings))
    seen = Observation({"Pipeline": pipeline(g.FILES), "Forge": part})
    for name in NAMES:
        result = g.judged(name, seen, settings)
        assert (result.status.value, codes(result)) == ("inconclusive", ["gh-unreachable"])


@pytest.mark.parametrize("name", ["shop", "a/b/c", "../x", "a/..", "a b/c", "a/b?x"])
def test_a_repository_is_owner_and_name(name: str) -> None:
    with pytest.raises(ValueError, match="owner/name"):
        GitHub(name, "env:T")
