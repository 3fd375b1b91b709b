"""Actors of the metrics that have a role: what each of their series counts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from golive_gates.observability.metrics.inventory import Family, Series, number
from golive_gates.observability.metrics.roles import Role, failing
from golive_gates.observability.scenarios.actors import Actor, Timing
from golive_gates.observability.scenarios.grouping import Group, added, grouped, without
from golive_gates.observability.scenarios.shapes import Spread, slow
from golive_gates.observability.scenarios.worlds import Event, What

MOST_SERIES = 200
"""Series of a plain metric at one target that are played."""
LONG = (1.0, 3)
"""Mean seconds, and observations, from which a streaming route's requests count as long."""
_WELL = re.compile(r"ok|success\w*|succeeded|completed?|done|finished|2\w\w|true", re.IGNORECASE)
_ABORTED = ("abort", "cancel", "disconnect", "closed")


@dataclass(slots=True)
class Casting:
    """What is kept of one casting: which roles had to guess, and which had routes of users."""

    streaming: frozenset[str]
    guessed: set[str] = field(default_factory=set)
    played: dict[str, bool] = field(default_factory=dict)

    def empty(self) -> list[str]:
        """Roles whose metric has no series that a user's request would show in."""
        return [role for role, any_route in self.played.items() if not any_route]


def actors(casting: Casting, role: Role, family: Family, target: str) -> Iterator[Actor]:
    """Actors of *family*, which plays *role* at *target*."""
    casting.played.setdefault(role.id, False)
    if role.id in ("durations", "first-content"):
        yield from _durations(casting, role, family, target)
    elif role.id == "requests":
        yield from _requests(casting, role, family, target)
    elif role.id in ("auth-failures", "rate-limited"):
        what = What.UNAUTHORISED if role.id == "auth-failures" else What.LIMITED
        casting.played[role.id] = True
        share = 1 / len(family.series)
        for one in family.series[:MOST_SERIES]:
            yield Actor(one.name, without(one.labels), target, "count", Event(what, share))
    else:
        yield from _outcomes(casting, role, family, target)


def _requests(casting: Casting, role: Role, family: Family, target: str) -> Iterator[Actor]:
    label = role.labels["status"]
    groups = grouped(family, label)
    users = [g for g in groups if not g.probe and _status(g, label, "2") is not None]
    casting.played[role.id] = casting.played[role.id] or bool(users)
    shown: set[str] = set()
    for group in groups:
        by_status = group.by(label)
        name = group.series[0].name
        if group not in users:
            well = _status(group, label, "2") if group.probe else None
            for status, one in by_status.items():
                what = What.PROBE if status == well else What.FLAT
                yield Actor(one.name, without(one.labels), target, "count", Event(what))
            continue
        share, lead = 1 / len(users), group is users[0]
        well = _status(group, label, "2") or ""
        events = {
            well: Event(What.OK, share),
            _code(group, label, "5", "500"): Event(What.SERVER_ERROR, share, lead),
        }
        if _grouped_status(well):
            events[_code(group, label, "4", "400")] = Event(What.REFUSED, share)
        else:
            events[_code(group, label, "401", "401")] = Event(What.UNAUTHORISED, share)
            events[_code(group, label, "429", "429")] = Event(What.LIMITED, share)
        for status in {**by_status, **events}:
            if status not in events and status in shown:
                continue  # Never counted: one series with that status is as good as many.
            shown.add(status)
            event = events.get(status, Event(What.FLAT))
            labels = added(group.labels, label, status)
            lazy = status not in by_status
            yield Actor(name, labels, target, "count", event, lazy=lazy)


def _status(group: Group, label: str, start: str) -> str | None:
    """The first status of *group* that begins with *start*; of several 2xx the most frequent."""
    fitting = [(s, one) for s, one in group.by(label).items() if s.startswith(start)]
    best = max(fitting, key=lambda item: (item[1].value or 0.0, item[0] == "200"), default=None)
    return None if best is None else best[0]


def _code(group: Group, label: str, start: str, otherwise: str) -> str:
    """The status that a fault shows with: exposed, or as it would be written here."""
    found = _status(group, label, start)
    if found is not None:
        return found
    well = _status(group, label, "2") or ""
    return f"{otherwise[0]}{well[1:]}" if _grouped_status(well) else otherwise


def _grouped_status(status: str) -> bool:
    return status[1:].lower() == "xx"


