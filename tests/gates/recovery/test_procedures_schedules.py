"""Schedules followed over a year: gaps, clock changes, forms, and text that is none."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.recovery.procedures.calendars import Every, ScheduleError, cron
from golive_gates.recovery.procedures.gaps import DAYS, YEAR, gaps, zone_of
from golive_gates.recovery.procedures.systemd import on_calendar, span
from tests.gates.recovery.procedures_parts import DAY

HOUR = 3_600.0


def zone(name: str) -> tzinfo:
    found = zone_of(name)
    assert found is not None
    return found


def hours(text: str, where: str = "", *, kubernetes: bool = True) -> tuple[float, float]:
    found = gaps(cron(text, kubernetes=kubernetes), zone(where), DAY, moves=not kubernetes)
    return found.longest / HOUR, found.usual / HOUR


@pytest.mark.parametrize(
    ("text", "where", "longest"),
    [
        ("0 */6 * * *", "", 6),
        ("0 */5 * * *", "", 5),
        ("0 1-23/6 * * *", "", 6),
        ("0 9-17 * * *", "Asia/Seoul", 16),
        ("30 23 * * 1-5", "", 72),
        ("@daily", "", 24),
        ("@hourly", "", 1),
        ("* * * * *", "Europe/Berlin", 1 / 60),
        ("0 0 1 * *", "", 31 * 24),
        # A day of the month or of the week, as cron has it.
        ("0 0 15 * 1", "", 7 * 24),
        # The night of a clock change: an hour longer, or without its run.
        ("0 */6 * * *", "America/New_York", 7),
        ("30 2 * * *", "America/New_York", 47),
        ("0 0 * * *", "Europe/Berlin", 25),
    ],
)
def test_the_longest_gap_of_a_year(text: str, where: str, longest: float) -> None:
    assert hours(text, where)[0] == pytest.approx(longest)


def test_cron_runs_later_what_a_clock_change_leaves_out() -> None:
    assert hours("30 2 * * *", "America/New_York", kubernetes=False) == (25, 24)


def test_without_a_second_run_the_gap_is_the_year() -> None:
    found = gaps(cron("0 0 30 2 *", kubernetes=True), UTC, DAY)
    assert (found.runs, found.longest) == (0, YEAR)


def test_two_runs_close_together_do_not_hide_the_rest_of_the_year() -> None:
    found = gaps(cron("0 0 1 5,6 *", kubernetes=True), UTC, DAY)
    assert found.longest > 200 * 24 * HOUR


def test_every_few_hours() -> None:
    assert cron("@every 6h30m", kubernetes=True) == Every(6.5 * HOUR)


NUMBERS = st.lists(st.integers(0, 23), min_size=1, max_size=3, unique=True)
HOURS = st.one_of(
    NUMBERS.map(lambda n: ",".join(map(str, n))), st.integers(4, 23).map(lambda n: f"*/{n}")
)
DAYS_OF_MONTH = st.one_of(st.just("*"), st.integers(1, 28).map(str), st.just("1-10/3"))
WEEKDAYS = st.one_of(st.just("*"), st.integers(0, 6).map(str), st.just("mon-fri"))


@given(st.integers(0, 59), HOURS, DAYS_OF_MONTH, WEEKDAYS)
def test_gaps_are_those_of_the_runs_one_by_one(
    minute: int, hour: str, day: str, weekday: str
) -> None:
    text = f"{minute} {hour} {day} * {weekday}"
    start = datetime.combine(DAY, datetime.min.time(), UTC)
    end = (start + timedelta(DAYS)).timestamp()
    runs = croniter(text, start - timedelta(minutes=1))
    times: list[float] = []
    while (at := runs.get_next(float)) < end:
        times.append(at)
    steps = [b - a for a, b in pairwise(times)]
    found = gaps(cron(text, kubernetes=True), UTC, DAY)
    assert found.runs == len(times)
    assert found.shortest == min(steps)
    assert found.longest == max(*steps, times[0] - start.timestamp(), end - times[-1])


@pytest.mark.parametrize(
    "text",
    [
        *("", "daily", "0 */6 * *", "0 */6 * * * *", "60 * * * *", "*/0 * * * *", "0 0 L * *"),
        *("H * * * *", "0 0 * * 1#2", "-1 * * * *", "0-999999999 * * * *", "0 0 * * 7"),
        *("0 22-2 * * *", "0 0 * * sat-sun", "0 0 * dec-jan *", "@Daily"),
        *("TZ=UTC 0 * * * *", "@every", "@every -6h", "@every 1d", "０ ０ * * *", "1," * 200),
    ],
)
def test_what_kubernetes_refuses_is_no_schedule(text: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        cron(text, kubernetes=True)
    assert caught.value.code == "schedule-invalid"


def test_sunday_is_seven_for_cron() -> None:
    assert cron("0 0 * * 7", kubernetes=False) == cron("0 0 * * 0", kubernetes=False)


def test_cron_joins_a_starred_day_and_a_weekday_with_and() -> None:
    # Kubernetes runs on either, cron(8) on a Monday that is odd as well.
    apart = cron("0 0 */2 * 1", kubernetes=False), cron("0 0 */2 * 1", kubernetes=True)
    assert [gaps(s, UTC, DAY).longest > 2 * 24 * HOUR for s in apart] == [True, False]


TEXT = st.text(st.sampled_from("0123456789*/,-?@ LWH#~:.aefhimnoruvTZ=９"), max_size=40)


@given(TEXT, st.booleans())
def test_any_text_is_a_schedule_or_is_refused(text: str, kubernetes: bool) -> None:
    try:
        found = cron(text, kubernetes=kubernetes)
    except ScheduleError:
        return
    assert gaps(found, zone("Asia/Seoul"), DAY).longest > 0


@given(st.one_of(TEXT, st.text(max_size=30)))
def test_any_text_is_a_calendar_or_is_refused(text: str) -> None:
    for read in (on_calendar, span):
        with suppress(ScheduleError):
            read(text)


@pytest.mark.parametrize("name", ["Nowhere", "../../etc/passwd", "Asia", "/etc", "a\0b", "x" * 999])
def test_a_zone_that_is_none(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize(
    ("text", "longest", "where"),
    [
        ("daily", 24, ""),
        ("*-*-* 00/6:00:00", 6, ""),
        ("*-*-* 0,6,12,18:00", 6, ""),
        ("Mon..Fri 02:00", 72, ""),
        ("Sat,Sun *-*-* 18:00:00", 144, ""),
        ("*:0/15", 0.25, ""),
        ("00:00 Asia/Seoul", 24, "Asia/Seoul"),
        ("hourly UTC", 1, "UTC"),
    ],
)
def test_common_forms_of_calendars(text: str, longest: float, where: str) -> None:
    found = on_calendar(text)
    assert found.zone == where
    assert gaps(found.calendar, UTC, DAY).longest / HOUR == pytest.approx(longest)


@pytest.mark.parametrize("text", ["2026-01-01 00:00", "*-*~1 00:00", "00:00:0/10", "", "a b c d e"])
def test_a_form_that_is_not_followed_is_said(text: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        on_calendar(text)
    assert caught.value.code == "schedule-form"


@pytest.mark.parametrize(
    "text",
    [
        *("*-*-* */6:00:00", "*:*/15", "*-*-* 22..2:00", "Sat..Mon 02:00", "*-*-* 5/25:00"),
        *("00:00:60", "25:00", "*-13-01"),
    ],
)
def test_what_systemd_refuses_is_no_schedule(text: str) -> None:
    """Each as ``systemd-analyze calendar`` of systemd 252 has it: the timer is never loaded."""
    with pytest.raises(ScheduleError) as caught:
        on_calendar(text)
    assert caught.value.code == "schedule-invalid"


def test_a_week_begins_on_monday() -> None:
    assert on_calendar("Sat..Sun 02:00").calendar.weekdays == {0, 6}


def test_spans() -> None:
    assert [span(t) for t in ("6h", "1h 30min", "21600", "1d")] == [21_600, 5_400, 21_600, 86_400]
