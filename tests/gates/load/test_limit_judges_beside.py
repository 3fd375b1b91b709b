"""The judges of what goes on beside a used-up allowance: others, ways around, bursts."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.load.limit_parts import (
    Again,
    Answer,
    Attempt,
    Bursts,
    Bystander,
    Quota,
    Refill,
)
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.load.test_limit_judges import back, bucket, said


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        (None, Status.INCONCLUSIVE, "no-other-client"),
        (Bystander(Answer(0.0, 401)), Status.INCONCLUSIVE, "other-unusable"),
        (Bystander(Answer(0.0, 200)), Status.INCONCLUSIVE, "limit-stopped"),
        (Bystander(Answer(0.0, 200), Answer(3.0, 500)), Status.INCONCLUSIVE, "other-unusable"),
        (Bystander(Answer(0.0, 200), Answer(3.0, 429)), Status.FAIL, "shared"),
        (
            Bystander(Answer(0.0, 200), Answer(3.0, 200), Answer(3.0, 429)),
            Status.PASS,
            "isolated-served",
        ),
        # The allowance was back by then: being served beside it shows nothing.
        (
            Bystander(Answer(0.0, 200), Answer(3.0, 200), Answer(3.0, 200)),
            Status.INCONCLUSIVE,
            "reopened-beside",
        ),
        (
            Bystander(Answer(0.0, 200), Answer(3.0, 200)),
            Status.INCONCLUSIVE,
            "reopened-beside",
        ),
        (
            Bystander(
                Answer(0.0, 200, quota=Quota("RateLimit-*", 200, 199)),
                Answer(3.0, 200, quota=Quota("RateLimit-*", 200, 196)),
                Answer(3.0, 429),
                looks=3,
            ),
            Status.PASS,
            "isolated",
        ),
        (
            Bystander(
                Answer(0.0, 200, quota=Quota("RateLimit-*", 200, 199)),
                Answer(3.0, 200, quota=Quota("RateLimit-*", 200, 40)),
            ),
            Status.FAIL,
            "counted-together",
        ),
    ],
)
def test_isolation(other: Bystander | None, status: Status, code: str) -> None:
    result = p.judge("load.rate-limit-isolation", p.limit(other=other))
    assert said(result) == (status, code)


@pytest.mark.parametrize(
    ("attempts", "status", "code"),
    [
        ((), Status.INCONCLUSIVE, "limit-stopped"),
        ((Attempt("HEAD", "method", 0, open=True),), Status.INCONCLUSIVE, "reopened"),
        # Served once or twice, and a window gives no tokens back.
        ((Attempt("HEAD", "method", 3, 2, 1, 429),), Status.INCONCLUSIVE, "unclear-variants"),
        ((Attempt("HEAD", "method", 5, 2, 3, 429),), Status.INCONCLUSIVE, "unclear-variants"),
        ((Attempt("HEAD", "method", 3, 3, status=200),), Status.FAIL, "bypassed"),
        ((Attempt("HEAD", "method", 6),), Status.INCONCLUSIVE, "unclear-variants"),
        ((Attempt("HEAD", "method", 6, status=500),), Status.INCONCLUSIVE, "unclear-variants"),
        # Refused by the route and not by its limit: it got nothing either.
        ((Attempt("HEAD", "method", 1, status=404),), Status.PASS, "held"),
    ],
)
def test_bypass(attempts: tuple[Attempt, ...], status: Status, code: str) -> None:
    result = p.judge("load.rate-limit-bypass", p.limit(attempts=attempts))
    assert said(result) == (status, code)


def test_a_token_that_came_back_is_no_way_around_a_bucket() -> None:
    refused = bucket(Refill(10, 3.0, 3.1), attempts=(Attempt("HEAD", "method", 4, 1, 3, 429),))
    assert said(p.judge("load.rate-limit-bypass", refused)) == (Status.PASS, "held")
    once = bucket(Refill(10, 3.0, 3.1), attempts=(Attempt("HEAD", "method", 2, 1, 1, 429),))
    assert said(p.judge("load.rate-limit-bypass", once))[1] == "unclear-variants"


@pytest.mark.parametrize(
    ("bursts", "chosen", "status", "code"),
    [
        (None, False, Status.INCONCLUSIVE, "not-chosen"),
        (None, True, Status.INCONCLUSIVE, "limit-stopped"),
        (Bursts(270, 200, 0.4, 400, 400, 0.8), True, Status.WARN, "doubled"),
        # A fixed window that does not double around a reset was not met at one.
        (Bursts(270, 200, 0.4, 400, 200, 0.8), True, Status.INCONCLUSIVE, "boundary-missed"),
        (Bursts(270, 400, 0.4, 400, 200, 0.8), True, Status.FAIL, "over-admitted"),
        (Bursts(270, 190, 0.4, 400, 200, 0.8), True, Status.INCONCLUSIVE, "burst-disturbed"),
        (
            Bursts(270, 200, 0.4, 400, 200, 0.8, errors=3),
            True,
            Status.INCONCLUSIVE,
            "burst-disturbed",
        ),
    ],
)
def test_bursts(bursts: Bursts | None, chosen: bool, status: Status, code: str) -> None:
    part, settings = p.limit(bursts=bursts), Settings(burst=chosen)
    assert said(p.judge("load.rate-limit-burst", part, settings=settings)) == (status, code)


def test_only_a_limiter_without_resets_needs_none_to_be_met() -> None:
    settings, bursts = Settings(burst=True), Bursts(270, 200, 0.4, 400, 200, 0.8)
    sliding = p.limit(bursts=bursts, readmissions=back(again=Again(60.1, 4, 3)))
    result = p.judge("load.rate-limit-burst", sliding, settings=settings)
    assert said(result) == (Status.PASS, "held")
    untold = p.limit(bursts=bursts, readmissions=back(again=None))
    result = p.judge("load.rate-limit-burst", untold, settings=settings)
    assert said(result) == (Status.INCONCLUSIVE, "boundary-missed")


@pytest.mark.parametrize("check", ["status", "headers", "isolation", "bypass", "burst"])
def test_without_a_refusal_one_check_is_to_blame(check: str) -> None:
    result = p.judge(f"load.rate-limit-{check}", p.UNLIMITED)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "load.rate-limit")
