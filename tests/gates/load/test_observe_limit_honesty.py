"""What the procedure may not take for proof: buckets of another rate, odd answers, a reset."""

from __future__ import annotations

import pytest

from golive.api import RateLimit, Scope, Status
from golive_gates.load.limit_parts import RateLimitSeen
from golive_gates.load.observers.rate_limit import RateLimitObserver
from golive_gates.load.settings import Settings
from tests.gates.load import limiters as lim
from tests.gates.load.test_observe_rate_limit import CLIENTS, LIMIT, judged, said, seen_of
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("speed", "codes"),
    # Where the pause was too unsteady to measure the refill, the burst shows what was too many.
    [(0.5, ("refill-slower",)), (2.0, ("refill-faster", "more")), (3.0, ("refill-faster", "more"))],
)
async def test_a_bucket_that_fills_at_another_rate_fails(
    speed: float, codes: tuple[str, ...]
) -> None:
    part, _ = await seen_of(lim.limited(lim.Bucket(20, 2.0, speed=speed)))
    status, code = said(part)["rate-limit"]
    assert status is Status.FAIL
    assert code in codes


@pytest.mark.parametrize("odd", [d.answer(502, {}), b"nonsense\r\n\r\n"], ids=["5xx", "no-answer"])
async def test_a_variant_without_a_clear_answer_is_not_held(odd: bytes) -> None:
    plain = lim.limited(lim.Fixed(20, 2.0))

    def handler(got: d.Got) -> d.Answer:
        return odd if "x-forwarded-for" in got.headers else plain(got)

    part, _ = await seen_of(handler)
    result = judged(part, "rate-limit-bypass")
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "unclear-variants")
    assert result.reason.params["names"] == "X-Forwarded-For"


async def test_one_odd_answer_is_tried_again() -> None:
    plain, first = lim.limited(lim.Fixed(20, 2.0)), iter([d.answer(502, {})])

    def handler(got: d.Got) -> d.Answer:
        return next(first, plain(got)) if "x-forwarded-for" in got.headers else plain(got)

    part, _ = await seen_of(handler)
    assert said(part)["rate-limit-bypass"] == (Status.PASS, "held")


async def test_a_bystander_is_not_isolated_from_an_allowance_that_was_back() -> None:
    window = lim.Fixed(20, 2.0)
    plain, others = lim.limited(window), 0

    def handler(got: d.Got) -> d.Answer:
        nonlocal others
        if lim.token_of(got) == CLIENTS["other"][0][1]:
            others += 1
            if others > 1:
                window.windows.clear()  # as if a reset went by just then
        return plain(got)

    part, _ = await seen_of(handler)
    result = judged(part, "rate-limit-isolation")
    assert (result.status, result.reason.code) == (Status.INCONCLUSIVE, "reopened-beside")


async def test_the_plan_covers_the_longest_way() -> None:
    scope = Scope(d.config("http://127.0.0.1:1", target_changes={"rate_limit": LIMIT}), d.Path())
    (work,) = RateLimitObserver().plan(scope, Settings())
    limiter = lim.Fixed(20, 2.0)
    for _ in range(7):
        limiter.admit("Bearer limit")
    # Two rounds, and every variant served as often as it may be tried.
    part, double = await seen_of(lim.limited(limiter, identity=lim.spoofable))
    assert isinstance(part, RateLimitSeen)
    assert len(part.rounds) == 2
    assert len(double.requests) <= work.requests
    assert work.seconds >= 2 * LIMIT.window
    long = RateLimit(200, 60.0, ("/projects",))
    scope = Scope(d.config("http://127.0.0.1:1", target_changes={"rate_limit": long}), d.Path())
    (work,) = RateLimitObserver().plan(scope, Settings())
    assert work.seconds >= 2 * 60.0
    # Two rounds of 270, and what a reset gave back during the pause.
    assert work.requests >= 3 * 270
