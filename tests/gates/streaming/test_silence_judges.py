"""Judges of silence: heartbeat, idle stream, keep-alive. And of resumption."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.streaming.drill_parts import DrillStream
from golive_gates.streaming.parts import (
    ANSWERED,
    CLOSED,
    DIRECT,
    RESET,
    UNANSWERED,
    KeptConnection,
    Resume,
    SilentStream,
)
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p
from tests.gates.streaming.wording import judged

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE

# 15 s may pass between two bytes.
STRICT = Settings(idle_limit=30.0, idle_for=20.0)


@pytest.mark.parametrize(
    ("stream", "heartbeat", "survives"),
    [
        pytest.param(p.silent(), (PASS, "often-enough"), (PASS, "survived"), id="healthy"),
        pytest.param(p.silent(every=14.0), (PASS, "often-enough"), (PASS, "survived"), id="rarely"),
        pytest.param(p.silent(every=100.0), (FAIL, "none"), (PASS, "survived"), id="never"),
        pytest.param(p.silent(silence=40.0, every=18.0), (FAIL, "rare"), (PASS, "survived"),
                     id="too-rare"),
        pytest.param(p.silent(silence=10.0, every=100.0), (OPEN, "silence-too-short"),
                     (OPEN, "silence-too-short"), id="short"),
        pytest.param(p.silent(silence=10.0, every=6.0), (OPEN, "silence-too-short"),
                     (OPEN, "silence-too-short"), id="one-heartbeat"),
        pytest.param(p.silent(silence=12.0, every=100.0, failure="reset"), (OPEN, "broke"),
                     (FAIL, "cut"), id="cut-early"),
        pytest.param(p.silent(silence=16.0, every=100.0, failure="reset"), (FAIL, "none"),
                     (OPEN, "broke-unheard"), id="cut-for-silence"),
        pytest.param(p.silent(silence=12.0, every=4.0, failure="truncated"), (OPEN, "broke"),
                     (FAIL, "cut"), id="cut-with-heartbeats"),
        pytest.param(p.silent(silence=0.2, every=9.0, failure="reset"), (OPEN, "broke"),
                     (OPEN, "no-stream"), id="broke-otherwise"),
        pytest.param(p.silent(failure="stream-error"), (OPEN, "broke"), (OPEN, "no-stream"),
                     id="error-event"),
        pytest.param(p.silent(silence=49.0, every=10.0, failure="total-timeout"), (OPEN, "broke"),
                     (OPEN, "own-time-out"), id="golives-own-time-out"),
        pytest.param(p.silent(silence=49.0, every=100.0, failure="total-timeout"), (FAIL, "none"),
                     (OPEN, "broke-unheard"), id="silent-until-golives-time-out"),
        pytest.param(SilentStream(429, "status-429"), (OPEN, "rate-limited"),
                     (OPEN, "rate-limited"), id="429"),
        pytest.param(SilentStream(None, "refused", "x"), (OPEN, "unreachable"),
                     (OPEN, "unreachable"), id="unreachable"),
        pytest.param(SilentStream(200, "reset", "x", ended=61.0), (FAIL, "none"),
                     (OPEN, "broke-unheard"), id="not-a-byte"),
    ],
)  # fmt: skip
def test_silence(
    stream: SilentStream, heartbeat: tuple[Status, str], survives: tuple[Status, str]
) -> None:
    beat = judged("heartbeat", p.idle(stream), settings=STRICT)
    idle = judged("idle-stream", p.idle(stream), settings=STRICT)
    assert (beat.status, beat.reason.code) == heartbeat
    assert (idle.status, idle.reason.code) == survives
    assert [beat.status, idle.status].count(FAIL) <= 1, "one cause, one fail"
    for result, other in ((beat, idle), (idle, beat)):
        if result.blocked_by is not None:
            assert other.status is FAIL
            assert result.blocked_by == other.spec.id


def test_a_front_that_holds_events_back_is_the_only_cause() -> None:
    holding = p.wire(*(x for _ in range(5) for x in (p.seen(shared=60, first=2.6), p.seen(DIRECT))))
    silent = SilentStream(200, bytes_at=(12.6, 12.6), content_at=(12.6, 12.6), ended=12.6)
    at_the_end = p.one(headers=2.6, first_content=2.6, last_content=2.6)
    held = p.held(p.many(50, *[at_the_end] * 50), p.many(10, *[at_the_end] * 10))
    over = p.drill(DrillStream(status=200, content_events=60, matches=True), command=None)
    parts = (holding, p.idle(silent), held, p.Reload(over), p.Drain(over))
    strict = Settings(heartbeat=5.0, idle_for=10.0)
    names = ("heartbeat", "held-streams", "fairness", "reload", "drain")
    results = [judged(name, *parts, settings=strict) for name in names]
    assert [(r.status, r.reason.code) for r in results] == [(OPEN, "buffered")] * 5
    assert {r.blocked_by for r in results} == {"streaming.effective-buffering"}
    assert judged("effective-buffering", *parts).status is FAIL
    well = (p.wire(), *parts[1:])
    assert [judged(name, *well, settings=strict).reason.code for name in names] == [
        "none", "not-together", "too-few-rates", "none-under-way", "none-under-way",
    ]  # fmt: skip


def test_the_claim_covers_what_was_waited() -> None:
    result = judged("idle-stream", p.idle(p.silent(silence=25.0)), settings=STRICT)
    assert result.measurement is not None
    assert result.measurement.value == pytest.approx(25.0)


def test_without_a_silent_body_nothing_is_claimed() -> None:
    for name in ("heartbeat", "idle-stream"):
        result = judged(name, p.idle())
        assert (result.status, result.reason.code) == (OPEN, "no-idle-body")


def test_the_usual_silence_shows_two_comments_of_15_s() -> None:
    usual = Settings()
    stream = p.silent(silence=usual.idle_for, every=15.0)
    result = judged("heartbeat", p.idle(stream), p.wire(), settings=usual)
    assert (result.status, result.reason.code) == (PASS, "often-enough")


def test_an_explicit_heartbeat_limit_goes_before_half_of_the_idle_limit() -> None:
    own = Settings(idle_limit=60.0, heartbeat=4.0)
    assert judged("heartbeat", p.idle(p.silent()), settings=own).status is FAIL


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (p.kept(), (PASS, "used-again")),
        (p.kept(status=503), (OPEN, "not-2xx")),
        (p.kept(first_status=404), (OPEN, "not-2xx")),
        (p.kept(waited=20.0), (OPEN, "waited-too-short")),
        (p.kept(CLOSED, 5.0), (FAIL, "closed")),
        (p.kept(CLOSED, 5.0, announced=5.0), (WARN, "closed-said")),
        (p.kept(CLOSED, 5.0, announced=60.0), (FAIL, "closed")),
        (p.kept(CLOSED, 0.0, close_notice=True), (FAIL, "closed-soon")),
        (p.kept(CLOSED, 1.0, announced=1.0), (FAIL, "closed-soon")),
        (p.kept(CLOSED, 60.0, close_notice=True), (WARN, "closed-said")),
        (p.kept(RESET, 73.0), (FAIL, "reset")),
        (p.kept(RESET, 5.0, announced=5.0), (FAIL, "reset")),
        (p.kept(UNANSWERED, 73.0), (FAIL, "unanswered")),
        (p.kept("", 0.0, first_status=None), (OPEN, "unreachable")),
        (p.kept(first_status=429), (OPEN, "rate-limited")),
        (p.kept(ANSWERED, 73.0, status=429), (OPEN, "rate-limited")),
    ],
)
def test_keep_alive(connection: KeptConnection, expected: tuple[Status, str]) -> None:
    result = judged("keep-alive", p.idle(connection=connection))
    assert (result.status, result.reason.code) == expected


GOES_ON, ANEW = Settings(resume="continue"), Settings(resume="restart")


@pytest.mark.parametrize(
    ("part", "settings", "expected"),
    [
        (p.resumed(), GOES_ON, (PASS, "continued")),
        (p.resumed(second_ids=p.IDS[4:], joined=False), GOES_ON, (FAIL, "overlap")),
        (p.resumed(second_ids=p.IDS[6:], joined=False), GOES_ON, (FAIL, "gap")),
        (p.resumed(second_ids=p.IDS, second=True, joined=False), GOES_ON, (FAIL, "began-anew")),
        (p.resumed(second_ids=("7", "6", "8")), GOES_ON, (FAIL, "ids-not-after")),
        (p.resumed(second_ids=("3",), first_ids=("9", "9", "9", "9", "5")), GOES_ON,
         (FAIL, "ids-not-after")),
        (p.resumed(first_ids=tuple("abcde"), last_id="e", second_ids=tuple("fgh")), GOES_ON,
         (PASS, "continued")),
        (p.resumed(first_ids=("",) * 5, last_id=""), GOES_ON, (FAIL, "no-ids")),
        (p.resumed(second_failure="status-404", second_status=404), GOES_ON,
         (FAIL, "second-failed")),
        (p.resumed(second_status=429, second_failure="status-429"), GOES_ON,
         (OPEN, "rate-limited")),
        (p.resumed(second_failure="local", second_status=None), GOES_ON, (OPEN, "local-trouble")),
        (p.resumed(second_status=401, second_failure="status-401"), GOES_ON,
         (OPEN, "unauthorised")),
        (p.resumed(second_failure="too-large"), GOES_ON, (OPEN, "too-large")),
        (p.resumed(second_failure="refused", second_status=None), GOES_ON,
         (FAIL, "second-failed")),
        (p.resumed(first_status=500, first_failure="status-500"), GOES_ON, (OPEN, "no-stream")),
        (p.resumed(first_ids=p.IDS[:3], last_id="3"), GOES_ON, (OPEN, "stream-too-short")),
        (p.resumed(first_ids=p.IDS, last_id="60", second_ids=()), GOES_ON,
         (OPEN, "nothing-left")),
        (p.resumed(second_ids=(), joined=False), GOES_ON, (FAIL, "gap")),
        (p.resumed(joined=None, second=None), GOES_ON, (OPEN, "no-known-answer")),
        (p.resumed(second_ids=p.IDS, second=True, joined=False), ANEW, (PASS, "restarted")),
        (p.resumed(), ANEW, (FAIL, "not-restarted")),
    ],
)  # fmt: skip
def test_resume(part: Resume, settings: Settings, expected: tuple[Status, str]) -> None:
    result = judged("resume", part, settings=settings)
    assert (result.status, result.reason.code) == expected
