"""The judges of the rate limit, on made-up procedures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Status
from golive_gates.load.limit_parts import (
    DEADLINE,
    TOO_SLOW,
    Again,
    Answer,
    Attempt,
    Bursts,
    Bystander,
    Quota,
    RateLimitSeen,
    Readmission,
)
from golive_gates.load.limit_reading import LimitKind, kind_of_limiter
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p

FULL = Again(60.1, 6, 6, full=True)


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.reason.code


def back(**changed: object) -> tuple[Readmission, ...]:
    healthy = Readmission(3.0, 60.1, 58.0, True, FULL)
    return (replace(healthy, **changed),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (p.limit(), LimitKind.FIXED),
        (p.limit(pause=Again(2.5, 3, 2)), LimitKind.TOKEN_BUCKET),
        (p.limit(readmissions=back(again=Again(60.1, 4, 3))), LimitKind.SLIDING),
        (p.limit(readmissions=back(again=Again(62.5, 6, 6, full=True))), LimitKind.WINDOW),
        (p.limit(pause=Again(2.5, 9, 9, full=True)), LimitKind.FIXED),
        (p.limit(pause=None, readmissions=()), LimitKind.UNKNOWN),
    ],
)
def test_kinds(part: RateLimitSeen, kind: LimitKind) -> None:
    assert kind_of_limiter(part) is kind


@pytest.mark.parametrize(
    ("part", "status", "code"),
    [
        (p.limit(p.round_of(admitted=201)), Status.FAIL, "more"),
        (p.limit(p.round_of(admitted=199)), Status.FAIL, "fewer"),
        (p.limit(readmissions=back(at=30.0)), Status.FAIL, "window-shorter"),
        (p.limit(readmissions=back(at=90.0, refused_until=80.0)), Status.FAIL, "window-longer"),
        (
            p.limit(readmissions=back(at=None, honoured=False, refused_until=122.0)),
            Status.FAIL,
            "window-longer",
        ),
        # Served a little late because Retry-After holds whole seconds: not a longer window.
        (p.limit(readmissions=back(at=61.2)), Status.PASS, "exact"),
        (p.limit(p.round_of(errors=1)), Status.INCONCLUSIVE, "limit-disturbed"),
        (p.limit(readmissions=(), stopped=DEADLINE), Status.INCONCLUSIVE, "limit-stopped"),
        (
            p.limit(p.round_of(admitted=130), stopped=DEADLINE),
            Status.INCONCLUSIVE,
            "limit-stopped",
        ),
        (
            p.limit(p.round_of(refused=False, stopped=TOO_SLOW)),
            Status.INCONCLUSIVE,
            "limit-too-slow",
        ),
        # 2 s of gap, then 6 s at 3.3 tokens a second: 3 of the lead, and 20 more.
        (
            p.limit(p.round_of(admitted=223, seconds=8.0), pause=Again(8.5, 3, 2)),
            Status.PASS,
            "exact",
        ),
        (
            p.limit(p.round_of(admitted=240, seconds=8.0), pause=Again(8.5, 3, 2)),
            Status.FAIL,
            "more",
        ),
    ],
)
def test_the_number_and_the_window(part: RateLimitSeen, status: Status, code: str) -> None:
    assert said(p.judge("load.rate-limit", part)) == (status, code)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (p.limit(readmissions=back(honoured=False)), "retry-after-too-short"),
        (p.limit(readmissions=back(waited=3600.0)), "retry-after-too-long"),
    ],
)
def test_retry_after_is_held_to_what_was_seen(part: RateLimitSeen, code: str) -> None:
    result = p.judge("load.rate-limit-headers", part)
    assert result.status is Status.FAIL
    assert [f.reason.code for f in result.findings] == [code]


def told(**changed: object) -> RateLimitSeen:
    answers = tuple(
        replace(a, quota=replace(a.quota, **changed)) if a.quota else a  # type: ignore[arg-type]
        for a in p.answers(200)
    )
    return p.limit(p.round_of(answers=answers))


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        (told(limit=100), ["limit-differs"]),
        (told(window=30.0), ["window-differs"]),
        (told(remaining=5), ["remaining-jumps", "remaining-left"]),
        (told(reset=600.0), ["reset-wrong"]),
        (told(limit=None, remaining=None, reset=None, window=None), []),
    ],
)
def test_each_untrue_header_is_a_finding(part: RateLimitSeen, codes: list[str]) -> None:
    result = p.judge("load.rate-limit-headers", part)
    assert [f.reason.code for f in result.findings] == codes
    assert result.status is (Status.FAIL if codes else Status.PASS)


def test_a_remainder_of_requests_sent_together_may_come_in_any_order() -> None:
    answers = p.answers(20)
    mixed = (answers[1], answers[0], *answers[2:])
    part = replace(p.limit(p.round_of(20, answers=mixed, width=4)), requests=20)
    result = p.judge("load.rate-limit-headers", part)
    assert "remaining-jumps" not in [f.reason.code for f in result.findings]


def test_quota_headers_are_not_demanded_but_retry_after_is_missed() -> None:
    bare = tuple(replace(a, quota=None) for a in p.answers(200))
    part = p.limit(p.round_of(answers=bare))
    assert said(p.judge("load.rate-limit-headers", part)) == (Status.PASS, "retry-after-only")
    silent = replace(
        part,
        rounds=(replace(part.rounds[0], retry_after=None),),
        readmissions=back(waited=None, honoured=None),
    )
    assert said(p.judge("load.rate-limit-headers", silent)) == (Status.WARN, "no-retry-after")


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        (None, Status.INCONCLUSIVE, "no-other-client"),
        (Bystander(Answer(0.0, 401)), Status.INCONCLUSIVE, "other-unusable"),
        (Bystander(Answer(0.0, 200)), Status.INCONCLUSIVE, "limit-stopped"),
        (Bystander(Answer(0.0, 200), Answer(3.0, 500)), Status.INCONCLUSIVE, "other-unusable"),
        (Bystander(Answer(0.0, 200), Answer(3.0, 429)), Status.FAIL, "shared"),
        (Bystander(Answer(0.0, 200), Answer(3.0, 200)), Status.PASS, "isolated-served"),
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
        # Served once or twice may be a token that came back.
        ((Attempt("HEAD", "method", 3, 2, 429),), Status.PASS, "held"),
        ((Attempt("HEAD", "method", 3, 3, 200),), Status.FAIL, "bypassed"),
    ],
)
def test_bypass(attempts: tuple[Attempt, ...], status: Status, code: str) -> None:
    result = p.judge("load.rate-limit-bypass", p.limit(attempts=attempts))
    assert said(result) == (status, code)


@pytest.mark.parametrize(
    ("bursts", "chosen", "status", "code"),
    [
        (None, False, Status.INCONCLUSIVE, "not-chosen"),
        (None, True, Status.INCONCLUSIVE, "limit-stopped"),
        (Bursts(270, 200, 0.4, 400, 400, 0.8), True, Status.WARN, "doubled"),
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


@pytest.mark.parametrize("check", ["status", "headers", "isolation", "bypass", "burst"])
def test_without_a_refusal_one_check_is_to_blame(check: str) -> None:
    result = p.judge(f"load.rate-limit-{check}", p.UNLIMITED)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "load.rate-limit")
