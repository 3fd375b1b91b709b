"""Whether the hours in which several ways send leave none in between: shifts that take turns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from golive_gates.observability.routing.model import AlertmanagerConfig, Interval
from golive_gates.observability.routing.mute import DAYS, minutes, named
from golive_gates.observability.routing.reading import mapping, text
from golive_gates.observability.routing.tree import Delivery

_DAY = 24 * 60
_LIMITS = frozenset({"times", "weekdays", "location"})


def at_all_times(ways: Iterable[Delivery], config: AlertmanagerConfig) -> bool | None:
    """Whether at every minute of a week one of *ways* sends; ``None``: not to be told.

    A way that is muted while another one is active needs no clock. Of the rest only times and
    days of the week in one location are understood.
    """
    listed = list(ways)
    if any(not d.mute and not d.active for d in listed):
        return True
    if any(_stands_in(one, other) for one in listed for other in listed):
        return True
    if len({(d.mute, d.active) for d in listed}) < 2:
        return False
    week: set[int] = set()
    places: set[str] = set()
    for delivery in listed:
        muted, active = (_week(names, config, places) for names in (delivery.mute, delivery.active))
        if muted is None or active is None:
            return None
        week |= (active if delivery.active else set(range(7 * _DAY))) - muted
    return None if len(places) > 1 else len(week) == 7 * _DAY


def _stands_in(one: Delivery, other: Delivery) -> bool:
    """Whether *other* sends whenever *one* is muted."""
    return bool(one.mute) and not one.active and not other.mute and {*one.mute} <= {*other.active}


def _week(names: Iterable[str], config: AlertmanagerConfig, places: set[str]) -> set[int] | None:
    found: set[int] = set()
    for name in names:
        interval = config.intervals.get(name)
        times = None if interval is None else _minutes(interval, places)
        if times is None:
            return None
        found |= times
    return found


def _minutes(interval: Interval, places: set[str]) -> set[int] | None:
    found: set[int] = set()
    for item in interval.times:
        entry = named(mapping(item))
        if any(entry[key] for key in entry.keys() - _LIMITS):
            return None
        places.add(text(entry.get("location")) or "UTC")
        days, spans = _days(entry), _spans(entry)
        if days is None or spans is None:
            return None
        found |= {day * _DAY + at for day in days for low, high in spans for at in range(low, high)}
    return found


def _days(entry: Mapping[str, Any]) -> set[int] | None:
    listed = entry.get("weekdays")
    if not listed:
        return set(range(7))
    found: set[int] = set()
    for item in listed if isinstance(listed, list | tuple) else ("",):
        first, _, last = text(item).lower().partition(":")
        if first not in DAYS or (last or first) not in DAYS:
            return None
        found |= set(range(DAYS.index(first), DAYS.index(last or first) + 1))
    return found


def _spans(entry: Mapping[str, Any]) -> list[tuple[int, int]] | None:
    listed = entry.get("times")
    if not listed:
        return [(0, _DAY)]
    items = listed if isinstance(listed, list | tuple) else (None,)
    spans = [minutes(mapping(item)) for item in items]
    return None if None in spans else [s for s in spans if s is not None]
