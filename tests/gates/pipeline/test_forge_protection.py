"""``pipeline.branch-protection`` on a double of GitHub's API."""

from __future__ import annotations

from typing import Any

import pytest

from golive.api import EvidenceLevel
from tests.gates.pipeline import github_double as g
from tests.gates.pipeline.snippets import job, workflow
from tests.gates.saying import codes
from tests.gates.slo import doubles as d


def judged(files: str = g.FILES, reviews: int = 1, **changes: Any) -> tuple[str, list[str]]:
    observation, settings = g.looked(g.world(**changes), files=files, reviews=reviews)
    result = g.judged("branch-protection", observation, settings)
    if result.status.value in ("pass", "warn"):
        assert result.level is EvidenceLevel.MEASURED
    return result.status.value, codes(result)


def protection(**changes: Any) -> dict[str, Any]:
    return {**g.PROTECTION, **changes}


ABSENT = {"protection": g.UNPROTECTED}
HIDDEN = {"protection": g.FORBIDDEN}


def test_a_branch_protected_in_the_classic_way() -> None:
    assert judged() == ("pass", [])


def test_a_branch_protected_by_rulesets() -> None:
    assert judged(rules=g.RULES, **ABSENT) == ("pass", [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (ABSENT, ["unprotected"]),
        ({"protection": protection(required_pull_request_reviews=None)}, ["too-few-reviews"]),
        (
            {"protection": protection(required_pull_request_reviews={})},
            ["too-few-reviews"],
        ),
        ({"protection": protection(required_status_checks=None)}, ["no-required-checks"]),
        ({"protection": protection(allow_force_pushes={"enabled": True})}, ["force-pushes"]),
        ({**ABSENT, "rules": g.RULES[:2]}, ["force-pushes"]),
        ({**ABSENT, "rules": g.RULES[1:]}, ["too-few-reviews"]),
        (
            {**ABSENT, "rules": [{"type": "creation"}]},
            ["too-few-reviews", "no-required-checks", "force-pushes"],
        ),
        (
            {"protection": {}},
            ["too-few-reviews", "no-required-checks", "admins-exempt"],
        ),
    ],
)
def test_a_way_past_the_gates(changes: dict[str, Any], expected: list[str]) -> None:
    assert judged(**changes) == ("fail", expected)


def test_protection_and_rulesets_count_together() -> None:
    open_reviews = protection(required_pull_request_reviews=None)
    assert judged(protection=open_reviews, rules=g.RULES[:1]) == ("pass", [])
    assert judged(reviews=2) == ("fail", ["too-few-reviews"])
    assert judged(reviews=2, rules=g.RULES) == ("pass", [])


def test_ways_around_are_only_said() -> None:
    exempt = {"protection": protection(enforce_admins={"enabled": False})}
    assert judged(**exempt) == ("warn", ["admins-exempt"])
    assert judged(**exempt, rules=g.RULES) == ("pass", [])
    actor = {"actor_id": 1, "actor_type": "Team", "bypass_mode": "always"}
    ruleset = {"name": "main", "bypass_actors": [actor]}
    assert judged(rules=g.RULES, ruleset=ruleset) == ("warn", ["ruleset-bypass"])
    ruleset = {"name": "main", "bypass_actors": [{**actor, "bypass_mode": "pull_request"}]}
    assert judged(rules=g.RULES, ruleset=ruleset) == ("pass", [])
    assert judged(rules=g.RULES, ruleset=g.FORBIDDEN) == ("pass", [])


@pytest.mark.parametrize(
    ("branch", "answer"), [(False, g.NOT_FOUND), (False, g.FORBIDDEN), (True, g.UNPROTECTED)]
)
def test_no_protection_is_told_apart_from_no_right(branch: bool, answer: bytes) -> None:
    found = judged(branch={"protected": branch}, protection=answer)
    assert found == ("fail", ["unprotected"])


@pytest.mark.parametrize("answer", [g.NOT_FOUND, g.FORBIDDEN])
def test_a_token_that_may_not_read_it_decides_nothing(answer: bytes) -> None:
    assert judged(protection=answer) == ("inconclusive", ["gh-no-right"])
    # What every reader may see proves it all the same.
    assert judged(protection=answer, rules=g.RULES) == ("pass", [])


