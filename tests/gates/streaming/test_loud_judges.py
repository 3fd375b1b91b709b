"""Judges of many streams at once and of drills."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Status
from golive_gates.streaming.measure import jain
from golive_gates.streaming.parts import Held, HeldStream, Limit, Together
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p
from tests.gates.streaming.wording import judged

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE

TRUNCATED = p.one("truncated", matches=None)


def held_with(*streams: object, **changed: object) -> Held:
    return p.held(p.many(10), p.many(50, *streams), **changed)  # type: ignore[arg-type]


APART = p.many(50, TRUNCATED, took=0.001)
LATE = p.many(50, *[p.one("timeout")] * 20, loop_lag_p99=25.0, slip_p99=25.0)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param(p.held(), (PASS, "held"), id="healthy"),
        pytest.param(held_with(*[TRUNCATED] * 20), (FAIL, "broken"), id="truncated"),
        pytest.param(held_with(TRUNCATED), (OPEN, "undecided"), id="one-of-sixty"),
        pytest.param(p.held(p.many(10)), (OPEN, "undecided"), id="too-few"),
        pytest.param(held_with(p.one("wrong-content")), (PASS, "held"), id="wrong-content"),
        pytest.param(p.held(p.many(10), p.many(50, took=0.2)), (OPEN, "not-together"), id="short"),
        pytest.param(held_with(p.refused(429)), (OPEN, "rate-limited"), id="429"),
        pytest.param(held_with(*[p.refused(503)] * 30), (FAIL, "broken"), id="503"),
        pytest.param(held_with(p.one("local")), (OPEN, "local-trouble"), id="local"),
        pytest.param(p.held(p.many(10), stopped="deadline"), (OPEN, "stopped"), id="deadline"),
        pytest.param(p.held(p.many(10, problem="worker 1 died")), (OPEN, "instrument"), id="lost"),
        pytest.param(p.held(p.many(10, *[p.refused(401)] * 10)), (OPEN, "unauthorised"), id="401"),
        pytest.param(p.held(stages=()), (OPEN, "no-samples"), id="nothing"),
        pytest.param(p.held(APART, APART, APART), (OPEN, "not-together"), id="never-together"),
        pytest.param(p.held(LATE, LATE), (OPEN, "own-lag"), id="golive-late"),
        pytest.param(
            p.held(replace(p.many(50), slip_p99=25.0), p.many(10)),
            (PASS, "held"),
            id="whole-though-golive-late",
        ),
    ],
)
def test_held_streams(part: Held, expected: tuple[Status, str]) -> None:
    result = judged("held-streams", part, p.wire())
    assert (result.status, result.reason.code) == expected


MUTE = p.one("timeout", status=None, headers=None, first_content=None, last_content=None,
             content_events=0, matches=None)  # fmt: skip


@pytest.mark.parametrize(
    ("streams", "wire", "expected"),
    [
        ([MUTE] * 50, p.wire(), (FAIL, "broken")),
        ([MUTE] * 50, p.wire(p.failed(status=None)), (OPEN, "unreachable")),
        ([TRUNCATED] * 49 + [MUTE], p.wire(p.failed()), (FAIL, "broken")),
        ([p.refused(401)] * 50, p.wire(), (OPEN, "unauthorised")),
        ([p.refused(401)] * 49 + [MUTE], p.wire(), (OPEN, "unauthorised")),
    ],
    ids=["all-hang-together", "never-there", "the-last-is-no-sample", "401", "401-and-mute"],
)
def test_streams_none_of_which_came_whole(
    streams: list[HeldStream], wire: object, expected: tuple[Status, str]
) -> None:
    result = judged("held-streams", p.held(p.many(50, *streams)), wire)
    assert (result.status, result.reason.code) == expected


def test_late_first_contents_are_counted_and_not_judged() -> None:
    result = judged("held-streams", held_with(*[p.one(first_content=4.0)] * 20))
    assert result.status is PASS
    assert result.reason.params["late"] == 20


def test_a_few_that_broke_among_very_many_are_told() -> None:
    many = p.many(500, TRUNCATED)
    result = judged("held-streams", p.held(many))
    assert (result.status, result.reason.code) == (PASS, "held-mostly")


def test_what_became_of_a_stages_streams_is_named() -> None:
    (finding,) = judged("held-streams", held_with(*[p.refused(503)] * 30)).findings
    assert finding.subject == "50"
    assert finding.reason.params["kinds"] == "status-503 30"


STARVED = tuple(p.one(took=20.0) for _ in range(10))
# Its content came in one piece, so it has no rate.
AT_ONCE = p.one(first_content=2.0, last_content=2.0)


def in_rounds(step: float, size: int, length: float = 2.0) -> Together:
    """Every head at once, but content for *size* streams at a time, a round every *step* s."""
    rounds = (step * (i // size) for i in range(50))
    return p.many(50, *(
        p.one(took=at + length + 0.1, first_content=at + 0.1, last_content=at + length)
        for at in rounds
    ), spread=0.01)  # fmt: skip


IN_TURNS = in_rounds(2.0, 1)
HALF_AND_HALF = in_rounds(2.0, 25)
# Just more than half move together; the others wait long, and then move as fast.
WAITED = p.one(took=21.0, first_content=20.0, last_content=20.9)
STAGGERED = p.many(50, *[WAITED] * 24, took=1.0, spread=0.01)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param(p.held(), (PASS, "fair"), id="healthy"),
        pytest.param(held_with(*STARVED * 2), (FAIL, "unfair"), id="half-starved"),
        pytest.param(held_with(STARVED[0]), (FAIL, "one-starves"), id="one-starved"),
        pytest.param(held_with(*[TRUNCATED] * 20), (OPEN, "too-few-whole"), id="broken"),
        pytest.param(held_with(*[p.one(content_events=2)] * 46), (OPEN, "too-few-rates"), id="few"),
        pytest.param(p.held(p.many(10), stopped="deadline"), (OPEN, "stopped"), id="deadline"),
        pytest.param(held_with(p.refused(429)), (OPEN, "rate-limited"), id="429"),
        pytest.param(p.held(IN_TURNS), (FAIL, "in-turns"), id="one-after-another"),
        pytest.param(p.held(HALF_AND_HALF), (FAIL, "in-turns"), id="two-rounds"),
        pytest.param(p.held(STAGGERED), (FAIL, "unfair"), id="waiting-for-a-turn"),
        pytest.param(held_with(*[AT_ONCE] * 45), (OPEN, "too-few-rates"), id="5-of-50-have-a-rate"),
        pytest.param(held_with(*[AT_ONCE] * 6), (OPEN, "too-few-rates"), id="44-of-50"),
        pytest.param(held_with(*[AT_ONCE] * 5), (PASS, "fair"), id="45-of-50"),
        pytest.param(
            p.held(p.many(50, *STARVED, loop_lag_p99=0.5)), (OPEN, "client-too-slow"), id="own-lag"
        ),
    ],
)
def test_fairness(part: Held, expected: tuple[Status, str]) -> None:
    result = judged("fairness", part)
    assert (result.status, result.reason.code) == expected


def test_streams_that_broke_are_the_cause_of_no_second_fail() -> None:
    part = held_with(*[TRUNCATED] * 50)
    results = [judged(n, part) for n in ("held-streams", "fairness")]
    results.append(judged("content-intact", p.held(p.many(50, *[TRUNCATED] * 50)), p.wire()))
    assert [r.status for r in results] == [FAIL, OPEN, OPEN]
    assert {r.blocked_by for r in results[1:]} == {"streaming.held-streams"}


def test_the_sentence_counts_the_streams_that_had_a_rate() -> None:
    result = judged("fairness", held_with(*[AT_ONCE] * 5))
    assert result.reason.params["streams"] == 45


def test_jain() -> None:
    assert jain([3.0] * 7) == pytest.approx(1.0)
    assert jain([1.0, 0.0, 0.0, 0.0]) == pytest.approx(0.25)


MIXED = p.one("wrong-content")
QUIET_WRONG = p.wire(p.seen(matches=False), direct=False)


@pytest.mark.parametrize(
    ("part", "wire", "expected"),
    [
        (p.held(), p.wire(), (PASS, "intact")),
        (held_with(MIXED), p.wire(), (FAIL, "differs")),
        (held_with(MIXED), QUIET_WRONG, (OPEN, "wrong-when-quiet")),
        (p.held(p.many(10)), p.wire(), (OPEN, "undecided")),
        (p.held(p.many(9, *[p.one(matches=None)] * 9)), p.wire(), (OPEN, "no-known-answer")),
        (held_with(p.refused(429)), p.wire(), (OPEN, "rate-limited")),
    ],
)
def test_content_intact(part: Held, wire: object, expected: tuple[Status, str]) -> None:
    result = judged("content-intact", part, wire)
    assert (result.status, result.reason.code) == expected


NO = p.refused()
BUSY = p.refused(429)
BARE = p.refused(retry_after=None)
HUNG = p.one("timeout", status=None, headers=None, first_content=None, ended=30.0)
EIGHT = Settings(connection_limit=8)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        pytest.param(p.limit(NO, NO, NO, NO), (PASS, "refused"), id="503"),
        pytest.param(p.limit(*[BUSY] * 4), (PASS, "refused"), id="429"),
        pytest.param(p.limit(NO, NO, BARE, BARE), (WARN, "refused-bare"), id="no-retry-after"),
        pytest.param(p.limit(), (FAIL, "not-enforced"), id="all-admitted"),
        pytest.param(p.limit(NO, NO, HUNG, HUNG), (FAIL, "hung"), id="hung"),
        pytest.param(p.limit(NO, NO, p.refused(500)), (FAIL, "unclear"), id="500"),
        pytest.param(p.limit(NO, p.one("reset", status=None, headers=None)), (FAIL, "unclear"),
                     id="reset"),
        pytest.param(p.limit(NO, NO, NO, NO, TRUNCATED), (FAIL, "harmed"), id="harmed"),
        pytest.param(p.limit(NO, NO, NO, p.refused(after=9.0)), (FAIL, "slow"), id="slow"),
        pytest.param(p.limit(NO), (FAIL, "not-enforced"), id="one-refused-of-four"),
        pytest.param(p.limit(*[NO] * 11), (FAIL, "too-strict"), id="one-admitted"),
        pytest.param(p.limit(*[NO] * 5), (FAIL, "too-strict"), id="one-too-few"),
        pytest.param(p.limit(*[BUSY] * 11, afterwards=429), (OPEN, "may-be-rate-limit"),
                     id="rate-limit-spent"),
        pytest.param(p.limit(*[BUSY] * 11, known=False), (OPEN, "may-be-rate-limit"),
                     id="rate-limit-unknown"),
        pytest.param(p.limit(*[p.refused(after=9.0)] * 4, loop_lag_p99=8.0), (OPEN, "own-lag"),
                     id="golive-late"),
        pytest.param(p.limit(took=0.1), (OPEN, "not-together"), id="short"),
        pytest.param(p.limit(*[NO] * 12), (OPEN, "none-admitted"), id="none"),
        pytest.param(p.limit(p.one("local")), (OPEN, "instrument"), id="local"),
        pytest.param(p.limit(problem="worker 1 died"), (OPEN, "instrument"), id="lost"),
    ],
)  # fmt: skip
def test_connection_limit(part: Limit, expected: tuple[Status, str]) -> None:
    result = judged("connection-limit", part, settings=EIGHT)
    assert (result.status, result.reason.code) == expected


def test_a_relay_is_not_two_at_once() -> None:
    first, second = p.one(took=1.0), p.one(took=1.0, headers=0.0, scheduled=1.0)
    assert Together(2, 1.0, (first, second)).at_once == 1
    assert Together(2, 1.0, (first, replace(second, scheduled=0.5))).at_once == 2
