"""Times in the names of files and in manifests."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

_DATE = r"(?P<y>20\d{2})-?(?P<mo>0[1-9]|1[0-2])-?(?P<d>0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?P<h>[01]\d|2[0-3])[-:.h]?(?P<mi>[0-5]\d)(?:[-:.m]?(?P<s>[0-5]\d))?"
_STAMP = re.compile(rf"(?<!\d){_DATE}[Tt_. -]?{_CLOCK}(?!\d)")
_DAY = re.compile(rf"(?<!\d){_DATE}(?!\d)")
_EPOCH = re.compile(r"(?<!\d)(1[5-9]\d{8}|2[0-3]\d{8})(?!\d)")

LATEST = 253_402_300_799.0
"""The last second that a calendar has."""


def time_in_name(name: str) -> float | None:
    """The last time that *name* holds, taken as UTC; a date alone is its first second."""
    for pattern in (_STAMP, _DAY):
        found = [t for m in pattern.finditer(name) if (t := _moment(m)) is not None]
        if found:
            return found[-1]
    seconds = _EPOCH.findall(name)
    return float(seconds[-1]) if seconds else None


def _moment(match: re.Match[str]) -> float | None:
    part = {k: int(v) for k, v in match.groupdict().items() if v is not None}
    try:
        moment = datetime(
            part["y"],
            part["mo"],
            part["d"],
            part.get("h", 0),
            part.get("mi", 0),
            part.get("s", 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return moment.timestamp()


def time_of(value: object) -> float | None:
    """Seconds since 1970 of ISO 8601 text or of a number of seconds or milliseconds.

    Text without an offset is UTC. ``None`` for what is no time.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _number(float(value)) if abs(value) < 1e18 else None
    if not isinstance(value, str) or len(value) > 64:
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return _number(moment.timestamp(), exact=True)
    except (OverflowError, ValueError):
        return None


MILLISECONDS = 1e11
"""A number from here on counts milliseconds: as seconds it would be after the year 5000."""


def _number(value: float, *, exact: bool = False) -> float | None:
    if not math.isfinite(value):
        return None
    seconds = value / 1000 if abs(value) >= MILLISECONDS and not exact else value
    return seconds if 0 < seconds <= LATEST else None


def written(seconds: float) -> str:
    """A time as findings print it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f}"
