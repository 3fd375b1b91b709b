"""How far the runs of a schedule lie apart over a year, clock changes included. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from golive_gates.recovery.procedures.calendars import HOURS, MINUTES, Calendar, Every, Schedule

DAYS = 367
"""A year and the step into the next, so that a clock change on any day of it is met."""
YEAR = 366 * 86_400.0


@dataclass(frozen=True, slots=True)
class Gaps:
    """``longest``, ``shortest``: seconds between two runs; ``since``, ``until``: of the longest.

    ``usual``: the longest where no clock is changed. ``runs`` below 2: the year has no second one,
    and the lengths are that of the year.
    """

    longest: float
    shortest: float
    usual: float
    runs: int
    since: datetime | None = None
    until: datetime | None = None


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo | None:
    """The time zone of that IANA name; ``None`` where there is no such zone."""
    if name.upper() in {"", "UTC", "ETC/UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=256)
def gaps(schedule: Schedule, zone: tzinfo, first: date, *, moves: bool = False) -> Gaps:
    """Over the year from *first*.

    *moves*: a run at a time that a clock change leaves out comes later, and one at a time that
    comes twice happens once (cron(8)); otherwise it is left out, or happens twice (Kubernetes).
    """
    if isinstance(schedule, Every):
        return Gaps(schedule.seconds, schedule.seconds, schedule.seconds, 2)
    with_clock = _over(schedule, zone, first, moves=moves)
    if zone is UTC:
        return with_clock
    return _with_usual(with_clock, _over(schedule, UTC, first, moves=moves).longest)


def _with_usual(found: Gaps, usual: float) -> Gaps:
    return Gaps(found.longest, found.shortest, usual, found.runs, found.since, found.until)


def _over(calendar: Calendar, zone: tzinfo, first: date, *, moves: bool) -> Gaps:
    usual = tuple(60.0 * (b - a) for a, b in pairwise(calendar.minutes))
    longest, shortest, runs, earliest = 0.0, YEAR, 0, 0.0
    ends: tuple[float, float] | None = None
    last: float | None = None
    for number in range(DAYS):
        day = first + timedelta(number)
        if not calendar.on(day):
            continue
        offset = _offset(zone, day)
        if offset is None:
            listed = _listed(calendar, zone, day, moves=moves)
            if not listed:
                continue
            begin, end = listed[0], listed[-1]
            inner = tuple(b - a for a, b in pairwise(listed))
        else:
            midnight = datetime.combine(day, time(), UTC).timestamp() - offset
            begin, end = (midnight + 60.0 * calendar.minutes[n] for n in (0, -1))
            listed, inner = [], usual
        earliest = begin if not runs else earliest
        runs += len(inner) + 1
        shortest = min(shortest, *inner, *(() if last is None else (begin - last,)), YEAR)
        if last is not None and begin - last > longest:
            longest, ends = begin - last, (last, begin)
        if inner and max(inner) > longest:
            longest = max(inner)
            at = inner.index(longest)
            listed = listed or [begin + 60.0 * (m - calendar.minutes[0]) for m in calendar.minutes]
            ends = listed[at], listed[at + 1]
        last = end
    if runs < 2 or ends is None or last is None:
        return Gaps(YEAR, YEAR, YEAR, runs)
    # Before the first run and after the last one there is none either.
    begins, stops = (datetime.combine(first + timedelta(n), time(), zone) for n in (0, DAYS))
    for since, until in ((begins.timestamp(), earliest), (last, stops.timestamp())):
        if until - since > longest:
            longest, ends = until - since, (since, until)
    began, ended = (datetime.fromtimestamp(stamp, UTC) for stamp in ends)
    return Gaps(longest, shortest, longest, runs, began, ended)


def _listed(calendar: Calendar, zone: tzinfo, day: date, *, moves: bool) -> list[float]:
    """Every run of a *day* on which the clock is changed, as Unix times."""
    twice = not moves or len({m // MINUTES for m in calendar.minutes}) == HOURS
    found: set[float] = set()
    for minute in calendar.minutes:
        local = datetime.combine(day, time(minute // MINUTES, minute % MINUTES), zone)
        for at in (local, local.replace(fold=1)) if twice else (local,):
            stamp = at.timestamp()
            there = datetime.fromtimestamp(stamp, zone).replace(tzinfo=None)
            if moves or there == local.replace(tzinfo=None):
                found.add(stamp)
    return sorted(found)


def _offset(zone: tzinfo, day: date) -> float | None:
    """Seconds that *zone* is ahead of UTC all day; ``None`` where that changes."""
    at = [datetime.combine(day, time(h), zone).utcoffset() for h in (0, 3, 23)]
    following = datetime.combine(day + timedelta(1), time(), zone).utcoffset()
    if at[0] is None or len({*at, following}) != 1:
        return None
    return at[0].total_seconds()
