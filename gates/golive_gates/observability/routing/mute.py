"""Time intervals: whether Alertmanager takes them, and whether they never end.

Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from golive_gates.observability.routing.model import Interval
from golive_gates.observability.routing.reading import mapping, text
from golive_gates.observability.rules.model import Place

_TIME = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d))|24:00")
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DAY_OF_MONTH = 31
_RANGES = ("times", "weekdays", "days_of_month", "months", "years")
_CAMEL = {"daysOfMonth": "days_of_month", "startTime": "start_time", "endTime": "end_time"}
_WHOLE_DAY = ("00:00", "24:00")


def problems(interval: Interval) -> Iterator[tuple[Place, str]]:
    """Places and texts of *interval* that Alertmanager refuses."""
    if not interval.native:
        return  # The operator's schema has its own words, which the API server checks.
    for number, entry in enumerate(interval.times):
        place = interval.place.below("time_intervals", number)
        for key in _RANGES:
            listed = mapping(entry).get(key)
            for at, item in enumerate(listed if isinstance(listed, list | tuple) else ()):
                if item is not None and not _good(key, item):
                    yield place.below(key, at), _written(item)


def never_ends(interval: Interval) -> bool:
    """Whether it covers all times: an entry that limits nothing does."""
    return any(_unlimited(mapping(entry)) for entry in interval.times)


def _unlimited(entry: Mapping[str, object]) -> bool:
    here = named(entry)
    limits = [key for key in _RANGES if here.get(key)]
    if limits != ["times"]:
        return not limits
    times = here["times"]
    return isinstance(times, list | tuple) and any(_times(mapping(t)) == _WHOLE_DAY for t in times)


def named(item: Mapping[str, object]) -> dict[str, object]:
    """*item* in alertmanager.yml's spelling, also where the operator's object says ``endTime``."""
    return {_CAMEL.get(str(k), str(k)): v for k, v in item.items()}


def minutes(item: Mapping[str, object]) -> tuple[int, int] | None:
    """Minutes of the day from which and to which (exclusive) *item* lasts; ``None``: malformed."""
    begin, end = _times(item)
    if not (_TIME.fullmatch(begin) and _TIME.fullmatch(end)):
        return None
    return int(begin[:2]) * 60 + int(begin[3:]), int(end[:2]) * 60 + int(end[3:])


def _times(item: Mapping[str, object]) -> tuple[str, str]:
    here = named(item)
    return text(here.get("start_time")), text(here.get("end_time"))


def _written(item: object) -> str:
    if isinstance(item, Mapping):
        return "-".join(_times(item))
    return text(item)[:80]


def _good(key: str, item: object) -> bool:
    if key == "times":
        begin, end = _times(mapping(item))
        # Hours and minutes have two digits, so that their order is that of the texts.
        return bool(_TIME.fullmatch(begin) and _TIME.fullmatch(end)) and begin < end
    first, colon, last = text(item).lower().partition(":")
    numbers = [_number(key, part) for part in ((first, last) if colon else (first,))]
    if any(n is None for n in numbers):
        return False
    low, high = numbers[0] or 0, numbers[-1] or 0
    if key == "days_of_month":
        return _days(low, high)
    return low <= high


def _days(low: int, high: int) -> bool:
    """Days from the end of the month are negative; such a range has to end with one too."""
    if low < 0 <= high:
        return False
    return (low > 0 > high) or low <= high


def _number(key: str, word: str) -> int | None:
    if key == "weekdays":
        return DAYS.index(word) if word in DAYS else None
    if key == "months" and word in _MONTHS:
        return _MONTHS.index(word) + 1
    if not re.fullmatch(r"-?\d{1,4}", word):
        return None
    number = int(word)
    # Alertmanager takes a thirteenth month, which never comes.
    if key == "days_of_month":
        return number if 1 <= abs(number) <= _DAY_OF_MONTH else None
    return number
