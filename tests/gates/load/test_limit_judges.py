"""The judges of the rate limit, on made-up procedures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Status
from golive_gates.load.limit_parts import (
    DEADLINE,
    TOO_SLOW,
    Again,
    RateLimitSeen,
    Readmission,
    Refill,
    Round,
)
from golive_gates.load.limit_reading import LimitKind, kind_of_limiter
from tests.gates.load import parts as p

FULL = Again(60.1, 6, 6, full=True)


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.reason.code


def back(**changed: object) -> tuple[Readmission, ...]:
    healthy = Readmission(3.0, 60.1, 58.0, True, FULL)
    return (replace(healthy, **changed),)  # type: ignore[arg-type]


def bucket(*rounds: object, **changed: object) -> RateLimitSeen:
    """A token bucket of 200 that fills in a minute; by default an ordinary round of it."""
    found = [r for r in rounds if isinstance(r, Round)] or [p.round_of(203, admitted=203)]
    refill = next((r for r in rounds if isinstance(r, Refill)), None)
    more = {"pause": Again(2.5, 3, 2), "refill": refill, **changed}
    return p.limit(*found, **more)


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
            bucket(p.round_of(admitted=223, seconds=8.0), Refill(10, 3.0, 3.1)),
            Status.PASS,
            "exact-bucket",
        ),
        (bucket(refill=Refill(9, 3.0, 3.1)), Status.PASS, "exact-bucket"),
        (bucket(refill=Refill(11, 3.0, 3.1)), Status.PASS, "exact-bucket"),
        (bucket(refill=Refill(20, 3.0, 3.1)), Status.FAIL, "refill-faster"),
        (bucket(refill=Refill(5, 3.0, 3.1)), Status.FAIL, "refill-slower"),
        (bucket(refill=Refill(30, 3.0, 3.1, full=True)), Status.FAIL, "refill-faster"),
        (
            bucket(refill=Refill(33, 3.0, 12.0, full=True)),
            Status.INCONCLUSIVE,
            "refill-unmeasured",
        ),
        (
            bucket(refill=Refill(4, 3.0, 3.1, clear=False)),
            Status.INCONCLUSIVE,
            "refill-unmeasured",
        ),
        # One cause: the number that was served follows from the rate.
        (
            bucket(p.round_of(admitted=240, seconds=8.0), Refill(20, 3.0, 3.1)),
            Status.FAIL,
            "refill-faster",
        ),
        (bucket(refill=None), Status.INCONCLUSIVE, "refill-unmeasured"),
        (
            bucket(p.round_of(admitted=240, seconds=8.0), Refill(10, 3.0, 3.1)),
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


def test_a_reset_that_went_by_in_the_pause_is_held_to_the_pause() -> None:
    def stated(reset: float) -> RateLimitSeen:
        answers = tuple(
            replace(a, quota=replace(a.quota, reset=reset - a.at)) if a.quota else a
            for a in p.answers(200)
        )
        pause, refused = Again(30.0, 9, 9, full=True), back(refused_until=89.0, at=90.0)
        return p.limit(p.round_of(answers=answers), pause=pause, readmissions=refused)

    def codes(part: RateLimitSeen) -> list[str]:
        return [f.reason.code for f in p.judge("load.rate-limit-headers", part).findings]

    assert codes(stated(29.5)) == []
    assert codes(stated(45.0)) == ["reset-wrong"]


def test_headers_of_every_round_are_held_against_what_was_seen() -> None:
    lying = p.limit(p.round_of(150), p.round_of(200), readmissions=back() + back())
    result = p.judge("load.rate-limit-headers", lying)
    assert [f.reason.code for f in result.findings] == ["limit-differs"]
    twice = p.limit(p.round_of(200), p.round_of(200), readmissions=back() + back())
    once = p.limit()
    checked = [
        p.judge("load.rate-limit-headers", part).reason.params["checked"] for part in (once, twice)
    ]
    # 201 answers with limit, reset and window, 200 served with a remainder, one Retry-After.
    # A remainder or reset of the first round may be that of a window that it began inside.
    assert checked == [3 * 201 + 200 + 1, 5 * 201 + 200 + 2]


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
