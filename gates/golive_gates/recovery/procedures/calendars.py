"""Cron expressions as the minutes of the days that they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

LONGEST = 200
MINUTES, HOURS = 60, 24
MONTHS = frozenset(range(1, 13))
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELD = re.compile(r"[0-9A-Za-z*?/,-]+", re.ASCII)
_WORDS = re.compile(r"[A-Za-z]+")
_NAMES = frozenset(
    (
        *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        *("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
    )
)
_ORDER = {
    name: str(number)
    for names in (
        ("sun", "mon", "tue", "wed", "thu", "fri", "sat"),
        ("", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    )
    for number, name in enumerate(names)
    if name
}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|m|s)")
_SECONDS = {"h": 3_600.0, "m": 60.0, "s": 1.0}


class ScheduleError(ValueError):
    """A schedule that is none. ``code``: ``schedule-invalid`` or ``schedule-form`` (not known)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Calendar:
    """Runs at *minutes* (of the day, sorted, at least one) of certain days.

    ``days``, ``weekdays`` (0: Sunday): ``None`` for every one. ``either``: a day that is one of
    ``days`` or of ``weekdays`` will do where both are given, as with cron.
    """

    minutes: tuple[int, ...]
    months: frozenset[int] = MONTHS
    days: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    either: bool = False

    def on(self, day: date) -> bool:
        """Whether it runs on *day*."""
        if day.month not in self.months:
            return False
        by_day = self.days is None or day.day in self.days
        by_week = self.weekdays is None or day.isoweekday() % 7 in self.weekdays
        if self.either and self.days is not None and self.weekdays is not None:
            return by_day or by_week
        return by_day and by_week


@dataclass(frozen=True, slots=True)
class Every:
    """Runs every so many seconds, whatever the calendar says."""

    seconds: float


Schedule = Calendar | Every


@lru_cache(maxsize=1024)
def cron(text: str, *, kubernetes: bool) -> Schedule:
    """The schedule *text* (five fields, ``@daily``, ...). Raises ``ScheduleError``.

    *kubernetes*: as its controller reads it (robfig/cron: also ``@every 6h``, no Sunday 7, and a
    day field like ``*/2`` counts as given), else as cron(8) does.
    """
    said = " ".join(text[: LONGEST + 1].split())
    if len(text) > LONGEST:
        raise ScheduleError("schedule-invalid", f"longer than {LONGEST} characters")
    if kubernetes and said.startswith("@every "):
        return _every(said)
    fields = _MACROS.get(said, said).split()
    if said == "@reboot":
        raise ScheduleError("schedule-form", said)
    if len(fields) != 5 or not all(_FIELD.fullmatch(f) for f in fields):
        raise ScheduleError("schedule-invalid", said or "-")
    if any(w.lower() not in _NAMES for f in fields for w in _WORDS.findall(f)):
        raise ScheduleError("schedule-invalid", said)
    if kubernetes and "7" in re.split(r"[,/-]", fields[4].partition("/")[0]):
        raise ScheduleError("schedule-invalid", said)
    if any(_turns_back(piece) for field in fields for piece in field.split(",")):
        raise ScheduleError("schedule-invalid", said)
    return _expanded(said, fields, kubernetes=kubernetes)


def _turns_back(piece: str) -> bool:
    """Whether a range ends before it begins, as ``22-2``: no cron takes it."""
    first, dash, last = piece.partition("/")[0].partition("-")
    if not dash:
        return False
    ends = [_ORDER.get(end.lower(), end) for end in (first, last)]
    numbers = [int(end) for end in ends if end.isdigit()]
    return len(numbers) == 2 and numbers[0] > numbers[1]


def _expanded(said: str, fields: list[str], *, kubernetes: bool) -> Calendar:
    # Local: nothing else of golive reads cron expressions.
    from croniter import croniter

    try:
        columns, nth = croniter.expand(" ".join(fields))
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
        raise ScheduleError("schedule-invalid", said) from None
    sets = [None if "*" in column else _whole(column) for column in columns]
    minute, hour, day, month, weekday = sets
    if nth or any(found is not None and not found for found in sets):
        raise ScheduleError("schedule-invalid", said)
    times = sorted(
        h * MINUTES + m
        for h in (range(HOURS) if hour is None else hour)
        for m in (range(MINUTES) if minute is None else minute)
    )
    # cron(8) takes a field that begins with a star for "every day" when it joins the two.
    starred = not kubernetes and (fields[2].startswith("*") or fields[4].startswith("*"))
    return Calendar(
        tuple(times), MONTHS if month is None else month, day, weekday, either=not starred
    )


def _whole(column: Iterable[object]) -> frozenset[int]:
    return frozenset(value for value in column if isinstance(value, int))


def _every(said: str) -> Every:
    written = said.removeprefix("@every ").strip()
    parts = _SPAN.findall(written)
    if not parts or "".join(n + unit for n, unit in parts) != written:
        raise ScheduleError("schedule-invalid", said)
    seconds = sum(float(n) * _SECONDS[unit] for n, unit in parts)
    # robfig/cron rounds down to seconds and runs every second at most.
    return Every(max(1.0, float(int(seconds))))
