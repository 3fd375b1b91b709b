"""``OnCalendar=`` and time spans of systemd timers, in their common forms. Pure.

Rules: systemd.time(7). What is not followed (years, ``~``, seconds that repeat) is said by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive_gates.recovery.procedures.calendars import (
    HOURS,
    LONGEST,
    MINUTES,
    MONTHS,
    Calendar,
    ScheduleError,
)

_SHORT = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    "semiannually": "*-01,07-01 00:00:00",
    "semi-annually": "*-01,07-01 00:00:00",
    "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FULL = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_WEEK = re.compile(r"[A-Za-z]{3,9}(?:(?:,|\.\.|-)[A-Za-z]{3,9})*,?", re.ASCII)
_DATE = re.compile(r"(?:([^-\s]+)-)?([^-\s]+)-([^-\s]+)")
_TIME = re.compile(r"([^:\s]+):([^:\s]+)(?::([^:\s]+))?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*", re.ASCII)
_PIECE = re.compile(r"(\d{1,9})(?:\.\.(\d{1,9}))?(?:/(\d{1,9}))?", re.ASCII)
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]*)", re.ASCII)
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec"), 0.001),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3_600.0),
    **dict.fromkeys(("d", "day", "days"), 86_400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604_800.0),
}


@dataclass(frozen=True, slots=True)
class OnCalendar:
    """A calendar and the zone that it names, empty for the machine's own."""

    calendar: Calendar
    zone: str = ""


def on_calendar(text: str) -> OnCalendar:
    """``Mon..Fri *-*-* 02:00:00 UTC`` and the like. Raises ``ScheduleError``."""
    if len(text) > LONGEST:
        raise ScheduleError("schedule-invalid", f"longer than {LONGEST} characters")
    said = " ".join(text.split())
    words = said.split()
    zone = ""
    if len(words) > 1 and _ZONE.fullmatch(words[-1]) and words[-1].lower() not in _NAMED:
        zone = words.pop()
    if len(words) == 1 and words[0].lower() in _SHORT:
        words = _SHORT[words[0].lower()].split()
    weekdays = _weekdays(words.pop(0), said) if words and _WEEK.fullmatch(words[0]) else None
    day, clock = "*-*-*", "00:00:00"
    if words and ":" not in words[0]:
        day = words.pop(0)
    if words:
        clock = words.pop(0)
    if words or not said:
        raise ScheduleError("schedule-form", said or "-")
    return OnCalendar(_calendar(weekdays, day, clock, said), zone)


def _calendar(weekdays: frozenset[int] | None, day: str, clock: str, said: str) -> Calendar:
    date, time = _DATE.fullmatch(day), _TIME.fullmatch(clock)
    if date is None or time is None:
        raise ScheduleError("schedule-form", said)
    second = time[3] or "00"
    if date[1] not in (None, "*") or not (second.isascii() and second.isdigit()):
        raise ScheduleError("schedule-form", said)
    if int(second) >= MINUTES:
        raise ScheduleError("schedule-invalid", said)
    months = _numbers(date[2], 1, 12, said)
    days = _numbers(date[3], 1, 31, said)
    hours = _numbers(time[1], 0, HOURS - 1, said)
    minutes = _numbers(time[2], 0, MINUTES - 1, said)
    times = sorted(
        h * MINUTES + m
        for h in (range(HOURS) if hours is None else hours)
        for m in (range(MINUTES) if minutes is None else minutes)
    )
    return Calendar(tuple(times), MONTHS if months is None else months, days, weekdays)


def _numbers(text: str, low: int, high: int, said: str) -> frozenset[int] | None:
    """The numbers of a component; ``None`` for each of them."""
    if text == "*":
        return None
    found: set[int] = set()
    for piece in text.split(","):
        parts = _PIECE.fullmatch(piece)
        if parts is None:
            # A star stands alone: systemd refuses `*/6`, and the timer with it.
            refused = "*" in piece and "~" not in piece
            raise ScheduleError("schedule-invalid" if refused else "schedule-form", said)
        first = int(parts[1])
        step = int(parts[3]) if parts[3] else 0
        last = int(parts[2]) if parts[2] else high if step else first
        beyond = first + step > last and step > 0
        if not low <= first <= last <= high or (parts[3] and not step) or beyond:
            raise ScheduleError("schedule-invalid", said)
        found.update(range(first, last + 1, step or 1))
    return frozenset(found)


def _weekdays(text: str, said: str) -> frozenset[int]:
    found: set[int] = set()
    for piece in text.rstrip(",").split(","):
        ends = [_weekday(name, said) for name in re.split(r"\.\.|-", piece)]
        if len(ends) > 2:
            raise ScheduleError("schedule-form", said)
        first, last = ((end - 1) % 7 for end in (ends[0], ends[-1]))
        if first > last:
            # A week begins on Monday, and a range does not reach into the next.
            raise ScheduleError("schedule-invalid", said)
        found.update((n + 1) % 7 for n in range(first, last + 1))
    return frozenset(found)


def _weekday(name: str, said: str) -> int:
    lower = name.lower()
    for names in (_DAYS, _FULL):
        if lower in names:
            return names.index(lower)
    raise ScheduleError("schedule-form", said)


_NAMED = frozenset((*_DAYS, *_FULL, *_SHORT))


def span(text: str) -> float:
    """Seconds of ``6h``, ``1h 30min`` or ``21600``. Raises ``ScheduleError``."""
    said = " ".join(text[:LONGEST].split())
    parts = _SPAN.findall(said)
    known = all(unit in _UNITS for _, unit in parts)
    if not parts or not known or _SPAN.sub("", said).strip():
        raise ScheduleError("schedule-form", said or "-")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
