"""Entries of crontabs and systemd timers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from golive.model import Location
from golive_gates.recovery.procedures.calendars import Every, Schedule, ScheduleError, cron
from golive_gates.recovery.procedures.parts import Text
from golive_gates.recovery.procedures.systemd import on_calendar, span

MOST_LINES = 5_000
_ASSIGNED = re.compile(r"""\s*(["']?)(\w+)\1\s*=\s*(["']?)(.*?)\3\s*""", re.ASCII)
_CRONTAB = re.compile(
    r"(?i)(?:.*/)?(?:crontabs?(?:[./][\w.-]+)?|[\w.-]+\.(?:crontab|cron)|cron\.d/[\w-]+)"
)
_SYSTEM = re.compile(r"(?i)(?:.*/)?(?:cron\.d/[\w.-]+|etc/crontab)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a crontab, or one timer; as :class:`~.jobs.BackupJob`."""

    kind: Literal["cron", "timer"]
    name: str
    written: str
    place: Location
    words: tuple[str, ...]
    schedules: tuple[tuple[Schedule, str], ...] = ()
    problem: str = ""
    detail: str = ""
    delay: float = 0.0


def is_unit(path: str) -> bool:
    """Whether a file is a crontab, a timer or a service by its *path*."""
    return path.endswith((".timer", ".service")) or is_crontab(path)


def is_crontab(path: str) -> bool:
    """Whether a file is a crontab by its *path*."""
    return _CRONTAB.fullmatch(path) is not None


def entries_of(text: Text, units: tuple[Text, ...]) -> Iterator[Entry]:
    """What *text* schedules; services are looked up among *units*."""
    if text.path.endswith(".timer"):
        yield from _timer(text, units)
    elif is_crontab(text.path):
        yield from _crontab(text)


def _crontab(text: Text) -> Iterator[Entry]:
    zone = ""
    system = _SYSTEM.fullmatch(text.path) is not None
    for number, line in enumerate(text.text.splitlines()[:MOST_LINES], 1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        assigned = _ASSIGNED.fullmatch(said)
        if assigned is not None:
            if assigned[2] == "CRON_TZ":
                zone = assigned[4]
            continue
        fields = 1 if said.startswith("@") else 5
        parts = said.split(None, fields)
        written = " ".join(parts[:fields])
        words = parts[fields].split() if len(parts) > fields else []
        if system:
            words = words[1:]
        name = f"{text.path}:{number}"
        place = Location(text.path, number)
        try:
            found = cron(written, kubernetes=False)
        except ScheduleError as error:
            yield Entry("cron", name, written, place, tuple(words), (), error.code, error.detail)
        else:
            yield Entry("cron", name, written, place, tuple(words), ((found, zone),))


def _timer(text: Text, units: tuple[Text, ...]) -> Iterator[Entry]:
    settings = dict[str, list[tuple[str, int]]]()
    for key, value, line in _assignments(text.text):
        if not value:
            settings.pop(key, None)  # an empty assignment takes back the earlier ones
        else:
            settings.setdefault(key, []).append((value, line))
    name = _base(text.path)
    unit = settings.get("Unit", [(f"{name.removesuffix('.timer')}.service", 0)])[-1][0]
    service = next((u for u in units if _base(u.path) == unit), None)
    words = (
        []
        if service is None
        else [
            word
            for key, value, _ in _assignments(service.text)
            if key == "ExecStart"
            for word in value.split()
        ]
    )
    calendars = settings.get("OnCalendar", [])
    repeated = settings.get("OnUnitActiveSec", settings.get("OnUnitInactiveSec", []))
    line = next((at for _, at in (*calendars, *repeated)), 1)
    written = ", ".join(value for value, _ in (*calendars, *repeated)) or "-"
    place, words_ = Location(text.path, line), (unit, *words)
    try:
        schedules: list[tuple[Schedule, str]] = []
        for value, _ in calendars:
            found = on_calendar(value)
            schedules.append((found.calendar, found.zone))
        schedules += [(Every(max(1.0, span(value))), "") for value, _ in repeated[-1:]]
        delays = settings.get("RandomizedDelaySec", [])
        delay = span(delays[-1][0]) if delays else 0.0
        if not schedules:
            raise ScheduleError("schedule-form", "-")
    except ScheduleError as error:
        yield Entry("timer", name, written, place, words_, (), error.code, error.detail)
    else:
        yield Entry("timer", name, written, place, words_, tuple(schedules), delay=delay)


def _assignments(text: str) -> Iterator[tuple[str, str, int]]:
    """``key=value`` lines of a unit file, continued ones joined, with their first line."""
    held, begun = "", 0
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        if not held and line.lstrip().startswith(("#", ";")):
            continue
        begun = begun or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        key, equals, value = (held + line).strip().partition("=")
        if equals and not key.startswith("["):
            yield key.strip(), value.strip(), begun
        held, begun = "", 0


def _base(path: str) -> str:
    return path.rpartition("/")[2]
