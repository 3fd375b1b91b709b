"""The whole procedure against real limiters on loopback, with windows of two seconds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Observation, RateLimit, Status, Unavailable
from golive.texts import catalogue
from golive_gates.load import GATE
from golive_gates.load.limit_parts import RateLimitSeen
from golive_gates.load.observers.rate_limit import RateLimitObserver
from golive_gates.load.settings import Settings
from tests.gates.load import limiters as lim
from tests.gates.slo import doubles as d

pytestmark = pytest.mark.anyio

LIMIT = RateLimit(20, 2.0, ("/projects",))
BRIEF = RateLimit(20, 1.0, ("/projects",))
"""Where nothing is asserted that takes its time while the limit is used up."""
CHECKS = {c.spec.id.removeprefix("load."): c for c in GATE.checks}
CLIENTS = {
    "limit": (("Authorization", "Bearer limit"),),
    "other": (("Authorization", "Bearer other"),),
}


async def seen_of(
    handler: d.Handler,
    limit: RateLimit = LIMIT,
    settings: Settings | None = None,
    clients: dict[str, tuple[tuple[str, str], ...]] | None = None,
    seconds: float | None = None,
) -> tuple[RateLimitSeen | Unavailable, d.TargetDouble]:
    async with d.target(handler) as double:
        config = d.config(double.url, target_changes={"rate_limit": limit})
        ctx = replace(
            d.context(config, seconds=seconds), clients=CLIENTS if clients is None else clients
        )
        part = await RateLimitObserver().observe(ctx, settings or Settings())
    return part, double


def judged(part: RateLimitSeen | Unavailable, check: str, **settings: bool) -> CheckResult:
    result = CHECKS[check].evaluate(
        Observation({"RateLimitSeen": part}),
        Settings(**settings),  # type: ignore[arg-type]
    )
    for lang in ("ko", "en"):
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, result.spec.id)
        assert texts.remedy(result.spec.id, result.reason)
        assert all(texts.reason(f.reason, result.spec.id) for f in result.findings)
    return result


def said(part: RateLimitSeen | Unavailable) -> dict[str, tuple[Status, str]]:
    names = [n for n in CHECKS if n.startswith("rate-limit")]
    results = {name: judged(part, name) for name in names}
    return {name: (r.status, r.reason.code) for name, r in results.items()}


ALL_WELL = {
    "rate-limit": (Status.PASS, "exact"),
    "rate-limit-status": (Status.PASS, "right"),
    "rate-limit-headers": (Status.PASS, "true"),
    "rate-limit-isolation": (Status.PASS, "isolated"),
    "rate-limit-bypass": (Status.PASS, "held"),
    "rate-limit-burst": (Status.INCONCLUSIVE, "not-chosen"),
}


def kind_of(part: RateLimitSeen | Unavailable) -> object:
    return {f.name: f.value for f in judged(part, "rate-limit").facts}["limiter_kind"]


@pytest.mark.parametrize(
    ("limiter", "kind"),
    [
        (lim.Fixed(20, 2.0), "fixed"),
        (lim.Fixed(20, 2.0, by_clock=True), "fixed"),
        (lim.Sliding(20, 2.0), "sliding"),
        (lim.Bucket(20, 2.0), "token-bucket"),
    ],
    ids=["fixed", "by-clock", "sliding", "bucket"],
)
async def test_a_sound_limiter_passes_and_its_kind_is_told(limiter: lim.Limiter, kind: str) -> None:
    # Whole seconds are too coarse for so short a window: no Retry-After, so that it is polled.
    handler = lim.limited(limiter, headers=lim.draft_headers(20, 2.0), retry_after=lambda _: None)
    part, _ = await seen_of(handler)
    assert kind_of(part) == kind
    expected = {**ALL_WELL, "rate-limit-headers": (Status.WARN, "no-retry-after")}
    if kind == "token-bucket":
        expected["rate-limit"] = (Status.PASS, "exact-bucket")
        # A bucket gives a token back every 0.1 s: where the machine stood still that long, one
        # attempt met it, and the check leaves open what it cannot tell.
        if (found := said(part)["rate-limit-bypass"]) == (Status.INCONCLUSIVE, "reopened"):
            expected["rate-limit-bypass"] = found
    assert said(part) == expected


async def test_retry_after_is_waited_for_and_honoured() -> None:
    handler = lim.limited(lim.Fixed(20, 2.0), headers=lim.draft_headers(20, 2.0))
    part, double = await seen_of(handler)
    assert said(part) == ALL_WELL
    assert isinstance(part, RateLimitSeen)
    assert part.readmissions[0].honoured is True
    assert all(g.headers["user-agent"] for g in double.requests)
    assert {g.method for g in double.requests} <= {"GET", "HEAD"}


async def test_without_a_limit_the_others_are_blocked_by_it() -> None:
    part, double = await seen_of(lambda _: d.answer(200, []), BRIEF)
    assert judged(part, "rate-limit").status is Status.FAIL
    assert judged(part, "rate-limit").reason.code == "no-limit"
    for name in ("status", "headers", "isolation", "bypass", "burst"):
        result = judged(part, f"rate-limit-{name}")
        assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "load.rate-limit")
    assert len(double.requests) <= 1.25 * 20 + 21


@pytest.mark.parametrize(("number", "code"), [(25, "more"), (15, "fewer")])
async def test_another_number_than_declared_fails(number: int, code: str) -> None:
    part, _ = await seen_of(lim.limited(lim.Fixed(number, 1.0)), BRIEF)
    assert said(part)["rate-limit"] == (Status.FAIL, code)


async def test_a_window_shorter_than_declared_fails() -> None:
    part, _ = await seen_of(lim.limited(lim.Fixed(20, 3.0)), RateLimit(20, 6.0, ("/projects",)))
    assert said(part)["rate-limit"] == (Status.FAIL, "window-shorter")


async def test_503_is_named_and_nothing_else() -> None:
    handler = lim.limited(lim.Fixed(20, 2.0), status=503, headers=lim.draft_headers(20, 2.0))
    part, _ = await seen_of(handler)
    failing = (Status.FAIL, "unavailable-instead")
    assert said(part) == {**ALL_WELL, "rate-limit-status": failing}


async def test_503_without_retry_after_is_still_one_cause() -> None:
    handler = lim.limited(lim.Fixed(20, 2.0), status=503, retry_after=lambda _: None)
    part, _ = await seen_of(handler)
    answers = said(part)
    assert answers["rate-limit-status"] == (Status.FAIL, "unavailable-instead")
    assert [n for n, (status, _) in answers.items() if status is Status.FAIL] == [
        "rate-limit-status"
    ]
    assert judged(part, "rate-limit-headers").blocked_by == "load.rate-limit-status"


async def test_a_spoofed_address_gets_around_it() -> None:
    handler = lim.limited(
        lim.Fixed(20, 2.0), identity=lim.spoofable, headers=lim.draft_headers(20, 2.0)
    )
    part, _ = await seen_of(handler)
    assert said(part) == {**ALL_WELL, "rate-limit-bypass": (Status.FAIL, "bypassed")}
    findings = judged(part, "rate-limit-bypass").findings
    assert [f.subject for f in findings] == ["X-Forwarded-For"]


async def test_another_spelling_gets_around_it() -> None:
    handler = lim.limited(
        lim.Fixed(20, 2.0), identity=lim.by_spelling, paths=("/projects", "/projects/")
    )
    part, _ = await seen_of(handler)
    findings = judged(part, "rate-limit-bypass").findings
    assert [f.subject for f in findings] == ["trailing-slash"]


async def test_clients_counted_together_are_not_isolated() -> None:
    handler = lim.limited(lim.Fixed(20, 1.0), identity=lambda _: "all")
    part, _ = await seen_of(handler, BRIEF)
    assert said(part)["rate-limit-isolation"] == (Status.FAIL, "shared")


async def test_a_retry_after_that_is_too_short_is_untrue() -> None:
    handler = lim.limited(lim.Fixed(20, 4.0), retry_after=lambda _: "1")
    part, _ = await seen_of(handler, RateLimit(20, 4.0, ("/projects",)))
    assert said(part)["rate-limit-headers"] == (Status.FAIL, "untrue")
    codes = [f.reason.code for f in judged(part, "rate-limit-headers").findings]
    assert codes == ["retry-after-too-short"]


async def test_headers_that_lie_are_findings() -> None:
    def lying(verdict: lim.Verdict) -> dict[str, str]:
        half = str(verdict.remaining // 2 + 3)
        return {"X_RateLimit_Limit": "50", "X_RateLimit_Remaining": half}

    part, _ = await seen_of(lim.limited(lim.Fixed(20, 1.0), headers=lying), BRIEF)
    codes = [f.reason.code for f in judged(part, "rate-limit-headers").findings]
    assert codes == ["limit-differs", "remaining-jumps", "remaining-left"]


async def test_a_used_allowance_is_waited_for_before_it_is_counted() -> None:
    limiter = lim.Fixed(20, 2.0)
    for _ in range(7):
        limiter.admit("Bearer limit")
    part, _ = await seen_of(lim.limited(limiter, headers=lim.draft_headers(20, 2.0)))
    assert said(part)["rate-limit"] == (Status.PASS, "exact")


async def test_a_round_that_began_inside_a_window_is_done_again_at_the_reset() -> None:
    limiter = lim.Fixed(20, 2.0)
    for _ in range(7):
        limiter.admit("Bearer limit")
    part, _ = await seen_of(lim.limited(limiter))
    assert isinstance(part, RateLimitSeen)
    assert [r.admitted for r in part.rounds] == [13, 20]
    assert said(part)["rate-limit"] == (Status.PASS, "exact")


@pytest.mark.parametrize("reply", [d.answer(401, {}), d.answer(404, {}), d.answer(503, {})])
async def test_a_route_that_does_not_serve_says_nothing_of_its_limit(reply: bytes) -> None:
    part, _ = await seen_of(lambda _: reply, BRIEF)
    assert {s for s, _ in said(part).values()} == {Status.INCONCLUSIVE}
    assert said(part)["rate-limit"][1] == "limit-unusable"


async def test_an_error_in_between_leaves_the_count_open() -> None:
    handled = lim.limited(lim.Fixed(20, 1.0))
    count = 0

    def handler(got: d.Got) -> d.Answer:
        nonlocal count
        count += lim.token_of(got) == "Bearer limit"
        return d.answer(500, {}) if count % 10 == 0 else handled(got)

    part, _ = await seen_of(handler, BRIEF)
    assert said(part)["rate-limit"] == (Status.INCONCLUSIVE, "limit-disturbed")


async def test_the_deadline_leaves_what_was_found() -> None:
    handler = lim.limited(lim.Fixed(20, 30.0), headers=lim.draft_headers(20, 30.0))
    part, _ = await seen_of(handler, RateLimit(20, 30.0, ("/projects",)), seconds=9.0)
    answers = said(part)
    assert answers["rate-limit"] == (Status.INCONCLUSIVE, "limit-stopped")
    assert answers["rate-limit-headers"] == (Status.INCONCLUSIVE, "limit-stopped")
    assert answers["rate-limit-status"] == (Status.PASS, "right")
    assert answers["rate-limit-bypass"] == (Status.PASS, "held")


async def test_without_its_own_client_nothing_is_sent() -> None:
    part, double = await seen_of(lambda _: d.answer(200, []), clients={})
    assert isinstance(part, Unavailable)
    assert part.reason.code == "no-limit-client"
    assert double.requests == []


async def test_without_another_client_isolation_stays_open() -> None:
    handler = lim.limited(lim.Fixed(20, 1.0))
    part, _ = await seen_of(handler, BRIEF, clients={"limit": CLIENTS["limit"]})
    assert said(part)["rate-limit-isolation"] == (Status.INCONCLUSIVE, "no-other-client")


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        (None, "no-declared-limit"),
        (RateLimit(20, 600.0, ("/projects",)), "window-too-long"),
        (RateLimit(20, 2.0, ("/elsewhere",)), "path-without-limit"),
        (RateLimit(100_000, 60.0, ("/projects",)), "limit-too-large"),
    ],
)
async def test_what_cannot_be_tried_is_said(limit: RateLimit | None, code: str) -> None:
    part, double = await seen_of(lambda _: d.answer(200, []), limit)  # type: ignore[arg-type]
    assert isinstance(part, Unavailable)
    assert part.reason.code == code
    assert double.requests == []


@pytest.mark.parametrize(
    ("limiter", "status", "code"),
    [
        (lim.Fixed(20, 2.0), Status.WARN, "doubled"),
        (lim.Bucket(20, 2.0), Status.PASS, "held"),
    ],
    ids=["fixed", "bucket"],
)
async def test_bursts_are_sent_if_chosen(limiter: lim.Limiter, status: Status, code: str) -> None:
    part, _ = await seen_of(lim.limited(limiter), settings=Settings(burst=True))
    result = judged(part, "rate-limit-burst", burst=True)
    assert (result.status, result.reason.code) == (status, code)


async def test_replicas_that_count_apart_show_in_a_burst() -> None:
    replicas = [lim.Fixed(20, 2.0), lim.Fixed(20, 2.0)]
    sent = 0

    def handler(got: d.Got) -> d.Answer:
        nonlocal sent
        sent += lim.token_of(got) == "Bearer limit"
        # One after another land on the first replica; the burst, sent last, on both.
        number = sent % 2 if sent > 60 else 0
        return lim.limited(replicas[number])(got)

    part, _ = await seen_of(handler, settings=Settings(burst=True))
    result = judged(part, "rate-limit-burst", burst=True)
    assert (result.status, result.reason.code) == (Status.FAIL, "over-admitted")