def test_rules_that_are_not_shown_can_only_add() -> None:
    assert judged(rules=g.FORBIDDEN) == ("pass", [])
    missing = protection(required_status_checks=None)
    assert judged(rules=g.FORBIDDEN, protection=missing) == ("inconclusive", ["gh-forbidden"])


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (d.answer(401, {"message": "Bad credentials"}), "gh-token"),
        (g.NOT_FOUND, "gh-no-repository"),
        (g.FORBIDDEN, "gh-forbidden"),
        (
            d.answer(403, {"message": "x"}, X_RateLimit_Remaining="0", X_RateLimit_Reset="1800000"),
            "gh-rate-limit",
        ),
        (d.answer(403, {"message": "secondary rate limit"}), "gh-rate-limit"),
        (d.answer(429, {"message": "x"}, Retry_After="60"), "gh-rate-limit"),
        (d.answer(429, b"", X_RateLimit_Reset="9" * 30), "gh-rate-limit"),
        (d.answer(500, {"message": "x"}), "gh-status"),
        (d.answer(502, b"<html>"), "gh-status"),
        (d.answer(301, b"", Location="https://elsewhere.example/"), "gh-redirect"),
        (d.answer(200, b"<html>"), "gh-shape"),
        (d.answer(200, [1]), "gh-shape"),
        (d.answer(200, b"null nonsense"), "gh-shape"),
        (d.answer(204, b""), "gh-status"),
        (b"nonsense\r\n\r\n", "gh-shape"),
    ],
)
def test_no_answer_decides_nothing(answer: bytes, code: str) -> None:
    results = g.both(g.world(repository=answer))
    assert {(r.status.value, *codes(r)) for r in results.values()} == {("inconclusive", code)}
    assert all(not r.level.reaches(EvidenceLevel.ATTESTED) for r in results.values())


@pytest.mark.parametrize(
    "odd",
    [
        {"protection": [1]},
        {"protection": protection(required_pull_request_reviews=[1])},
        {"protection": protection(enforce_admins=1)},
        {"protection": protection(required_pull_request_reviews={
            "required_approving_review_count": "2"})},
        {"rules": {"message": "x"}, "protection": g.UNPROTECTED},
        {"rules": ["x"], "protection": g.UNPROTECTED},
        {"rules": [{"type": "pull_request", "parameters": 3}], "protection": g.UNPROTECTED},
        {"branch": {"protected": "yes"}},
    ],
)  # fmt: skip
def test_odd_answers_decide_nothing(odd: dict[str, Any]) -> None:
    assert judged(**odd) == ("inconclusive", ["gh-shape"])


def test_a_branch_that_is_not_there() -> None:
    assert judged(branch=g.NOT_FOUND) == ("inconclusive", ["gh-no-branch"])


def test_lists_are_read_to_their_end_or_not_at_all() -> None:
    many: list[Any] = [{"type": "creation"}] * 150
    assert judged(rules=[*many, *g.RULES], **ABSENT) == ("pass", [])
    assert judged(rules=many * 4, **ABSENT) == ("inconclusive", ["gh-too-many"])


def test_no_time_left_decides_nothing() -> None:
    observation, settings = g.looked(g.world(), seconds=0.0)
    result = g.judged("branch-protection", observation, settings)
    assert (result.status.value, codes(result)) == ("inconclusive", ["gh-deadline"])


@pytest.mark.parametrize(
    ("context", "files"),
    [
        ("test", g.FILES),
        ("All tests", workflow({"t": job("pytest", extra="name: All tests\n")})),
        ("t (3.9, x)", workflow({"t": job("x", extra="strategy: {matrix: {a: [1]}}\n")})),
        (
            "Test 3.9!",
            workflow(
                {
                    "t": job(
                        "x",
                        extra="name: Test ${{ matrix.a }}!\nstrategy: {matrix: {a: [1]}}\n",
                    )
                }
            ),
        ),
        ("ci / inner", workflow({"ci": "uses: org/repo/.github/workflows/x.yml@v1\n"})),
    ],
)
def test_required_checks_are_jobs(context: str, files: str) -> None:
    checks = {"checks": [{"context": context, "app_id": g.ACTIONS}]}
    known = protection(required_status_checks=checks)
    assert judged(files, protection=known) == ("pass", [])
    checks = {"checks": [{"context": f"{context}?", "app_id": g.ACTIONS}]}
    gone = protection(required_status_checks=checks)
    assert judged(files, protection=gone)[0] == ("pass" if "ci /" in context else "warn")


def test_a_check_of_somebody_else_need_not_be_a_job() -> None:
    for checks in ({"contexts": ["ci/jenkins"]}, {"checks": [{"context": "x", "app_id": 9}]}):
        assert judged(protection=protection(required_status_checks=checks)) == ("pass", [])


def test_a_job_that_no_change_starts_is_no_check() -> None:
    nightly = workflow({"test": job("pytest")}, on="{schedule: [{cron: '0 3 * * *'}]}")
    both = f"{nightly}"
    assert judged(both) == ("pass", [])  # no workflow reports anything: nothing to hold it against