def _outcomes(casting: Casting, role: Role, family: Family, target: str) -> Iterator[Actor]:
    """Calls of providers and streams, by how they ended."""
    label = role.labels["outcome"]
    calling = role.id == "provider-requests"
    provider = role.labels.get("provider", "")
    well, ill = (What.CALL, What.CALL_FAILED) if calling else (What.STREAM, What.STREAM_FAILED)
    groups = grouped(family, label)
    alike: dict[str, list[Group]] = {}
    for group in groups:
        alike.setdefault(dict(group.labels).get(provider, ""), []).append(group)
    for name, siblings in alike.items():
        for group in siblings:
            casting.played[role.id] = True
            by_outcome = group.by(label)
            bad = [v for v in by_outcome if failing(v)]
            good = sorted((v for v in by_outcome if v not in bad), key=_plain_success)
            if not calling:
                bad = [v for v in bad if any(w in v.lower() for w in _ABORTED)] or bad
            if not bad:
                bad = [_bad_word(good)]
                casting.guessed.add(role.id)
            for value in dict.fromkeys((*by_outcome, *bad)):
                among = bad if value in bad else good
                what = ill if value in bad else well if value in good[:1] else What.FLAT
                share = 1 / len(siblings) / (len(among) if value in bad else 1)
                lead = group is siblings[0] and value == bad[0]
                event = Event(what, share, lead, name.lower())
                labels = added(group.labels, label, value)
                lazy = value not in by_outcome
                yield Actor(group.series[0].name, labels, target, "count", event, lazy=lazy)


def _plain_success(value: str) -> bool:
    """``False``, which sorts first, for a word that can only mean that all went well."""
    return _WELL.fullmatch(value) is None


def _bad_word(good: list[str]) -> str:
    """How a failure would be called beside *good*; a guess."""
    word = good[0] if good else ""
    return {"200": "500", "2xx": "5xx", "true": "false", "OK": "ERROR"}.get(word, "error")


def _durations(casting: Casting, role: Role, family: Family, target: str) -> Iterator[Actor]:
    groups = grouped(family, "le", *role.labels.values())
    users = [g for g in groups if not g.probe]
    casting.played[role.id] = casting.played[role.id] or bool(users)
    for group in groups:
        event = Event(What.PROBE)
        if group in users:
            what = What.GENERATED if role.id == "first-content" else What.ANSWER
            event = Event(what, 1 / len(users))
        own = _own_pace(casting, group, role.unit_s)
        pace: Literal["api", "first"] = "first" if role.id == "first-content" else "api"
        timing = Timing(pace, _bounds(group), role.unit_s, own)
        for one in group.series:
            yield _actor(one, target, event, timing)


def _own_pace(casting: Casting, group: Group, unit_s: float) -> Spread | None:
    """The pace of a streaming route whose requests were seen to be long."""
    if not any(group.has(path) for path in casting.streaming):
        return None
    sums = sum(s.value or 0.0 for s in group.series if s.name.endswith("_sum"))
    count = sum(s.value or 0.0 for s in group.series if s.name.endswith("_count"))
    if count < LONG[1] or sums * unit_s / count < LONG[0]:
        return None
    return slow(1.6 * sums * unit_s / count)


def histogram(family: Family, target: str) -> Iterator[Actor]:
    """Actors of a histogram without a role: its observations lie low, whatever goes on."""
    event = Event(What.STEADY)
    for group in grouped(family, "le"):
        bounds = [b for b in _bounds(group) if b > 0]
        low = bounds[len(bounds) // 3] if bounds else 1.0
        timing = Timing("own", _bounds(group), spread=Spread(((low / 2, 0.5), (low, 1.0))))
        for one in group.series:
            yield _actor(one, target, event, timing)


def _bounds(group: Group) -> tuple[float, ...]:
    return tuple(sorted({b for one in group.series if (b := _bound(one)) is not None}))


def _actor(one: Series, target: str, event: Event, timing: Timing) -> Actor:
    labels = without(one.labels)
    if one.name.endswith("_bucket"):
        bound = _bound(one)
        return Actor(one.name, labels, target, "bucket", event, timing, bound or 0.0)
    if one.name.endswith("_sum"):
        return Actor(one.name, labels, target, "sum", event, timing)
    return Actor(one.name, labels, target, "count", event, timing)


def _bound(one: Series) -> float | None:
    return number(one.labels["le"]) if "le" in one.labels else None
